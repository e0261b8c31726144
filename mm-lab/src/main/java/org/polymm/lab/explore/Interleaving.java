package org.polymm.lab.explore;

import java.util.ArrayList;
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
 * @param history what the world remembers of it, the latest last; may be empty
 */
public record Interleaving(
        List<String> tasks,
        List<Line> lines,
        List<List<Long>> results,
        int preemptions,
        @Nullable FailureKind failure,
        String text,
        List<String> history) {

    private static final int WIDEST = 60;

    /**
     * One step.
     *
     * @param task who took it, from 0
     * @param call the text of the call
     * @param point what it announced
     * @param held what each task held after it, in words; empty for one that held nothing
     */
    public record Line(int task, String call, String point, List<String> held) {}

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

    /** {@return the steps, one column a task and one for the locks that are held after each, and at the end what was wrong} */
    public String columns() {
        int[] widths = new int[tasks.size()];
        for (int task = 0; task < widths.length; task++) {
            widths[task] = tasks.get(task).length();
        }
        for (Line line : lines) {
            widths[line.task] =
                    Math.min(WIDEST, Math.max(widths[line.task], cell(line).length()));
        }
        List<String> rows = new ArrayList<>();
        StringBuilder head = new StringBuilder("step  ");
        for (int task = 0; task < widths.length; task++) {
            head.append(padded(tasks.get(task), widths[task]));
        }
        rows.add(head.append("locks held").toString());
        for (int step = 0; step < lines.size(); step++) {
            rows.add(row(step, widths));
        }
        if (failure != null) {
            rows.add("");
            rows.add(failure.title() + ": " + text);
        }
        if (!history.isEmpty()) {
            rows.add("what happened before, latest last:");
            history.forEach(event -> rows.add("  " + event));
        }
        return String.join("\n", rows.stream().map(String::stripTrailing).toList()) + "\n";
    }

    private String row(int step, int[] widths) {
        Line line = lines.get(step);
        StringBuilder row = new StringBuilder(String.format("%4d  ", step + 1));
        for (int task = 0; task < widths.length; task++) {
            row.append(padded(task == line.task ? cell(line) : "", widths[task]));
        }
        for (int task = 0; task < line.held.size(); task++) {
            if (!line.held.get(task).isEmpty()) {
                row.append(tasks.get(task))
                        .append(shortened(line.held.get(task)))
                        .append(' ');
            }
        }
        return row.toString();
    }

    /** {@code [FOLIO_LOCK write folio 2, FOLIO_LOCK write folio 3]} as {@code [FOLIO_LOCK write folio 2 3]}. */
    private static String shortened(String held) {
        StringBuilder text = new StringBuilder();
        String noun = "";
        for (String lock : held.substring(1, held.length() - 1).split(", ", -1)) {
            int number = lock.lastIndexOf(' ');
            String own = number < 0 ? lock : lock.substring(0, number);
            if (number >= 0 && own.equals(noun)) {
                text.append(lock, number, lock.length());
            } else {
                text.append(text.isEmpty() ? "" : ", ").append(lock);
            }
            noun = own;
        }
        return "[" + text + "]";
    }

    private static String cell(Line line) {
        return line.point.equals(PointText.BEGIN) ? line.call : "  " + line.point;
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()) + 2);
    }
}
