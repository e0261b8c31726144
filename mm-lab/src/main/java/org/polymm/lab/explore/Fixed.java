package org.polymm.lab.explore;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One run along a schedule, by name. What comes after its end goes on with as few switches as possible. */
final class Fixed extends Chooser {

    private static final Pattern OBJECT = Pattern.compile("(\\w+) (\\d+)");

    private final List<Schedule.Step> steps;
    private final Map<String, String> here = new HashMap<>();
    private final Map<String, String> there = new HashMap<>();
    private @Nullable ScheduleMismatchException mismatch;

    Fixed(Schedule schedule) {
        steps = schedule.steps();
    }

    @Override
    void begin(Execution run) {
        here.clear();
        there.clear();
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
        int task = taskNamed(run, wanted.task());
        String because;
        if (task < 0) {
            because = "the program has no task '" + wanted.task() + "'";
        } else if (run.isEnded(task)) {
            because = "the task has ended";
        } else if (!run.callText(task).equals(wanted.call())) {
            because = "it is in '" + run.callText(task) + "'";
        } else if (!isSamePoint(wanted.point(), run.announcement(task))) {
            because = "it is about to " + run.announcement(task);
        } else if ((can & 1 << task) == 0) {
            because = "it has to wait; others hold what it wants to " + run.announcement(task);
        } else {
            return task;
        }
        mismatch = new ScheduleMismatchException(
                step,
                "step " + (step + 1) + " of the schedule, '" + wanted + "', does not fit the program: " + because);
        return CUT;
    }

    private static int taskNamed(Execution run, String name) {
        for (int task = 0; task < run.tasks(); task++) {
            if (run.taskName(task).equals(name)) {
                return task;
            }
        }
        return -1;
    }

    /** Whether two points are the same but for the number of an object, which may be another as long as it is so everywhere. */
    private boolean isSamePoint(String wanted, String found) {
        Matcher a = OBJECT.matcher(wanted);
        Matcher b = OBJECT.matcher(found);
        if (!a.find() || !b.find()) {
            return wanted.equals(found);
        }
        String noun = a.group(1) + ' ';
        return wanted.substring(0, a.start(2)).equals(found.substring(0, b.start(2)))
                && wanted.substring(a.end(2)).equals(found.substring(b.end(2)))
                && isSame(here, noun + a.group(2), noun + b.group(2))
                && isSame(there, noun + b.group(2), noun + a.group(2));
    }

    private static boolean isSame(Map<String, String> names, String from, String to) {
        String known = names.putIfAbsent(from, to);
        return known == null || known.equals(to);
    }

    @Override
    boolean advance(Execution run) {
        return false;
    }

    @Override
    boolean isExhaustive() {
        return false;
    }

    void throwIfMismatched() {
        if (mismatch != null) {
            throw mismatch;
        }
    }
}
