package org.polymm.engine.mm;

import org.polymm.engine.state.LongVector;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.vma.VmFlags;

/**
 * Memory promised to private writable mappings before it is used: {@code Committed_AS} and {@code vm.overcommit_memory}.
 *
 * <p>A mapping with VM_ACCOUNT is charged for its whole length. Under the default heuristic a charge fails only if it alone exceeds all
 * of memory and swap; {@code always} never fails. Strict accounting ({@code never}, 2) is not offered, because no policy depends on it.
 */
public final class CommitLimit {

    /** {@code vm.overcommit_memory} 0: refuse only what could never be had. */
    public static final int OVERCOMMIT_GUESS = 0;
    /** {@code vm.overcommit_memory} 1: refuse nothing. */
    public static final int OVERCOMMIT_ALWAYS = 1;

    private static final int COMMITTED = 0;
    private static final int MODE = 1;
    private static final int TOTAL = 2;

    private final LongVector values;

    /**
     * Nothing promised, the heuristic in force.
     *
     * @param space where the counters live
     * @param totalPages base pages of memory and swap
     */
    public CommitLimit(StateSpace space, long totalPages) {
        values = LongVector.sized(space, "commit limit", 3);
        values.set(TOTAL, totalPages);
    }

    /** {@return {@code vm.overcommit_memory}} */
    public int overcommitMemory() {
        return (int) values.get(MODE);
    }

    /**
     * Sets {@code vm.overcommit_memory}.
     *
     * @param mode {@link #OVERCOMMIT_GUESS} or {@link #OVERCOMMIT_ALWAYS}
     */
    public void overcommitMemory(int mode) {
        if (mode != OVERCOMMIT_GUESS && mode != OVERCOMMIT_ALWAYS) {
            throw new IllegalArgumentException("vm.overcommit_memory is 0 (heuristic) or 1 (always), not " + mode);
        }
        values.set(MODE, mode);
    }

    /** {@return Committed_AS, in pages} */
    public long committed() {
        return values.get(COMMITTED);
    }

    /**
     * Whether a mapping of these flags is charged: {@code accountable_mapping}.
     *
     * @param vmFlags flags of a new mapping
     * @return whether it is private, writable and not MAP_NORESERVE
     */
    static boolean isAccountable(long vmFlags) {
        return (vmFlags & (VmFlags.VM_NORESERVE | VmFlags.VM_SHARED | VmFlags.VM_WRITE | VmFlags.VM_HUGETLB))
                == VmFlags.VM_WRITE;
    }

    /**
     * Promises memory.
     *
     * @param pages how much
     * @return whether it was promised; if not, nothing changed
     */
    boolean charge(long pages) {
        if (values.get(MODE) == OVERCOMMIT_GUESS && pages > values.get(TOTAL)) {
            return false;
        }
        values.increment(COMMITTED, pages);
        return true;
    }

    /**
     * Takes a promise back.
     *
     * @param pages how much
     */
    void uncharge(long pages) {
        values.increment(COMMITTED, -pages);
    }
}
