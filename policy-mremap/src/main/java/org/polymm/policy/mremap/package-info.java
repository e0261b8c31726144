/** Policies of the relocation family. */
@NullMarked
package org.polymm.policy.mremap;

import org.jspecify.annotations.NullMarked;
