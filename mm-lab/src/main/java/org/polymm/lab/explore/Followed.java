package org.polymm.lab.explore;

/** One run along the tasks of a run before. Counts its preemptions. */
class Followed extends Chooser {

    private final int[] tasks;
    private int preemptions;

    Followed(int[] tasks) {
        this.tasks = tasks.clone();
    }

    @Override
    void begin(Execution run) {
        preemptions = 0;
    }

    @Override
    int next(Execution run) {
        if (run.steps() >= tasks.length) {
            return CUT;
        }
        int next = tasks[run.steps()];
        int current = run.current();
        preemptions += current >= 0 && next != current && (run.enabled() & 1 << current) != 0 ? 1 : 0;
        return next;
    }

    int preemptions() {
        return preemptions;
    }

    @Override
    boolean advance(Execution run) {
        return false;
    }

    @Override
    boolean isExhaustive() {
        return false;
    }
}
