/** Policies of the folio-split family. */
@NullMarked
package org.polymm.policy.mlock;

import org.jspecify.annotations.NullMarked;
