/** Policies of the mapcount family. */
@NullMarked
package org.polymm.policy.hgm;

import org.jspecify.annotations.NullMarked;
