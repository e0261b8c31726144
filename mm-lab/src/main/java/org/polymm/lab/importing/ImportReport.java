package org.polymm.lab.importing;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import org.polymm.lab.trace.TraceEventKind;

/**
 * What an import kept, what it did not and why. Every line of the recording is accounted for: it led to an event, was one
 * half of a system call, helped to complete another event, or is counted here under a reason.
 *
 * <p>Used by one thread.
 */
public final class ImportReport {
    private final Map<TraceEventKind, Long> kept = new EnumMap<>(TraceEventKind.class);
    private final Map<String, Skipped> skipped = new TreeMap<>();
    private long lines;

    /**
     * Lines left out for one reason.
     *
     * @param count how many
     * @param firstLine the first one's number
     */
    public record Skipped(long count, long firstLine) {}

    /** One more line was read. */
    public void line() {
        lines++;
    }

    /** An event was written. */
    public void keep(TraceEventKind kind) {
        kept.merge(kind, 1L, Long::sum);
    }

    /**
     * Something was left out.
     *
     * @param reason why, in words for people; those that are equal are counted together
     * @param line the number of its line
     */
    public void skip(String reason, long line) {
        skip(reason, 1, line);
    }

    /**
     * Several things were left out.
     *
     * @param count how many
     * @param firstLine the first one's line
     */
    public void skip(String reason, long count, long firstLine) {
        skipped.merge(
                reason,
                new Skipped(count, firstLine),
                (old, more) -> new Skipped(old.count() + more.count(), old.firstLine()));
    }

    /** Lines read. */
    public long lines() {
        return lines;
    }

    /** Events written. */
    public long events() {
        return kept.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Events written, of one kind. */
    public long events(TraceEventKind kind) {
        return kept.getOrDefault(kind, 0L);
    }

    /** What was left out, by reason, in alphabetical order. */
    public Map<String, Skipped> skipped() {
        return Map.copyOf(skipped);
    }

    /** How often something was left out for that reason. */
    public long skipped(String reason) {
        Skipped entry = skipped.get(reason);
        return entry == null ? 0 : entry.count();
    }

    /** A text of several lines for people, ending with a line feed. */
    public String text() {
        StringBuilder text = new StringBuilder();
        text.append(lines).append(" lines read, ").append(events()).append(" events kept\n");
        kept.forEach((kind, count) -> text.append(String.format("  %-14s %10d%n", kind, count)));
        if (!skipped.isEmpty()) {
            text.append("left out\n");
            skipped.forEach((reason, entry) -> text.append(
                    String.format("  %10d  %s (first: line %d)%n", entry.count(), reason, entry.firstLine())));
        }
        return text.toString();
    }
}
