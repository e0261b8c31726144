package org.polymm.lab.strace;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.polymm.lab.importing.AddressRanges;
import org.polymm.lab.importing.AddressRanges.Range;
import org.polymm.lab.importing.ImportReport;
import org.polymm.lab.importing.LinuxAbi;
import org.polymm.lab.importing.MemoryCalls;
import org.polymm.lab.trace.AreaKind;
import org.polymm.lab.trace.TraceEvent;
import org.polymm.lab.trace.TraceEventKind;
import org.polymm.lab.trace.TraceField;
import org.polymm.lab.trace.TraceWriter;
import org.polymm.lab.trace.TracedFile;

/**
 * Makes events of finished system calls, and of what they imply: the image of the program where a call proves it, and
 * touches by the {@link TouchRule}.
 */
final class StraceMemory {
    private static final int MAPPED = 1;
    private static final int ANONYMOUS = 1 << 1;
    private static final int WRITABLE = 1 << 2;
    private static final int STACK = 1 << 3;
    private static final int TOUCHED = 1 << 4;
    private static final int SHARED = 1 << 5;

    private static final int WRITE = 1;
    private static final int MAX_ARGUMENTS = 6;
    private static final String NO_PATH =
            "file of an mmap (no path behind the descriptor; record with -y): a file of its own assumed";

    private final TraceWriter out;
    private final ImportReport report;
    private final TouchRule touch;
    private final TraceEvent event = new TraceEvent();

    private final Map<String, Long> inodes = new HashMap<>();
    private final Map<String, Integer> generations = new HashMap<>();
    private final Map<Long, Long> segments = new HashMap<>();

    private long time;
    private int task;
    private StraceProcess process = new StraceProcess(0, new StraceProcess.Space());
    private long line;

    StraceMemory(TraceWriter out, ImportReport report, TouchRule touch) {
        this.out = out;
        this.report = report;
        this.touch = touch;
    }

    /** The call {@code name}, which {@link MemoryCalls#isAboutMemory is about memory}, returned. */
    void returned(String name, List<String> arguments, long result, long nanos, int tid, StraceProcess of, long number)
            throws IOException, StraceLine.Unreadable {
        time = nanos;
        task = tid;
        process = of;
        line = number;
        int needed = MemoryCalls.argumentsOf(name);
        if (arguments.size() < needed && !(name.equals("mremap") && arguments.size() == 4)) {
            throw new StraceLine.Unreadable(needed + " arguments of " + name + ", and there are " + arguments.size());
        }
        long[] a = numbers(arguments, needed);
        if (TraceEvent.isErrno(result) && !name.equals("brk")) {
            write(name, a, 0, result);
            return;
        }
        switch (name) {
            case "mmap" -> mmap(arguments, a, result);
            case "munmap" -> {
                write(name, a, 0, result);
                space().ranges.set(a[0], AddressRanges.pageEnd(a[0] + a[1]), 0);
            }
            case "mprotect", "pkey_mprotect" -> mprotect(name, a, result);
            case "madvise", "mlock", "mlock2", "msync" -> {
                prove(a[0], a[1]);
                write(name, a, 0, result);
            }
            case "mremap" -> mremap(a, result);
            case "brk" -> brk(a, result);
            case "ftruncate", "fallocate" -> write(name, a, fileOf(arguments.getFirst()), result);
            case "shmget" -> {
                segments.put(result, a[1]);
                write(name, a, 0, result);
            }
            case "shmat" -> shmat(a, result);
            case "shmdt" -> shmdt(a, result);
            default -> write(name, a, 0, result);
        }
    }

    /** A memfd was made: files of that name are other files from here on. */
    void created(String descriptor) {
        generations.merge(Symbols.path(descriptor), 1, Integer::sum);
    }

