/**
 * The host's kernel as a machine that carries out programs: {@link org.polymm.linux.HostKernel} behind
 * {@link org.polymm.lab.program.Subject}.
 *
 * <p>An operation becomes a request to a real process, an image is what pagemap, kpageflags, kpagecount and the VMA list of that process show.
 * Requests are streamed: while the helper works, the caller's own machine can do the same.
 */
@NullMarked
package org.polymm.lab.host;

import org.jspecify.annotations.NullMarked;
