/** Policies of the collapse family. */
@NullMarked
package org.polymm.policy.khugepaged;

import org.jspecify.annotations.NullMarked;