    /** The arguments as numbers; those that a call does not need may be anything, and are 0 then. */
    private static long[] numbers(List<String> arguments, int needed) throws StraceLine.Unreadable {
        long[] numbers = new long[MAX_ARGUMENTS];
        for (int i = 0; i < Math.min(arguments.size(), MAX_ARGUMENTS); i++) {
            try {
                numbers[i] = Symbols.value(arguments.get(i));
            } catch (StraceLine.Unreadable e) {
                if (i < needed) {
                    throw e;
                }
            }
        }
        return numbers;
    }

    private StraceProcess.Space space() {
        return process.space;
    }

    private void mmap(List<String> arguments, long[] a, long result) throws IOException {
        boolean anonymous = (a[3] & LinuxAbi.MAP_ANONYMOUS) != 0;
        long file = 0;
        if (!anonymous) {
            file = fileOf(arguments.get(4));
            if (file == 0) {
                report.skip(NO_PATH, line);
                file = out.file(
                        new TracedFile("unknown", line, 0, "fd " + arguments.get(4) + " of process " + process.pid));
            }
        }
        write("mmap", a, file, result);
        int attribute = MAPPED | (anonymous ? ANONYMOUS : 0) | ((a[2] & LinuxAbi.PROT_WRITE) != 0 ? WRITABLE : 0);
        if ((a[3] & (LinuxAbi.MAP_STACK | LinuxAbi.MAP_GROWSDOWN)) != 0) {
            attribute |= STACK;
        }
        if ((a[3] & LinuxAbi.MAP_TYPE) != LinuxAbi.MAP_PRIVATE) {
            attribute |= SHARED;
        }
        long end = AddressRanges.pageEnd(result + a[1]);
        space().ranges.set(result, end, attribute);
        touch(result, end);
    }

    private void mprotect(String name, long[] a, long result) throws IOException {
        prove(a[0], a[1]);
        write(name, a, 0, result);
        long end = AddressRanges.pageEnd(a[0] + a[1]);
        int writable = (a[2] & LinuxAbi.PROT_WRITE) != 0 ? WRITABLE : 0;
        for (Range part : space().ranges.parts(a[0], end)) {
            space().ranges.set(part.start(), part.end(), part.attribute() & ~WRITABLE | writable);
        }
        touch(a[0], end);
    }

    private void mremap(long[] a, long result) throws IOException {
        prove(a[0], Math.max(a[1], 1));
        write("mremap", a, 0, result);
        int attribute = space().ranges.get(a[0]);
        long oldEnd = AddressRanges.pageEnd(a[0] + a[1]);
        long end = AddressRanges.pageEnd(result + a[2]);
        List<Range> moved = space().ranges.parts(a[0], Math.min(oldEnd, AddressRanges.pageEnd(a[0] + a[2])));
        if ((a[3] & LinuxAbi.MREMAP_DONTUNMAP) == 0 && a[1] != 0) {
            space().ranges.set(a[0], oldEnd, 0);
        }
        for (Range part : moved) {
            space().ranges.set(part.start() - a[0] + result, part.end() - a[0] + result, part.attribute());
        }
        long grown = Math.min(end, result + oldEnd - a[0]);
        // Shared memory does not grow with its mapping: behind its end there is nothing to touch.
        space().ranges.set(grown, end, (attribute & SHARED) != 0 ? attribute | TOUCHED : attribute & ~TOUCHED);
        touch(grown, end);
    }

    private void brk(long[] a, long result) throws IOException {
        write("brk", a, 0, result);
        long old = space().heapEnd;
        space().heapEnd = result;
        long oldEnd = AddressRanges.pageEnd(old);
        long end = AddressRanges.pageEnd(result);
        if (old >= 0 && end > oldEnd) {
            space().ranges.set(oldEnd, end, MAPPED | ANONYMOUS | WRITABLE);
            touch(oldEnd, end);
        } else if (old >= 0) {
            space().ranges.set(end, oldEnd, 0);
        }
    }

