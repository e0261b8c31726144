/**
 * What mremap does to the index of faulted anonymous folios: the questions of the thread on MREMAP_RELOCATE_ANON (Lorenzo Stoakes,
 * 2025).
 *
 * <p>A faulted anonymous folio remembers where it was first mapped; moved elsewhere, its VMA keeps the old page offset and then merges with
 * no neighbour. A {@link org.polymm.api.relocation.RelocationPolicy} decides whether mremap rewrites folios instead, which it looks at
 * before it begins, and what happens half way when one refuses.
 */
@NullMarked
package org.polymm.api.relocation;

import org.jspecify.annotations.NullMarked;
