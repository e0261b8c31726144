/**
 * How large anonymous folios are made, reused and copied: the questions of the thread on variable-order large anonymous folios
 * (Ryan Roberts and David Hildenbrand, 2023).
 *
 * <p>Three roles with a slot each, because the thread itself wanted to know what each of its four paths gains alone:
 *
 * <pre>
 *   first touch, or a write to the zero page   Orders   which orders to try, and what next when one fails
 *   write to a page proved exclusive           Reuse    what proves it, and how many neighbours become writable with it
 *   write to a page that may be shared         Copy     how many neighbours are copied with it
 * </pre>
 */
@NullMarked
package org.polymm.api.cow;

import org.jspecify.annotations.NullMarked;
