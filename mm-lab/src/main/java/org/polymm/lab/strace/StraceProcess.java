package org.polymm.lab.strace;

import java.util.HashMap;
import java.util.Map;
import org.polymm.lab.importing.AddressRanges;

/** A process: its address space as far as the text tells, and how many threads it has. */
final class StraceProcess {
    final int pid;
    Space space;
    int threads = 1;

    /** An address space, which a vfork child shares. */
    static final class Space {
        final AddressRanges ranges;

        /** Attached System V segments by address: their length, which shmdt does not say. */
        final Map<Long, Long> attached;

        /** Where the heap ends; -1 before the first brk. */
        long heapEnd;

        Space() {
            this(new AddressRanges(), new HashMap<>(), -1);
        }

        private Space(AddressRanges ranges, Map<Long, Long> attached, long heapEnd) {
            this.ranges = ranges;
            this.attached = attached;
            this.heapEnd = heapEnd;
        }

        Space copy() {
            return new Space(ranges.copy(), new HashMap<>(attached), heapEnd);
        }
    }

    StraceProcess(int pid, Space space) {
        this.pid = pid;
        this.space = space;
    }
}
