package org.polymm.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Counts the ranges that the kernel scans for a collapse, by result: the tracepoints {@code mm_khugepaged_scan_pmd} and {@code
 * mm_khugepaged_scan_file}, recorded in a trace buffer of their own, which others' tracing does not notice. It is taken away on {@link #close};
 * one that a run left behind is taken away by the next that opens. Belongs to one thread, which holds the lock of host runs.
 */
public final class ScanTrace implements AutoCloseable {

    private static final String TRACING = "sys/kernel/tracing/";
    private static final String INSTANCE = TRACING + "instances/polymm";
    private static final List<String> EVENTS =
            List.of("events/huge_memory/mm_khugepaged_scan_pmd", "events/huge_memory/mm_khugepaged_scan_file");

    private static final Pattern LINE = Pattern.compile("mm_khugepaged_scan_(?:pmd|file): .*?(?:status|result)=(\\w+)");

    private final HostFiles files;

    private ScanTrace(HostFiles files) {
        this.files = files;
    }

    /**
     * Begins to count.
     *
     * @param lock held by the caller
     * @return the counts
     * @throws HostUnavailableException if this kernel has no such tracepoints, or they may not be recorded
     */
    public static ScanTrace open(HostLock lock) throws HostUnavailableException {
        Objects.requireNonNull(lock, "lock");
        return open(new HostFiles(Path.of("/")));
    }

    static ScanTrace open(HostFiles files) throws HostUnavailableException {
        for (String event : EVENTS) {
            if (!files.exists(TRACING + event)) {
                throw new HostUnavailableException("there is no tracepoint /" + TRACING + event);
            }
        }
        ScanTrace trace = new ScanTrace(files);
        try {
            trace.remove();
            Files.createDirectory(files.path(INSTANCE));
            for (String event : EVENTS) {
                files.write(INSTANCE + "/" + event + "/enable", "1");
            }
        } catch (IOException e) {
            throw new HostUnavailableException("no tracing of scans for a collapse: " + e);
        }
        return trace;
    }

    /**
     * How many scans ended with each result since this was opened.
     *
     * @return counts by what the kernel's trace calls the result, such as {@code page_locked}; only those that were seen
     * @throws HostUnavailableException if the trace cannot be read, or records were lost
     */
    public Map<String, Integer> counts() throws HostUnavailableException {
        String text;
        try {
            text = files.read(INSTANCE + "/trace");
        } catch (IOException e) {
            throw new HostUnavailableException("the trace of scans for a collapse cannot be read: " + e);
        }
        return countsIn(text);
    }

    static Map<String, Integer> countsIn(String text) throws HostUnavailableException {
        if (text.contains("LOST")) {
            throw new HostUnavailableException("records of scans for a collapse were lost");
        }
        Map<String, Integer> counts = new LinkedHashMap<>();
        Matcher lines = LINE.matcher(text);
        while (lines.find()) {
            counts.merge(lines.group(1), 1, Integer::sum);
        }
        return counts;
    }

    @Override
    public void close() {
        try {
            remove();
        } catch (IOException e) {
            throw new UncheckedIOException("the trace buffer /" + INSTANCE + " cannot be taken away", e);
        }
    }

    private void remove() throws IOException {
        if (files.exists(INSTANCE)) {
            for (String event : EVENTS) {
                files.write(INSTANCE + "/" + event + "/enable", "0");
            }
            Files.delete(files.path(INSTANCE));
        }
    }
}
