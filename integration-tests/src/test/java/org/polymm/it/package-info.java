/** The whole, with the real policy jars: combinations, jar swapping, the command line, and the shape of the code. */
@NullMarked
package org.polymm.it;

import org.jspecify.annotations.NullMarked;
