/**
 * Keeps all sources in one format.
 *
 * <p>The formatter parses sources with the compiler of the JDK that it runs on, so it has to run on a JDK that knows the
 * language they are written in. Maven itself may run on an older one; tests do not. Hence this test.
 */
@NullMarked
package org.polymm.style;

import org.jspecify.annotations.NullMarked;
