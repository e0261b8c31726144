/** JMH benchmarks of the engine. */
@NullMarked
package org.polymm.bench;

import org.jspecify.annotations.NullMarked;
