package org.polymm.lab.fuzz;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.mm.Mman;
import org.polymm.engine.state.Geometry;
import org.polymm.lab.program.Action;
import org.polymm.lab.program.MachineImage;
import org.polymm.lab.program.Operation;
import org.polymm.lab.program.Window;

/**
 * Differences between simulator and kernel that have a reason which stands. A program that shows one is not compared any further, because
 * what follows may depend on it; {@code docs/fidelity.md} has each of them under its name.
 */
enum KnownDifference {
    /** MADV_COLD and MADV_PAGEOUT of a part of a huge page of shared memory split it, and splitting folios of files is not simulated. */
    SPLIT_OF_FILES,
    /**
     * How often a page was mlocked is counted while it is on the unevictable list, not while it is in one of the per-CPU batches before
     * that, and processes share those batches with what the host's worker faults in for itself.
     */
    MLOCK_COUNT,
    /**
     * MREMAP_DONTUNMAP of an mlocked mapping unlocks the VMA that stays, and the kernel goes on counting its pages in VmLck, after it is
     * unmapped, too. The simulator counts what is locked. Shows where a limit binds.
     */
    LOCKED_VM_OF_DONTUNMAP;

    /** How many folios a per-CPU batch holds in 6.18, less what a worker may have put there. */
    private static final int NEARLY_A_BATCH = 24;

    private static final int HUGE_FILE_PAGE = MachineImage.FILE | MachineImage.LARGE;

    /** {@return the name in docs/fidelity.md} */
    String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether an operation is MADV_COLD or MADV_PAGEOUT. */
    static boolean givesUp(Operation operation) {
        return operation.action() == Action.MADVISE
                && (operation.c() == Mman.MADV_COLD || operation.c() == Mman.MADV_PAGEOUT);
    }

    /** Whether there is a huge page of a file in the range of an operation. */
    static boolean hasHugeFilePage(MachineImage image, Operation operation) {
        int slot = image.slotOf(operation.process());
        if (slot < 0) {
            return false;
        }
        Window window = image.window();
        for (int page = 0; page < window.pages(); page++) {
            long address = window.base() + page * Geometry.PAGE_SIZE;
            boolean inside = address >= operation.a() && address < operation.a() + operation.b();
            if (inside && (image.bits(slot, page) & HUGE_FILE_PAGE) == HUGE_FILE_PAGE) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether a difference of states is known.
     *
     * @param real the kernel's
     * @param simulated the simulator's
     * @param advisedFile whether huge pages of a file were to be given up since the states were compared last
     * @param mostPages how many pages were handled at once so far, at most: from one image to the next, which empties the batches
     * @return its name; null if it is not known
     */
    static @Nullable KnownDifference ofImages(
            MachineImage real, MachineImage simulated, boolean advisedFile, long mostPages) {
        if (advisedFile) {
            return SPLIT_OF_FILES;
        }
        return mostPages >= NEARLY_A_BATCH && ImageDifference.onlyMlocked(real, simulated) ? MLOCK_COUNT : null;
    }
}
