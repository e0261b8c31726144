package org.polymm.lab.perf;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.polymm.lab.importing.ImportReport;
import org.polymm.lab.importing.LinuxAbi;
import org.polymm.lab.importing.MemoryCalls;
import org.polymm.lab.trace.TraceEvent;
import org.polymm.lab.trace.TraceEventKind;
import org.polymm.lab.trace.TraceField;
import org.polymm.lab.trace.TraceWriter;
import org.polymm.lab.trace.TracedFile;

/** Turns a finished system call, with the mapping record seen inside it, into an event. */
final class SyscallEvents {
    private final TraceWriter out;
    private final ImportReport report;

    /** The file that a descriptor number last mapped shared, by process: the only hint at what ftruncate works on. */
    private final Map<Descriptor, Long> sharedFiles = new HashMap<>();

    /** Lengths of attached System V segments, which shmdt does not say. */
    private final Map<Attachment, Long> attached = new HashMap<>();

    private record Descriptor(int process, long fd) {}

    private record Attachment(int process, long address) {}

    SyscallEvents(TraceWriter out, ImportReport report) {
        this.out = out;
        this.report = report;
    }

    /** Whether a mapping record inside that call tells something its arguments do not. */
    boolean usesMapping(String call) {
        return call.equals("mmap") || call.equals("shmat");
    }

    /** A forked process begins with its parent's descriptors and attachments. */
    void forked(int parent, int child) {
        Map<Descriptor, Long> descriptors = new HashMap<>();
        sharedFiles.forEach((key, file) -> {
            if (key.process() == parent) {
                descriptors.put(new Descriptor(child, key.fd()), file);
            }
        });
        sharedFiles.putAll(descriptors);
        Map<Attachment, Long> attachments = new HashMap<>();
        attached.forEach((key, length) -> {
            if (key.process() == parent) {
                attachments.put(new Attachment(child, key.address()), length);
            }
        });
        attached.putAll(attachments);
    }

    /**
     * The call {@code name}, which {@linkplain MemoryCalls#isAboutMemory is about memory}, returned; {@code event} has its time and
     * task already.
     */
    void left(String name, PerfTask task, long result, long line, TraceEvent event) throws IOException {
        long[] a = task.arguments;
        switch (name) {
            case "mmap" -> mmap(task, result, line, event);
            case "ftruncate", "fallocate" -> MemoryCalls.become(event, name, a, sharedFile(task, a[0]), result);
            case "shmat" -> shmat(task, result, event);
            case "shmdt" -> shmdt(task, result, event);
            default -> {
                if (!MemoryCalls.become(event, name, a, 0, result)) {
                    other(name, task, result, event);
                }
            }
        }
        out.write(event);
        report.keep(event.kind());
    }

    private void mmap(PerfTask task, long result, long line, TraceEvent event) throws IOException {
        long[] a = task.arguments;
        long file = 0;
        MappingRecord mapping = task.mapping;
        if (mapping != null && mapping.file() != null) {
            file = out.file(mapping.file());
        } else if ((a[3] & LinuxAbi.MAP_ANONYMOUS) == 0 && !TraceEvent.isErrno(result)) {
            report.skip(
                    "file of an mmap (no PERF_RECORD_MMAP2 inside it; record with -d): a file of its own assumed",
                    line);
            file = out.file(new TracedFile("unknown", line, 0, "fd " + (int) a[4] + " of process " + task.process));
        }
        if (file != 0 && (a[3] & LinuxAbi.MAP_TYPE) != LinuxAbi.MAP_PRIVATE && (a[3] & LinuxAbi.MAP_ANONYMOUS) == 0) {
            sharedFiles.put(new Descriptor(task.process, a[4]), file);
        }
        MemoryCalls.become(event, "mmap", a, file, result);
    }

    private long sharedFile(PerfTask task, long fd) {
        return sharedFiles.getOrDefault(new Descriptor(task.process, fd), 0L);
    }

    private void shmat(PerfTask task, long result, TraceEvent event) throws IOException {
        MappingRecord mapping = task.mapping;
        if (mapping == null || mapping.file() == null || TraceEvent.isErrno(result)) {
            other("shmat", task, result, event);
            return;
        }
        attached.put(new Attachment(task.process, result), mapping.length());
        long file = out.file(mapping.file());
        event.become(
                TraceEventKind.MMAP,
                task.arguments[1],
                mapping.length(),
                mapping.protection(),
                LinuxAbi.MAP_SHARED,
                file,
                0,
                result);
    }

    private void shmdt(PerfTask task, long result, TraceEvent event) throws IOException {
        Long length = attached.remove(new Attachment(task.process, task.arguments[0]));
        if (length == null || TraceEvent.isErrno(result)) {
            other("shmdt", task, result, event);
            return;
        }
        event.become(TraceEventKind.MUNMAP, task.arguments[0], length, result);
    }

    private void other(String name, PerfTask task, long result, TraceEvent event) throws IOException {
        event.become(TraceEventKind.OTHER).set(TraceField.NAME, out.name(name)).set(TraceField.RESULT, result);
        int first = TraceField.ARG0.ordinal();
        for (int i = 0; i < task.argumentCount; i++) {
            event.set(TraceField.values()[first + i], task.arguments[i]);
        }
    }
}
