package org.polymm.lab.explore;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One run of a program, told.
 *
 * @param tasks the names of the tasks
 * @param lines the steps
 * @param results what the calls returned, by task and call; 0 for one that has not ended
 * @param preemptions how often the turn was taken from a task that could have gone on
 * @param failure what was wrong: kind; null if nothing was
 * @param text what was wrong, in a sentence or several lines; empty if nothing was
 * @param legend what the numbers in the steps are called where the tasks begin; may be empty
 * @param history what the world remembers of it, the latest last; may be empty
 */
public record Interleaving(
        List<String> tasks,
        List<Line> lines,
        List<List<Long>> results,
        int preemptions,
        @Nullable FailureKind failure,
        String text,
        String legend,
        List<String> history) {

    /**
     * One step.
     *
     * @param task who took it, from 0
     * @param call the text of the call
     * @param point what it announced
     * @param held what each task held after it, in words; empty for one that held nothing
     * @param meets whether it touches what another task has touched last or touches next, and one of the two writes that or locks it
     *     against the other
     */
    public record Line(int task, String call, String point, List<String> held, boolean meets) {
        boolean begins() {
            return point.equals(PointText.BEGIN);
        }
    }

    /** Copies the lists. */
    public Interleaving {
        tasks = List.copyOf(tasks);
        lines = List.copyOf(lines);
        history = List.copyOf(history);
    }

    /** {@return the steps by name, to run it again} */
    public Schedule schedule() {
        return new Schedule(lines.stream()
                .map(line -> new Schedule.Step(tasks.get(line.task), line.call, line.point))
                .toList());
    }

    /**
     * Whether the run begins with the steps of a schedule, so that its tasks had their turns for as many steps as there.
     *
     * @param schedule which
     * @return whether it does; if not, it was fitted to it
     */
    public boolean follows(Schedule schedule) {
        List<Schedule.Step> steps = schedule.steps();
        return steps.size() <= lines.size()
                && IntStream.range(0, steps.size()).allMatch(step -> {
                    Line line = lines.get(step);
                    return tasks.get(line.task).equals(steps.get(step).task())
                            && StepMatch.isLikePoint(steps.get(step).point(), line.point);
                });
    }

    /**
     * {@return the steps, one column a task and one for the locks that are held after each, and at the end what was wrong} Stretches
     * of steps that meet no step of another task are left out, and counted.
     */
    public String columns() {
        return new InterleavingText(this, false).text();
    }

    /** {@return {@link #columns} with every step} */
    public String allColumns() {
        return new InterleavingText(this, true).text();
    }
}
