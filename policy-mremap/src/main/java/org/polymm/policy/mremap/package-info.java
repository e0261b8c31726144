/**
 * What mremap does to the index of faulted anonymous folios: mainline, and the thread on MREMAP_RELOCATE_ANON (Lorenzo
 * Stoakes, 2025).
 *
 * <p>A VMA that was never faulted takes the page offset of the place it is moved to, and merges there. A faulted one
 * keeps the offset of the place where it was faulted, since its folios are found by it; moved next to a neighbour, it
 * stays a VMA of its own:
 *
 * <pre>
 *   |--- A, offset 0x100 ---|   |--- B, offset 0x900 ---|
 *   |--- A, offset 0x100 ---|--- B, offset 0x900 ---|        B moved here: 0x100 + pages(A) is not 0x900
 * </pre>
 */
@NullMarked
package org.polymm.policy.mremap;

import org.jspecify.annotations.NullMarked;
