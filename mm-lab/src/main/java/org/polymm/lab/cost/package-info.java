/**
 * Estimated kernel time: how often something was done, times what it costs.
 *
 * <p>The simulator does not know how long a kernel takes. It knows exactly how often it would trap, zero a page, copy one,
 * copy a page-table entry at fork. {@link org.polymm.lab.cost.CostModel} multiplies these counts with unit costs, which are
 * configuration ({@code cost.*}), because they belong to a machine and not to a policy. Every default states its source.
 *
 * <p>The defaults were measured on a virtual machine whose hypervisor shadows page tables, so traps and page-table changes
 * cost more than on bare metal. The estimate is for comparing policies on one machine; it is no prediction of a run time.
 * Left out, because there is no measured unit cost: folio splits, reverse-map walks, reclaim, LRU work, waiting for locks,
 * and cache or TLB effects on the program itself (the usual reason for wanting large folios).
 */
@NullMarked
package org.polymm.lab.cost;

import org.jspecify.annotations.NullMarked;
