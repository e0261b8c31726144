package org.polymm.lab.explore;

import java.util.Arrays;

/**
 * Finds, after a run, which of its steps had to follow which, and where two of them could have come in the other order: the races.
 *
 * <p>A step follows the steps of its own task and those whose footprints conflict with its own; a vector clock per step says so:
 * {@code clock[j][t]} is one more than the last step of task t that j follows, or is. Steps i and j race if they conflict and j's task had not
 * followed i before. Reversing them means: from the state before i, run what does not follow i, then j's task.
 *
 * <p>A lock that is waited for is had by the waiter only after it was released, so the release and the acquisition do not race: what races is
 * the acquisition before, with this one. Sections are no locks: a grace period waits for those that were open when it began, and for no later
 * ones. The end of it counts as an access like others, which depends on more than it need.
 */
final class HappensBefore {

    /** Is told of races. */
    interface Races {
        /**
         * Two steps could have come in the other order.
         *
         * @param step the earlier one
         * @param initials the tasks, a bit each, with which a run from the state before it may begin that reverses them
         * @param later the task of the later one
         */
        void found(int step, int initials, int later);
    }

    private final int tasks;
    private final ObjectSlots slots = new ObjectSlots();
    private int[] clocks = new int[0];
    private final int[] lastStep;

    // By slot: the last step that wrote, and by slot and task: the last that read, got the lock, let it go.
    private int[] lastWrite = new int[0];
    private int[] lastRead = new int[0];
    private int[] got = new int[0];
    private int[] gotExclusively = new int[0];
    private int[] released = new int[0];
    private int[] releasedExclusively = new int[0];
    private int[] tried = new int[0];
    private int[] triedExclusively = new int[0];

    private int[] candidates = new int[32];
    private int candidateCount;
    private final int[] merged;
    private final int[] first;
    private final long[] one = new long[1];

    HappensBefore(int tasks) {
        this.tasks = tasks;
        lastStep = new int[tasks];
        merged = new int[tasks];
        first = new int[tasks];
    }

    /**
     * Looks at a run.
     *
     * @param from races of earlier steps with each other are known already
     */
    void analyse(Execution run, int from, Races races) {
        int steps = run.steps();
        if (clocks.length < steps * tasks) {
            clocks = new int[Math.max(steps * tasks, 2 * clocks.length)];
        }
        slots.clear();
        Arrays.fill(lastStep, -1);
        long[] footprints = run.footprints();
        for (int step = 0; step < steps; step++) {
            int task = run.taskOf(step);
            visit(run, step, task, footprints, run.begin(step), run.begin(step + 1), step >= from, races);
            merged[task] = step + 1;
            System.arraycopy(merged, 0, clocks, step * tasks, tasks);
            lastStep[task] = step;
            remember(step, task, footprints, run.begin(step), run.begin(step + 1));
        }
        for (int task = 0; task < tasks; task++) {
            if (!run.isEnded(task) && Access.has(run.pending(task), Access.WAIT | Access.GRACE)) {
                one[0] = run.pending(task);
                visit(run, steps, task, one, 0, 1, true, races);
            }
        }
    }

    private void visit(
            Execution run, int step, int task, long[] accesses, int begin, int end, boolean isNew, Races races) {
        int before = lastStep[task];
        if (before < 0) {
            Arrays.fill(merged, 0);
        } else {
            System.arraycopy(clocks, before * tasks, merged, 0, tasks);
        }
        candidateCount = 0;
        int waitSlot = -1;
        boolean waitExclusive = false;
        for (int at = begin; at < end; at++) {
            long access = accesses[at];
            if (Access.has(access, Access.BEGIN)) {
                continue;
            }
            int slot = slotOf(access);
            boolean writes = Access.has(access, Access.WRITE);
            if (Access.has(access, Access.WAIT)) {
                waitSlot = slot;
                waitExclusive = writes;
                if (isNew) {
                    candidatesForLock(run, slot, task, writes, before);
                }
            } else if (isNew) {
                candidatesForAccess(run, slot, task, writes, before);
            }
            follow(slot, task, writes);
        }
        if (isNew) {
            report(run, step, task, waitSlot, waitExclusive, races);
        }
    }

    // ---- candidates

    private void candidatesForAccess(Execution run, int slot, int task, boolean writes, int before) {
        int written = lastWrite[slot];
        if (written >= 0) {
            candidate(run, written, task, before);
        }
        if (writes) {
            for (int other = 0; other < tasks; other++) {
                int read = lastRead[slot * tasks + other];
                if (other != task && read > written) {
                    candidate(run, read, task, before);
                }
            }
        }
    }

    private void candidatesForLock(Execution run, int slot, int task, boolean writes, int before) {
        for (int other = 0; other < tasks; other++) {
            int at = slot * tasks + other;
            if (other != task) {
                candidate(run, writes ? got[at] : gotExclusively[at], task, before);
                candidate(run, writes ? tried[at] : triedExclusively[at], task, before);
            }
        }
    }

    /** A step that this one may race with, unless the task had followed it before. */
    private void candidate(Execution run, int step, int task, int before) {
        if (step < 0) {
            return;
        }
        int other = run.taskOf(step);
        if (other == task || before >= 0 && clocks[before * tasks + other] > step) {
            return;
        }
        for (int i = 0; i < candidateCount; i++) {
            if (candidates[i] == step) {
                return;
            }
        }
        if (candidateCount == candidates.length) {
            candidates = Arrays.copyOf(candidates, 2 * candidateCount);
        }
        candidates[candidateCount++] = step;
    }

