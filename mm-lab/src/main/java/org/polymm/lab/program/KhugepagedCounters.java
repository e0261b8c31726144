package org.polymm.lab.program;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.polymm.api.ScanResult;
import org.polymm.engine.frame.ThpTunable;

/**
 * Counters of khugepaged and MADV_COLLAPSE: the two files below {@code khugepaged} that count, and how many ranges were scanned with a result, which
 * kernels tell by tracepoints, or the entries of a huge folio were to be collapsed with it, which kernels do not tell. A counter is a word, such as
 * {@code full_scans}, {@code scan_page_lock} or {@code entries_page_null}; its name among all counters of a subject is
 * {@code khugepaged/} and the word.
 */
public final class KhugepagedCounters {

    /** What the names begin with. */
    public static final String PREFIX = "khugepaged/";

    private static final String SCAN = PREFIX + "scan_";
    private static final String ENTRIES = PREFIX + "entries_";
    private static final List<ThpTunable> FILES = List.of(ThpTunable.PAGES_COLLAPSED, ThpTunable.FULL_SCANS);

    private KhugepagedCounters() {}

    /** {@return all counters as words} */
    public static List<String> words() {
        return Stream.of(
                        FILES.stream().map(file -> file.path().substring(PREFIX.length())),
                        Stream.of(ScanResult.values()).map(result -> "scan_" + result.text()),
                        Stream.of(ScanResult.values()).map(result -> "entries_" + result.text()))
                .flatMap(words -> words)
                .toList();
    }

    /** {@return the name of a counter among all of a subject} */
    public static String nameOf(String word) {
        return PREFIX + word;
    }

    /** {@return the result of scans that a counter is about; null if it is about something else} */
    public static @Nullable ScanResult ofScans(String name) {
        return result(name, SCAN);
    }

    /** {@return the result of collapsing the entries of a huge folio that a counter is about; null if it is about something else} */
    public static @Nullable ScanResult ofEntries(String name) {
        return result(name, ENTRIES);
    }

    private static @Nullable ScanResult result(String name, String prefix) {
        return name.startsWith(prefix)
                ? ScanResult.valueOf(name.substring(prefix.length()).toUpperCase(Locale.ROOT))
                : null;
    }

    /** {@return the file that a counter is; null if it is about something else} */
    public static @Nullable ThpTunable file(String name) {
        return FILES.stream()
                .filter(file -> file.path().equals(name))
                .findFirst()
                .orElse(null);
    }
}
