/** Composition of machines from configuration and plugins. */
@NullMarked
package org.polymm.runtime;

import org.jspecify.annotations.NullMarked;