    private void follow(int slot, int task, boolean writes) {
        if (lastWrite[slot] >= 0) {
            merge(lastWrite[slot]);
        }
        if (writes) {
            for (int other = 0; other < tasks; other++) {
                int read = lastRead[slot * tasks + other];
                if (read >= 0 && other != task) {
                    merge(read);
                }
            }
        }
    }

    private void merge(int step) {
        int at = step * tasks;
        for (int i = 0; i < tasks; i++) {
            merged[i] = Math.max(merged[i], clocks[at + i]);
        }
    }

    private boolean follows(int later, int step, int taskOfStep) {
        return clocks[later * tasks + taskOfStep] > step;
    }

    // ---- races

    private void report(Execution run, int step, int task, int waitSlot, boolean exclusive, Races races) {
        int kept = 0;
        for (int i = 0; i < candidateCount; i++) {
            if (waitSlot < 0 || !isInsideHold(run, candidates[i], task, waitSlot, exclusive)) {
                candidates[kept++] = candidates[i];
            }
        }
        for (int i = 0; i < kept; i++) {
            int earlier = candidates[i];
            int taskOfEarlier = run.taskOf(earlier);
            boolean isIndirect = false;
            for (int k = 0; k < kept && !isIndirect; k++) {
                isIndirect = k != i && follows(candidates[k], earlier, taskOfEarlier);
            }
            if (!isIndirect) {
                races.found(earlier, initials(run, earlier, step, task), task);
            }
        }
    }

    /** Whether somebody holds the lock that the task waits for at a step, and will give it up only after that step. */
    private boolean isInsideHold(Execution run, int step, int task, int slot, boolean exclusive) {
        int taskOfStep = run.taskOf(step);
        for (int other = 0; other < tasks; other++) {
            int at = slot * tasks + other;
            int begin = exclusive ? got[at] : gotExclusively[at];
            int end = exclusive ? released[at] : releasedExclusively[at];
            boolean isOpen = end < begin;
            if (other != task
                    && begin >= 0
                    && begin < step
                    && (isOpen || step == end || step < end && follows(end, step, taskOfStep))) {
                return true;
            }
        }
        return false;
    }

    /** The tasks whose first step after {@code earlier}, among those that do not follow it and {@code step}, follows none of these. */
    private int initials(Execution run, int earlier, int step, int task) {
        int taskOfEarlier = run.taskOf(earlier);
        Arrays.fill(first, -1);
        for (int k = earlier + 1; k < step; k++) {
            int other = run.taskOf(k);
            if (first[other] < 0 && !follows(k, earlier, taskOfEarlier)) {
                first[other] = k;
            }
        }
        if (first[task] < 0) {
            first[task] = step;
        }
        int mask = 0;
        for (int candidate = 0; candidate < tasks; candidate++) {
            int begin = first[candidate];
            if (begin < 0) {
                continue;
            }
            boolean isInitial = true;
            for (int other = 0; other < tasks && isInitial; other++) {
                int earlierFirst = first[other];
                if (other != candidate && earlierFirst >= 0 && earlierFirst < begin) {
                    isInitial = begin == step ? merged[other] <= earlierFirst : !follows(begin, earlierFirst, other);
                }
            }
            mask |= isInitial ? 1 << candidate : 0;
        }
        return mask;
    }

    // ---- what is known of objects

    private int slotOf(long access) {
        int slot = slots.of(Access.key(access));
        if (slots.isNew()) {
            if (slot >= lastWrite.length) {
                grow(Math.max(64, 2 * slot));
            }
            lastWrite[slot] = -1;
            for (int at = slot * tasks; at < (slot + 1) * tasks; at++) {
                lastRead[at] = -1;
                got[at] = -1;
                gotExclusively[at] = -1;
                released[at] = -1;
                releasedExclusively[at] = -1;
                tried[at] = -1;
                triedExclusively[at] = -1;
            }
        }
        return slot;
    }

    private void grow(int capacity) {
        lastWrite = Arrays.copyOf(lastWrite, capacity);
        lastRead = Arrays.copyOf(lastRead, capacity * tasks);
        got = Arrays.copyOf(got, capacity * tasks);
        gotExclusively = Arrays.copyOf(gotExclusively, capacity * tasks);
        released = Arrays.copyOf(released, capacity * tasks);
        releasedExclusively = Arrays.copyOf(releasedExclusively, capacity * tasks);
        tried = Arrays.copyOf(tried, capacity * tasks);
        triedExclusively = Arrays.copyOf(triedExclusively, capacity * tasks);
    }

    private void remember(int step, int task, long[] accesses, int begin, int end) {
        for (int i = begin; i < end; i++) {
            long access = accesses[i];
            if (Access.has(access, Access.BEGIN)) {
                continue;
            }
            int slot = slotOf(access);
            int at = slot * tasks + task;
            if (Access.has(access, Access.WRITE)) {
                lastWrite[slot] = step;
            } else {
                lastRead[at] = step;
            }
            if (Access.has(access, Access.GOT)) {
                got[at] = step;
                gotExclusively[at] = Access.has(access, Access.WRITE) ? step : gotExclusively[at];
            } else if (Access.has(access, Access.TRY)) {
                tried[at] = step;
                triedExclusively[at] = Access.has(access, Access.WRITE) ? step : triedExclusively[at];
            } else if (Access.has(access, Access.DOWNGRADE)) {
                releasedExclusively[at] = step;
            } else if (Access.has(access, Access.RELEASE)) {
                released[at] = step;
                releasedExclusively[at] = Access.has(access, Access.WRITE) ? step : releasedExclusively[at];
            }
        }
    }
}
