/** Page frames. */
@NullMarked
package org.polymm.engine.frame;

import org.jspecify.annotations.NullMarked;
