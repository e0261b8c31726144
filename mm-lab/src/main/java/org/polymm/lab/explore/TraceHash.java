package org.polymm.lab.explore;

import java.util.Arrays;

/**
 * A number for what has happened so far, the same for all orders of steps that only commute: the sum over the steps of a hash of each, into
 * which those it follows have gone. Of 64 bits, so that two different pasts among ten million have the same number with a probability of
 * some 10<sup>-6</sup>.
 */
final class TraceHash {

    private final ObjectSlots slots = new ObjectSlots();
    private final long[] ofTask;
    private long[] written = new long[64];
    private long[] read = new long[64];
    private long sum;

    TraceHash(int tasks) {
        ofTask = new long[tasks];
    }

    void begin() {
        slots.clear();
        sum = 0;
        Arrays.fill(ofTask, 0);
    }

    /** Adds the step after those that have been added. */
    void add(Execution run, int step) {
        int task = run.taskOf(step);
        long[] footprints = run.footprints();
        int begin = run.begin(step);
        int end = run.begin(step + 1);
        long hash = Mix.mix(ofTask[task] + task);
        for (int i = begin; i < end; i++) {
            long access = footprints[i];
            int slot = slotOf(access);
            long seen = Access.has(access, Access.WRITE) ? written[slot] + Mix.mix(read[slot]) : written[slot];
            hash = Mix.mix(hash ^ access) + seen;
        }
        hash = Mix.mix(hash);
        for (int i = begin; i < end; i++) {
            int slot = slotOf(footprints[i]);
            if (Access.has(footprints[i], Access.WRITE)) {
                written[slot] = hash;
                read[slot] = 0;
            }
        }
        for (int i = begin; i < end; i++) {
            int slot = slotOf(footprints[i]);
            if (written[slot] != hash) {
                read[slot] += hash;
            }
        }
        ofTask[task] = hash;
        sum += Mix.mix(hash);
    }

    private int slotOf(long access) {
        int slot = slots.of(Access.key(access));
        if (slots.isNew()) {
            if (slot == written.length) {
                written = Arrays.copyOf(written, 2 * slot);
                read = Arrays.copyOf(read, 2 * slot);
            }
            written[slot] = 0;
            read[slot] = 0;
        }
        return slot;
    }

    long value() {
        return sum;
    }
}
