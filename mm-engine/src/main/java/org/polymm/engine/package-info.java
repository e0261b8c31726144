/** The mechanism of the simulated machine; one package below for each concept. */
@NullMarked
package org.polymm.engine;

import org.jspecify.annotations.NullMarked;
