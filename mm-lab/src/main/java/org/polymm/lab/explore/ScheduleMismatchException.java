package org.polymm.lab.explore;

/** A schedule does not fit the program any more; the message says from which step on, and what the program does there instead. */
public final class ScheduleMismatchException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int step;

    private ScheduleMismatchException(int step, Schedule.Step wanted, String because) {
        super("step " + (step + 1) + ", '" + wanted + "', does not fit the program: " + because);
        this.step = step;
    }

    /**
     * For a step that a task does not take.
     *
     * @param step its number in the schedule, from 0
     * @param task who should take it, in a run that has come so far; -1 if nobody is called so
     */
    static ScheduleMismatchException at(int step, Schedule.Step wanted, Execution run, int task) {
        return new ScheduleMismatchException(step, wanted, because(wanted, run, task));
    }

    /** For a step that comes after the end of the program. */
    static ScheduleMismatchException afterTheEnd(int step, Schedule.Step wanted) {
        return new ScheduleMismatchException(step, wanted, "it has ended before");
    }

    private static String because(Schedule.Step wanted, Execution run, int task) {
        if (task < 0) {
            return "there is no task '" + wanted.task() + "'";
        }
        String name = run.taskName(task);
        if (run.isEnded(task)) {
            return name + " has ended";
        }
        String call = "'" + run.callText(task) + "'";
        String where = run.callPlace(task);
        String place = where.isEmpty() ? "" : " (" + where + ")";
        String what = run.announcement(task);
        if (what.equals(PointText.BEGIN)) {
            return name + " is about to begin " + call + place + " instead";
        }
        boolean must = (run.enabled() & 1 << task) == 0;
        return name
                + (must ? " has to wait in " : " is in ")
                + call
                + place
                + (must ? "; another task holds what it wants to " : " and about to ")
                + what
                + (must ? "" : " instead");
    }

    /** {@return the first step that does not fit, from 0; those before it do} */
    public int step() {
        return step;
    }
}
