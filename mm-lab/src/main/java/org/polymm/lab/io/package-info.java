/**
 * Files as the laboratory writes and reads them.
 *
 * <p>Two rules hold for every output of every command, and both live here. An output appears under its name only when it
 * is complete ({@link org.polymm.lab.io.ReplacingFile} writes beside it and renames), so an interrupted or failed
 * command never leaves half a trace or half a report. And an input may be plain or compressed without anybody saying so
 * ({@link org.polymm.lab.io.TextInput} looks at the first bytes, not at the name).
 */
@NullMarked
package org.polymm.lab.io;

import org.jspecify.annotations.NullMarked;
