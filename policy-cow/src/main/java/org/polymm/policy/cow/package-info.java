/** Policies of the cow-sizing family. */
@NullMarked
package org.polymm.policy.cow;

import org.jspecify.annotations.NullMarked;