    private void shmat(long[] a, long result) throws IOException {
        Long length = segments.get(a[0]);
        if (length == null) {
            report.skip("shmat of a segment whose shmget is not in the text", line);
            write("shmat", a, 0, result);
            return;
        }
        int protection = (a[2] & 0x1000) != 0 ? LinuxAbi.PROT_READ : LinuxAbi.PROT_READ | LinuxAbi.PROT_WRITE;
        long file = out.file(new TracedFile("sysv", a[0], 0, "SYSV segment " + a[0]));
        space().attached.put(result, length);
        space().ranges.set(result, AddressRanges.pageEnd(result + length), MAPPED);
        write("mmap", new long[] {a[1], length, protection, LinuxAbi.MAP_SHARED, 0, 0}, file, result);
    }

    private void shmdt(long[] a, long result) throws IOException {
        Long length = space().attached.remove(a[0]);
        if (length == null) {
            write("shmdt", a, 0, result);
            return;
        }
        space().ranges.set(a[0], AddressRanges.pageEnd(a[0] + length), 0);
        write("munmap", new long[] {a[0], length}, 0, result);
    }

    /** A call succeeded on the range: what no call mapped there belongs to the image that execve mapped. */
    private void prove(long address, long length) throws IOException {
        for (Range part : space().ranges.parts(address, AddressRanges.pageEnd(address + length))) {
            if (part.attribute() == 0) {
                report.skip("mapping that execve made, known from a call on it: mapped just before", line);
                space().ranges.set(part.start(), part.end(), MAPPED);
                event.at(time, task, process.pid)
                        .become(
                                TraceEventKind.INITIAL_MAP,
                                part.start(),
                                part.length(),
                                LinuxAbi.PROT_READ | LinuxAbi.PROT_WRITE,
                                LinuxAbi.MAP_PRIVATE,
                                out.file(new TracedFile("image", part.start(), 0, "image of process " + process.pid)),
                                0,
                                AreaKind.FILE.ordinal());
                write();
            }
        }
    }

    private void touch(long start, long end) throws IOException {
        if (!touch.writes()) {
            return;
        }
        for (Range part : space().ranges.parts(start, end)) {
            if ((part.attribute() & (ANONYMOUS | WRITABLE | TOUCHED)) != (ANONYMOUS | WRITABLE)) {
                continue;
            }
            boolean stack = (part.attribute() & STACK) != 0;
            if (!stack && part.length() > touch.limit()) {
                report.skip("anonymous memory larger than the limit of the touch rule: not touched", line);
                continue;
            }
            long from = stack ? Math.max(part.start(), part.end() - TouchRule.STACK_BYTES) : part.start();
            space().ranges.set(part.start(), part.end(), part.attribute() | TOUCHED);
            event.at(time, task, process.pid).become(TraceEventKind.ACCESSED, from, part.end() - from, WRITE);
            write();
        }
    }

    /** The trace's number of the file behind a descriptor with its path; 0 without one. */
    private long fileOf(String argument) throws IOException {
        String path = Symbols.path(argument);
        if (path.isEmpty()) {
            return 0;
        }
        long inode = inodes.computeIfAbsent(path, p -> inodes.size() + 1L);
        return out.file(new TracedFile("path", inode, generations.getOrDefault(path, 0), path));
    }

    private void write(String name, long[] a, long file, long result) throws IOException {
        event.at(time, task, process.pid);
        if (!MemoryCalls.become(event, name, a, file, result)) {
            event.become(TraceEventKind.OTHER)
                    .set(TraceField.NAME, out.name(name))
                    .set(TraceField.RESULT, result);
            int first = TraceField.ARG0.ordinal();
            for (int i = 0; i < MAX_ARGUMENTS; i++) {
                event.set(TraceField.values()[first + i], a[i]);
            }
        }
        write();
    }

    private void write() throws IOException {
        out.write(event);
        report.keep(event.kind());
    }
}
