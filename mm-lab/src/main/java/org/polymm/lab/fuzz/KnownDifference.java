package org.polymm.lab.fuzz;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.polymm.lab.program.MachineImage;

/**
 * Differences between simulator and kernel that have a reason which stands. A program that shows one is not compared any further, because
 * what follows may depend on it; {@code docs/fidelity.md} has each of them under its name.
 */
enum KnownDifference {
    /**
     * How often a page was mlocked is counted while it is on the unevictable list, not while it is in one of the per-CPU batches before
     * that, and processes share those batches with what the host's worker faults in for itself.
     */
    MLOCK_COUNT,
    /**
     * MREMAP_DONTUNMAP of an mlocked mapping unlocks the VMA that stays, and the kernel goes on counting its pages in VmLck, after it is
     * unmapped, too. The simulator counts what is locked. Shows where a limit binds.
     */
    LOCKED_VM_OF_DONTUNMAP,
    /** MADV_PAGEOUT of shared memory where there is swap: the kernel swaps it out, the simulator swaps anonymous memory only. */
    SWAP_OF_SHARED_MEMORY;

    /** How many folios a per-CPU batch holds in 6.18, less what a worker may have put there. */
    private static final int NEARLY_A_BATCH = 24;

    /** {@return the name in docs/fidelity.md} */
    String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Whether a difference of states is known.
     *
     * @param real the kernel's
     * @param simulated the simulator's
     * @param mostPages how many pages were handled at once so far, at most: from one image to the next, which empties the batches
     * @return its name; null if it is not known
     */
    static @Nullable KnownDifference ofImages(MachineImage real, MachineImage simulated, long mostPages) {
        return mostPages >= NEARLY_A_BATCH && ImageDifference.onlyMlocked(real, simulated) ? MLOCK_COUNT : null;
    }
}
