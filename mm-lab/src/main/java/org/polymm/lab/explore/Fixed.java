package org.polymm.lab.explore;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One run along a schedule, step by step and by name. What comes after its end goes on with as few switches as possible. */
final class Fixed extends Chooser {

    private final List<Schedule.Step> steps;
    private final StepMatch match;
    private @Nullable ScheduleMismatchException mismatch;

    Fixed(Program program, Schedule schedule) {
        steps = schedule.steps();
        match = new StepMatch(program);
    }

    @Override
    void begin(Execution run) {
        match.clear();
        mismatch = null;
    }

    @Override
    int next(Execution run) {
        int step = run.steps();
        int can = run.enabled();
        int current = run.current();
        if (step >= steps.size()) {
            return current >= 0 && (can & 1 << current) != 0 ? current : Integer.numberOfTrailingZeros(can);
        }
        Schedule.Step wanted = steps.get(step);
        int task = StepMatch.taskNamed(run, wanted.task());
        if (task >= 0
                && !run.isEnded(task)
                && match.isSameCall(wanted.call(), run.callText(task))
                && match.isSamePoint(wanted.point(), run.announcement(task))
                && (can & 1 << task) != 0) {
            return task;
        }
        mismatch = ScheduleMismatchException.at(step, wanted, run, task);
        return CUT;
    }

    @Override
    boolean advance(Execution run) {
        return false;
    }

    @Override
    boolean isExhaustive() {
        return false;
    }

    /** Why the run did not go along the schedule; null if it did. */
    @Nullable
    ScheduleMismatchException mismatch() {
        return mismatch;
    }
}
