package org.polymm.lab.explore;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.polymm.lab.explore.Interleaving.Line;

/**
 * An interleaving for people: one column a task.
 *
 * <p>A task that runs alone takes many steps that meet no step of another task. They are forced, and tell nothing: of a stretch of them
 * only the number is left, unless all are asked for.
 */
final class InterleavingText {

    private static final int WIDEST = 60;
    /** A shorter stretch is not worth a line that stands for it. */
    private static final int SHORTEST = 3;
    /** This many numbers in a row, and only the first and the last are written. */
    private static final int ROW = 3;

    private final Interleaving run;
    private final List<Line> lines;
    private final boolean[] shown;
    private final int[] widths;

    InterleavingText(Interleaving run, boolean all) {
        this.run = run;
        lines = run.lines();
        shown = new boolean[lines.size()];
        for (int step = 0; step < shown.length; step++) {
            shown[step] = all || matters(step);
        }
        for (int step = 0; step < shown.length; step = stretchEnd(step) + 1) {
            int end = stretchEnd(step);
            for (int i = step; i < end && end - step < SHORTEST; i++) {
                shown[i] = true;
            }
        }
        widths = new int[run.tasks().size()];
        for (int task = 0; task < widths.length; task++) {
            widths[task] = run.tasks().get(task).length();
        }
        for (int step = 0; step < shown.length; step++) {
            if (shown[step]) {
                Line line = lines.get(step);
                widths[line.task()] = Math.min(
                        WIDEST, Math.max(widths[line.task()], cell(line).length()));
            }
        }
    }

    /** A step that others meet, the beginning of a call, and what is next to a switch or to the end. */
    private boolean matters(int step) {
        Line line = lines.get(step);
        return line.meets()
                || line.begins()
                || step == lines.size() - 1
                || lines.get(step + 1).task() != line.task()
                || step > 0 && lines.get(step - 1).task() != line.task();
    }

    /** Where a stretch of steps that are left out ends; the step itself if it is shown. */
    private int stretchEnd(int step) {
        int end = step;
        while (end < shown.length && !shown[end]) {
            end++;
        }
        return end;
    }

    String text() {
        List<String> rows = new ArrayList<>();
        StringBuilder head = new StringBuilder("step  ");
        for (int task = 0; task < widths.length; task++) {
            head.append(padded(run.tasks().get(task), widths[task]));
        }
        rows.add(head.append("locks held").toString());
        for (int step = 0; step < shown.length; ) {
            int end = stretchEnd(step);
            if (end == step) {
                rows.add(row(step));
                step++;
            } else {
                rows.add(leftOut(lines.get(step).task(), end - step));
                step = end;
            }
        }
        if (!run.legend().isEmpty()) {
            rows.add("");
            rows.add(run.legend());
        }
        FailureKind failure = run.failure();
        if (failure != null) {
            rows.add("");
            rows.add(failure.title() + ": " + run.text());
        }
        if (!run.history().isEmpty()) {
            rows.add("what happened before, latest last:");
            run.history().forEach(event -> rows.add("  " + event));
        }
        return String.join("\n", rows.stream().map(String::stripTrailing).toList()) + "\n";
    }

    private String leftOut(int task, int steps) {
        StringBuilder row = new StringBuilder("      ");
        for (int before = 0; before < task; before++) {
            row.append(padded("", widths[before]));
        }
        return row.append("  ... ")
                .append(steps)
                .append(" steps that meet no step of another task")
                .toString();
    }

    private String row(int step) {
        Line line = lines.get(step);
        StringBuilder row = new StringBuilder(String.format(Locale.ROOT, "%4d  ", step + 1));
        for (int task = 0; task < widths.length; task++) {
            row.append(padded(task == line.task() ? cell(line) : "", widths[task]));
        }
        for (int task = 0; task < line.held().size(); task++) {
            if (!line.held().get(task).isEmpty()) {
                row.append(run.tasks().get(task))
                        .append(shortened(line.held().get(task)))
                        .append(' ');
            }
        }
        return row.toString();
    }

    /** {@code [FOLIO_LOCK write folio 2, FOLIO_LOCK write folio 3]} as {@code [FOLIO_LOCK write folio 2 3]}, and more of them as a range. */
    private static String shortened(String held) {
        StringBuilder text = new StringBuilder();
        String noun = "";
        List<Integer> numbers = new ArrayList<>();
        for (String lock : held.substring(1, held.length() - 1).split(", ", -1)) {
            int space = lock.lastIndexOf(' ');
            boolean numbered = space >= 0 && lock.substring(space + 1).chars().allMatch(Character::isDigit);
            String own = numbered ? lock.substring(0, space) : lock;
            if (!numbered || !own.equals(noun)) {
                text.append(ranges(numbers)).append(text.isEmpty() ? "" : ", ").append(own);
                numbers.clear();
                noun = numbered ? own : "";
            }
            if (numbered) {
                numbers.add(Integer.valueOf(lock.substring(space + 1)));
            }
        }
        return "[" + text.append(ranges(numbers)) + "]";
    }

    private static String ranges(List<Integer> numbers) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < numbers.size(); ) {
            int end = i + 1;
            while (end < numbers.size() && numbers.get(end) == numbers.get(end - 1) + 1) {
                end++;
            }
            if (end - i >= ROW) {
                text.append(' ').append(numbers.get(i)).append('-').append(numbers.get(end - 1));
            } else {
                numbers.subList(i, end).forEach(number -> text.append(' ').append(number));
            }
            i = end;
        }
        return text.toString();
    }

    private static String cell(Line line) {
        return line.begins() ? line.call() : "  " + line.point();
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()) + 2);
    }
}
