package org.polymm.lab.explore;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.polymm.lab.io.ReplacingFile;

/**
 * Who took which step, in order and by name: enough to run the same interleaving again.
 *
 * <p>In a file it is one step a line, task, call and point:
 *
 * <pre>
 *   polymm schedule 1
 *   # the folio is copied twice
 *   A | write buf 0 | begin
 *   A | write buf 0 | read pte of table 7[0]
 *   B | write buf 0 | begin
 * </pre>
 *
 * <p>Numbers of tables, folios and so on may be others when it is replayed, as long as equal ones stay equal and different ones different.
 *
 * @param steps in the order in which they were taken
 */
public record Schedule(List<Step> steps) {

    private static final String HEADER = "polymm schedule 1";

    /**
     * One step.
     *
     * @param task the name of the task
     * @param call the text of the call it is in, or begins
     * @param point what it announced: {@code begin}, or a scheduling point in words
     */
    public record Step(String task, String call, String point) {

        @Override
        public String toString() {
            return task + " | " + call + " | " + point;
        }
    }

    /** Copies the list. */
    public Schedule {
        steps = List.copyOf(steps);
    }

    /**
     * The beginning of a schedule, to go on from.
     *
     * @param count how many steps, at most as many as there are
     * @return the first of them
     */
    public Schedule prefix(int count) {
        return new Schedule(steps.subList(0, count));
    }

    /**
     * Writes it to a file, whole or not at all.
     *
     * @param file where
     * @param comment what it shows; lines of it become comments
     * @throws IOException if that fails
     */
    public void write(Path file, String comment) throws IOException {
        StringBuilder text = new StringBuilder(HEADER).append('\n');
        comment.lines().forEach(line -> text.append("# ").append(line).append('\n'));
        steps.forEach(step -> text.append(step).append('\n'));
        try (ReplacingFile out = ReplacingFile.create(file)) {
            out.stream().write(text.toString().getBytes(StandardCharsets.UTF_8));
            out.commit();
        }
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @param file from where
     * @return the schedule
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if it is no schedule; the message names file and line
     */
    public static Schedule read(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        if (lines.isEmpty() || !lines.getFirst().strip().equals(HEADER)) {
            throw new IllegalArgumentException(file + ":1: expected '" + HEADER + "', the first line of a schedule");
        }
        List<Step> steps = new ArrayList<>();
        for (int number = 2; number <= lines.size(); number++) {
            String line = lines.get(number - 1).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String[] fields = line.split(" \\| ", -1);
            if (fields.length != 3) {
                throw new IllegalArgumentException(
                        file + ":" + number + ": expected 'TASK | CALL | POINT', found '" + line + "'");
            }
            steps.add(new Step(fields[0], fields[1], fields[2]));
        }
        return new Schedule(steps);
    }
}
