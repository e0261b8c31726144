/**
 * What importers have in common: the texts of perf, strace and Valgrind's lackey become {@linkplain org.polymm.lab.trace
 * traces} by the same manners, whatever they look like.
 *
 * <p>Nothing is dropped silently: a line that cannot be read ends the import with file, number and what was expected
 * ({@link org.polymm.lab.importing.ImportException}); what is read and not kept is counted by reason
 * ({@link org.polymm.lab.importing.ImportReport}). What a system call means is known in one place
 * ({@link org.polymm.lab.importing.MemoryCalls}), and so is which tool wrote a text
 * ({@link org.polymm.lab.importing.TextKind}).
 *
 * <p>Two of the three tools do not see the mappings that {@code execve} makes. {@link org.polymm.lab.importing.AddressRanges}
 * is the importers' notebook of what is mapped where, so that they can tell an access or a call that nothing accounts for.
 */
@NullMarked
package org.polymm.lab.importing;

import org.jspecify.annotations.NullMarked;
