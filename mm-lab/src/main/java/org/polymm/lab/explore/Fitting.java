package org.polymm.lab.explore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the run of an edited program that is most like a schedule. What makes a schedule what it is are its switches: at which points a task lost its
 * turn. In between a task may take more steps than it did, or fewer.
 *
 * <pre>
 *   schedule   A A A A | B B | A A          A is about to do x when B gets the turn
 *   program    A A a A A | B B | A A        A takes one step more, and is about to do x
 * </pre>
 *
 * <p>One stretch after the other: a run shows what the task would do if it were never interrupted, and where it is about to do what it did next in
 * the schedule. Of several such places the one is taken before which most of the steps are those of the schedule. Calls must be the same; if a task
 * is never about to do what it did next, the schedule does not fit.
 */
final class Fitting {

    private static final int EQUAL = 4;
    private static final int ALIKE = 3;

    /** What a task did, alone: announcements, the one behind the last step included if there was one. */
    private static final class Alone extends Chooser {
        private final int[] prefix;
        private final int task;
        private final List<Schedule.Step> seen = new ArrayList<>();

        Alone(int[] prefix, int task) {
            this.prefix = prefix;
            this.task = task;
        }

        @Override
        void begin(Execution run) {
            seen.clear();
        }

        @Override
        int next(Execution run) {
            int step = run.steps();
            if (step < prefix.length) {
                return prefix[step];
            }
            if (run.isEnded(task)) {
                return CUT;
            }
            seen.add(new Schedule.Step(run.taskName(task), run.callText(task), run.announcement(task)));
            return (run.enabled() & 1 << task) != 0 ? task : CUT;
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

    private final Execution run;
    private final List<Schedule.Step> steps;
    private final StepMatch match;
    private int[] tasks = new int[0];

    Fitting(Execution run, Schedule schedule) {
        this.run = run;
        steps = schedule.steps();
        match = new StepMatch(run.program());
    }

    /**
     * The tasks of the steps of the program, up to where the schedule ends.
     *
     * @throws ScheduleMismatchException if there is no such run
     */
    int[] tasks() {
        for (int from = 0; from < steps.size(); ) {
            int to = from + 1;
            while (to < steps.size()
                    && steps.get(to).task().equals(steps.get(from).task())) {
                to++;
            }
            stretch(from, to);
            from = to;
        }
        return tasks;
    }

    /** Lets a task take the steps that correspond to some of the schedule. */
    private void stretch(int from, int to) {
        int task = StepMatch.taskNamed(run, steps.get(from).task());
        if (task < 0) {
            throw mismatch(from, task, tasks);
        }
        Alone alone = new Alone(tasks, task);
        run.run(alone);
        List<Schedule.Step> seen = alone.seen;
        int[][] likeness = likeness(from, to, seen);
        int next = nextOf(task, to);
        int end = -1;
        for (int count = 0; count <= seen.size(); count++) {
            boolean canStop = next < 0 || count < seen.size() && value(steps.get(next), seen.get(count)) > 0;
            if (canStop && (end < 0 || likeness[to - from][count] > likeness[to - from][end])) {
                end = count;
            }
        }
        int missing = end < 0 ? next : firstCallThatIsMissing(from, to, seen.subList(0, end));
        if (missing >= 0) {
            throw mismatch(missing, task, whereItWouldBe(missing, from, to, seen, likeness, task));
        }
        tasks = longer(task, end);
    }

    private int[] longer(int task, int count) {
        int[] longer = Arrays.copyOf(tasks, tasks.length + count);
        Arrays.fill(longer, tasks.length, longer.length, task);
        return longer;
    }

    /** The first step from one on that the task takes; -1 if there is none. */
    private int nextOf(int task, int from) {
        for (int step = from; step < steps.size(); step++) {
            if (steps.get(step).task().equals(run.taskName(task))) {
                return step;
            }
        }
        return -1;
    }

    /** By how many steps of the schedule and how many of the task: how much of them is the same, in the same order. */
    private int[][] likeness(int from, int to, List<Schedule.Step> seen) {
        int[][] most = new int[to - from + 1][seen.size() + 1];
        for (int i = 1; i <= to - from; i++) {
            for (int k = 1; k <= seen.size(); k++) {
                int both = most[i - 1][k - 1] + value(steps.get(from + i - 1), seen.get(k - 1));
                most[i][k] = Math.max(both, Math.max(most[i - 1][k], most[i][k - 1]));
            }
        }
        return most;
    }

    private int value(Schedule.Step wanted, Schedule.Step found) {
        if (!match.isSameCall(wanted.call(), found.call()) || !StepMatch.isLikePoint(wanted.point(), found.point())) {
            return 0;
        }
        return wanted.point().equals(found.point()) ? EQUAL : ALIKE;
    }

    /** The first step that begins a call which the task does not begin; -1 if there is none. */
    private int firstCallThatIsMissing(int from, int to, List<Schedule.Step> seen) {
        int at = 0;
        for (int step = from; step < to; step++) {
            if (steps.get(step).point().equals(PointText.BEGIN)) {
                while (at < seen.size() && !seen.get(at).point().equals(PointText.BEGIN)) {
                    at++;
                }
                if (at == seen.size() || value(steps.get(step), seen.get(at++)) == 0) {
                    return step;
                }
            }
        }
        return -1;
    }

    /** The tasks of a run up to where the task should take a step that it does not take. */
    private int[] whereItWouldBe(int missing, int from, int to, List<Schedule.Step> seen, int[][] likeness, int task) {
        int row = Math.min(missing, to) - from;
        int count = 0;
        if (steps.get(missing).point().equals(PointText.BEGIN)) {
            int calls = (int) steps.subList(from, Math.min(missing, to)).stream()
                    .filter(step -> step.point().equals(PointText.BEGIN))
                    .count();
            while (count < seen.size() && (!seen.get(count).point().equals(PointText.BEGIN) || calls-- > 0)) {
                count++;
            }
        } else {
            for (int k = 1; k <= seen.size(); k++) {
                count = likeness[row][k] > likeness[row][count] ? k : count;
            }
        }
        return longer(task, count);
    }

    private ScheduleMismatchException mismatch(int step, int task, int[] upTo) {
        @Nullable ScheduleMismatchException[] made = new ScheduleMismatchException[1];
        run.run(new Followed(upTo) {
            @Override
            int next(Execution running) {
                if (running.steps() == upTo.length) {
                    made[0] = ScheduleMismatchException.at(step, steps.get(step), running, task);
                }
                return super.next(running);
            }
        });
        ScheduleMismatchException known = made[0];
        return known == null ? ScheduleMismatchException.afterTheEnd(step, steps.get(step)) : known;
    }
}
