package org.polymm.lab.fuzz;

import org.polymm.engine.mm.Mman;
import org.polymm.lab.program.Action;

/** How often programs do what. Half of all operations are accesses: the calls before them are only as good as what is in memory. */
final class ActionWeights {

    /** Where there is swap, half of all advice sends something there. */
    private static final int PAGEOUT_TO_SWAP = 40;

    private ActionWeights() {}

    /**
     * For processes that RLIMIT_MEMLOCK binds. What else a host's worker has mapped would count in mlockall, and what other processes of the
     * same user have pinned in pins, so there are none.
     */
    static Wheel limitedActions(Capabilities can) {
        Wheel wheel = actions(can.without(Ability.MLOCKALL, Ability.PINS, Ability.SHORT_PINS));
        wheel.add(Action.LIMIT_MEMLOCK.ordinal(), 6);
        wheel.add(Action.MLOCK.ordinal(), 15);
        wheel.add(Action.MLOCK2.ordinal(), 5);
        return wheel;
    }

    static Wheel actions(Capabilities can) {
        Wheel wheel = new Wheel();
        wheel.add(Action.WRITE.ordinal(), 64);
        wheel.add(Action.READ.ordinal(), 30);
        wheel.add(Action.MMAP.ordinal(), 14);
        wheel.add(Action.MUNMAP.ordinal(), 8);
        wheel.add(Action.MPROTECT.ordinal(), 16);
        wheel.add(Action.MADVISE.ordinal(), can.swaps() ? 36 : 22);
        wheel.add(Action.MREMAP.ordinal(), 16);
        wheel.add(Action.FORK.ordinal(), 6);
        wheel.add(Action.EXIT.ordinal(), 4);
        wheel.add(Action.MLOCK.ordinal(), 5);
        wheel.add(Action.MLOCK2.ordinal(), 3);
        wheel.add(Action.MUNLOCK.ordinal(), 5);
        if (can.has(Ability.REGULAR_FILES) || can.has(Ability.MEMFD_FILES)) {
            wheel.add(Action.FILE.ordinal(), 4);
            wheel.add(Action.TRUNCATE.ordinal(), 2);
            wheel.add(Action.PUNCH_HOLE.ordinal(), 3);
            wheel.add(Action.FALLOCATE.ordinal(), 2);
        }
        if (can.has(Ability.MLOCKALL)) {
            wheel.add(Action.MLOCKALL.ordinal(), 1);
            wheel.add(Action.MUNLOCKALL.ordinal(), 1);
        }
        if (can.has(Ability.SHRINK)) {
            wheel.add(Action.SHRINK.ordinal(), 2);
        }
        if (can.has(Ability.RECLAIM)) {
            wheel.add(Action.RECLAIM.ordinal(), 3);
        }
        if (can.has(Ability.FAILURES)) {
            wheel.add(Action.FAIL.ordinal(), 10);
        }
        if (can.has(Ability.PINS)) {
            wheel.add(Action.PIN.ordinal(), 4);
            wheel.add(Action.UNPIN.ordinal(), 2);
            wheel.add(Action.DEVICE_READ.ordinal(), 2);
            wheel.add(Action.DEVICE_WRITE.ordinal(), 3);
        }
        if (can.has(Ability.REFERENCES)) {
            wheel.add(Action.REFERENCE.ordinal(), 3);
            wheel.add(Action.REFERENCE_READ.ordinal(), 2);
            wheel.add(Action.RELEASE.ordinal(), 2);
        }
        return wheel;
    }

    static Wheel advices(Capabilities can) {
        Wheel wheel = new Wheel();
        for (int advice : can.advices()) {
            wheel.add(advice, can.swaps() && advice == Mman.MADV_PAGEOUT ? PAGEOUT_TO_SWAP : weight(advice));
        }
        return wheel;
    }

    private static int weight(int advice) {
        return switch (advice) {
            case Mman.MADV_DONTNEED -> 12;
            case Mman.MADV_DONTNEED_LOCKED,
                    Mman.MADV_FREE,
                    Mman.MADV_COLLAPSE,
                    Mman.MADV_PAGEOUT,
                    Mman.MADV_POPULATE_READ,
                    Mman.MADV_POPULATE_WRITE,
                    Mman.MADV_HUGEPAGE,
                    Mman.MADV_NOHUGEPAGE,
                    Mman.MADV_GUARD_INSTALL,
                    Mman.MADV_GUARD_REMOVE -> 4;
            case Mman.MADV_DONTFORK, Mman.MADV_DOFORK, Mman.MADV_WIPEONFORK, Mman.MADV_KEEPONFORK, Mman.MADV_REMOVE ->
                3;
            default -> 1;
        };
    }
}
