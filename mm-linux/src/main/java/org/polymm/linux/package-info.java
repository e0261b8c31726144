/** The host's own Linux kernel as a machine. */
@NullMarked
package org.polymm.linux;

import org.jspecify.annotations.NullMarked;
