package org.polymm.lab.lackey;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.polymm.lab.importing.AddressRanges;
import org.polymm.lab.importing.ImportException;
import org.polymm.lab.importing.ImportOptions;
import org.polymm.lab.importing.ImportReport;
import org.polymm.lab.importing.LinuxAbi;
import org.polymm.lab.importing.MemoryCalls;
import org.polymm.lab.io.ReplacingFile;
import org.polymm.lab.io.TextInput;
import org.polymm.lab.trace.AreaKind;
import org.polymm.lab.trace.Granularity;
import org.polymm.lab.trace.TraceCursor;
import org.polymm.lab.trace.TraceEvent;
import org.polymm.lab.trace.TraceEventKind;
import org.polymm.lab.trace.TraceField;
import org.polymm.lab.trace.TraceFile;
import org.polymm.lab.trace.TraceHeader;
import org.polymm.lab.trace.TraceWriter;
import org.polymm.lab.trace.TracedFile;

/**
 * Makes a trace of the text of Valgrind's lackey. The package description says how its lines become events.
 *
 * <p>One instance imports one text, in one thread.
 */
public final class LackeyImporter {
    private static final int PAGE_SHIFT = 12;
    private static final int MAPPED = 1;
    private static final int MAX_ARGUMENTS = 6;

    private static final int LOAD = 0;
    private static final int STORE = 1;
    private static final int FETCH = 2;
    private static final int MODIFY = 3;

    /** What Valgrind itself has to say, and the result of a call that it does not know. */
    private static final List<String> REMARKS = List.of("==", "--", "**", " --> ");

    private static final Set<String> OPENS = Set.of("open", "openat", "openat2", "creat");
    private static final Set<String> FORKS = Set.of("fork", "vfork", "clone", "clone3");

    private static final String ACCESS_EXPECTED =
            "\"I  ADDRESS,SIZE\", \" L \", \" S \" or \" M \" likewise, SYSCALL[...] or"
                    + " ==PID==, as valgrind --tool=lackey --trace-mem=yes --trace-syscalls=yes prints them";

    private final TextInput in;
    private final ImportOptions options;
    private final TraceWriter out;
    private final ImportReport report = new ImportReport();
    private final TraceEvent event = new TraceEvent();

    private final AddressRanges mapped = new AddressRanges();
    private final AddressRanges everMapped = new AddressRanges();
    private final ImagePages image = new ImagePages();
    private final Map<Long, String> descriptors = new HashMap<>();
    private final Map<String, Long> inodes = new HashMap<>();
    private final Map<Integer, LackeyCall> unfinished = new HashMap<>();
    private final long[] lastPage = {-1, -1, -1, -1};

    private int process;
    private String command = "";
    private String tool = "";
    private long time;
    private long heapEnd = -1;
    private long repeats;
    private long firstRepeat;
    private boolean ended;

    private LackeyImporter(TextInput in, TraceWriter out, ImportOptions options) {
        this.in = in;
        this.out = out;
        this.options = options;
    }

    /**
     * Imports a text.
     *
     * @param in the text; the caller closes it
     * @param target the trace to make; it appears when the import succeeded
     * @param options what the text does not say
     * @return what was kept and what was not
     * @throws ImportException when a line cannot be understood, or the text is of several processes
     * @throws IOException when the text cannot be read or the trace not be written
     */
    public static ImportReport run(TextInput in, Path target, ImportOptions options) throws IOException {
        ReplacingFile.checkTarget(target);
        Path events = Files.createTempFile(target.toAbsolutePath().getParent(), ".lackey.", ".tmp");
        try (TraceWriter first = TraceWriter.create(events);
                TraceWriter second = TraceWriter.create(target)) {
            LackeyImporter importer = new LackeyImporter(in, first, options);
            importer.readAll();
            TraceHeader header = importer.header();
            first.finish(header);
            importer.writeStart(second);
            try (TraceCursor cursor = TraceFile.open(events).cursor()) {
                importer.copy(cursor, second);
            }
            second.finish(header);
            return importer.report;
        } finally {
            Files.deleteIfExists(events);
        }
    }

    private TraceHeader header() throws IOException {
        String how = options.howRecorded().isEmpty() ? "valgrind --tool=lackey" : options.howRecorded();
        return new TraceHeader(
                options.program().isEmpty() ? program() : options.program(),
                options.command().isEmpty() ? command : options.command(),
                options.kernel(),
                options.tool().isEmpty() ? tool : options.tool(),
                how + "; repeated accesses of a kind to a page are collapsed; time is instructions",
                Objects.requireNonNullElse(Path.of(in.name()).getFileName(), Path.of(""))
                        .toString(),
                in.sha256(),
                "instructions",
                PAGE_SHIFT,
                Granularity.ACCESSES);
    }

    private String program() {
        String path = command.split(" ", 2)[0];
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private void readAll() throws IOException {
        for (String text = in.readLine(); text != null; text = in.readLine()) {
            report.line();
            if (!access(text)) {
                readOther(text);
            }
        }
        if (!in.lastLineEnded()) {
            report.skip("the last line has no line feed: the text may be cut off", in.lineNumber());
        }
        for (LackeyCall call : unfinished.values()) {
            report.skip(call.name() + " that did not return", in.lineNumber());
        }
        process = Math.max(process, 1);
        if (report.events() == 0) {
            throw problem("there is no access in this text; expected " + ACCESS_EXPECTED, "");
        }
        if (repeats != 0) {
            report.skip("access to the page that the last access of its kind went to", repeats, firstRepeat);
        }
        if (ended) {
            begin(TraceEventKind.PROCESS_EXIT);
            write();
        } else {
            report.skip("the program's end is not in the text: it may be cut off", in.lineNumber());
        }
    }

    /** Reads a line of the form {@code K ADDRESS,SIZE}; false if it is none. */
    private boolean access(String text) throws IOException {
        int length = text.length();
        if (length < 6 || text.charAt(2) != ' ' && text.charAt(1) != ' ') {
            return false;
        }
        int kind = text.charAt(0) == 'I' ? FETCH : dataKind(text);
        if (kind < 0) {
            return false;
        }
        long address = 0;
        int at = 3;
        for (; at < length && text.charAt(at) != ','; at++) {
            int digit = Character.digit(text.charAt(at), 16);
            if (digit < 0) {
                throw problem("cannot be read: expected " + ACCESS_EXPECTED, text);
            }
            address = address << 4 | digit;
        }
        int size = 0;
        for (at++; at < length; at++) {
            int digit = text.charAt(at) - '0';
            if (digit < 0 || digit > 9) {
                throw problem("cannot be read: expected " + ACCESS_EXPECTED, text);
            }
            size = size * 10 + digit;
        }
        if (size == 0) {
            throw problem("cannot be read: expected " + ACCESS_EXPECTED, text);
        }
        accessed(kind, address, size);
        return true;
    }

    private static int dataKind(String text) {
        if (text.charAt(0) != ' ') {
            return -1;
        }
        return switch (text.charAt(1)) {
            case 'L' -> LOAD;
            case 'S' -> STORE;
            case 'M' -> MODIFY;
            default -> -1;
        };
    }

    private void accessed(int kind, long address, int size) throws IOException {
        if (kind == FETCH) {
            time++;
        }
        long page = address >>> PAGE_SHIFT;
        boolean straddles = address + size - 1 >>> PAGE_SHIFT != page;
        if (page == lastPage[kind] && !straddles) {
            if (repeats++ == 0) {
                firstRepeat = in.lineNumber();
            }
            return;
        }
        lastPage[kind] = straddles ? -1 : page;
        if (mapped.get(address) == 0 || straddles && mapped.get(address + size - 1) == 0) {
            image.use(address, size, kind == STORE || kind == MODIFY);
        }
        begin(TraceEventKind.ACCESSED)
                .set(TraceField.ADDRESS, address)
                .set(TraceField.LENGTH, size)
                .set(TraceField.ACCESS, kind);
        write();
    }

    private void readOther(String text) throws IOException {
        if (text.startsWith("SYSCALL[")) {
            LackeyCall call = LackeyCall.parse(text);
            if (call == null) {
                report.skip("system call that Valgrind does not know or does not print in full", in.lineNumber());
            } else {
                called(call, text);
            }
        } else if (REMARKS.stream().anyMatch(text::startsWith)) {
            remark(text);
        } else if (text.isBlank()) {
            report.skip("empty line", in.lineNumber());
        } else {
            throw problem("cannot be read: expected " + ACCESS_EXPECTED, text);
        }
    }

    private void remark(String text) {
        report.skip("remark of Valgrind", in.lineNumber());
        int body = text.indexOf("== ");
        if (body < 0) {
            return;
        }
        String said = text.substring(body + "== ".length());
        if (said.startsWith("Command: ")) {
            command = said.substring("Command: ".length()).replace("\\ ", " ");
        } else if (said.startsWith("Using Valgrind-")) {
            int end = said.indexOf(' ', "Using ".length());
            tool = said.substring("Using ".length(), end < 0 ? said.length() : end) + " lackey";
        } else if (said.startsWith("Exit code:")) {
            ended = true;
        }
    }

    private void called(LackeyCall call, String text) throws IOException {
        if (process == 0) {
            process = call.process();
        } else if (process != call.process()) {
            throw problem(
                    "system call of process " + call.process() + " in a text of process " + process
                            + "; expected one process a file, as --log-file=NAME.%p writes them",
                    text);
        }
        LackeyCall whole = call;
        if (call.name().isEmpty()) {
            LackeyCall begun = unfinished.remove(call.thread());
            if (begun == null) {
                report.skip("result of a system call that was never begun", in.lineNumber());
                return;
            }
            whole = begun.finishedBy(call);
        }
        if (whole.name().startsWith("exit")) {
            exiting(whole);
        } else if (whole.finished()) {
            returned(whole);
        } else {
            unfinished.put(whole.thread(), whole);
        }
    }

    private void exiting(LackeyCall call) throws IOException {
        if (call.name().equals("exit_group")) {
            long[] status = new long[1];
            call.numbers(status);
            begin(TraceEventKind.EXIT_GROUP).set(TraceField.STATUS, status[0] & 0xFFFF_FFFFL);
            write();
            ended = true;
        } else {
            report.skip("exit of a thread", in.lineNumber());
        }
    }

    private void returned(LackeyCall call) throws IOException {
        Arrays.fill(lastPage, -1);
        long[] a = new long[MAX_ARGUMENTS];
        int count = call.numbers(a);
        String name = call.name();
        long result = call.result();
        boolean failed = TraceEvent.isErrno(result);
        if (OPENS.contains(name)) {
            report.skip("system call " + name + " (helps to name files)", in.lineNumber());
            if (!failed) {
                descriptors.put(result, call.path());
            }
        } else if (name.equals("close")) {
            report.skip("system call close (helps to name files)", in.lineNumber());
            descriptors.remove(a[0]);
        } else if (FORKS.contains(name)) {
            report.skip(name + " (a thread's accesses are in this text, a child's in one of its own)", in.lineNumber());
        } else if (!MemoryCalls.isAboutMemory(name) || name.equals("prctl") && !LinuxAbi.isMemoryPrctl(a[0])) {
            report.skip("system call " + name + " (not about memory)", in.lineNumber());
        } else if (count < MemoryCalls.argumentsOf(name) && !(name.equals("mremap") && count == 4)) {
            throw problem(
                    "cannot be read: expected " + MemoryCalls.argumentsOf(name) + " arguments of " + name
                            + ", and there are " + count,
                    call.arguments());
        } else {
            memoryCall(name, a, failed, result);
        }
    }

    private void memoryCall(String name, long[] a, boolean failed, long result) throws IOException {
        boolean shmat = name.equals("shmat") || name.equals("shmdt");
        long file = name.equals("mmap") && (a[3] & LinuxAbi.MAP_ANONYMOUS) == 0 && !failed ? file(a[4]) : 0;
        if (name.equals("ftruncate") || name.equals("fallocate")) {
            file = descriptors.containsKey(a[0]) ? file(a[0]) : 0;
        }
        if (!failed) {
            layout(name, a, result);
        }
        event.at(time, process, process);
        if (shmat || !MemoryCalls.become(event, name, a, file, result)) {
            event.become(TraceEventKind.OTHER)
                    .set(TraceField.NAME, out.name(name))
                    .set(TraceField.RESULT, result);
            for (int i = 0; i < MAX_ARGUMENTS; i++) {
                event.set(TraceField.values()[TraceField.ARG0.ordinal() + i], a[i]);
            }
        }
        write();
    }

    /** Keeps the notebook of what is mapped. */
    private void layout(String name, long[] a, long result) {
        switch (name) {
            case "mmap" -> map(result, result + a[1]);
            case "munmap" -> mapped.set(a[0], AddressRanges.pageEnd(a[0] + a[1]), 0);
            case "mremap" -> {
                if ((a[3] & LinuxAbi.MREMAP_DONTUNMAP) == 0 && a[1] != 0) {
                    mapped.set(a[0], AddressRanges.pageEnd(a[0] + a[1]), 0);
                }
                map(result, result + a[2]);
            }
            case "brk" -> {
                if (heapEnd >= 0 && result > heapEnd) {
                    map(AddressRanges.pageEnd(heapEnd), result);
                } else if (heapEnd >= 0) {
                    mapped.set(AddressRanges.pageEnd(result), AddressRanges.pageEnd(heapEnd), 0);
                }
                heapEnd = result;
            }
            case "mprotect", "madvise", "mlock" -> {
                // The call succeeded, so something is mapped there: if no call did it, execve did.
                for (AddressRanges.Range part : mapped.parts(a[0], AddressRanges.pageEnd(a[0] + a[1]))) {
                    if (part.attribute() == 0) {
                        image.use(part.start(), part.length(), true);
                    }
                }
            }
            default -> {
                // Changes nothing.
            }
        }
    }

    private void map(long start, long end) {
        mapped.set(start, AddressRanges.pageEnd(end), MAPPED);
        everMapped.set(start, AddressRanges.pageEnd(end), MAPPED);
    }

    private long file(long descriptor) throws IOException {
        String path = descriptors.getOrDefault(descriptor, "");
        if (path.isEmpty()) {
            report.skip(
                    "file of a descriptor whose opening is not in the text: a file of its own assumed",
                    in.lineNumber());
            return out.file(new TracedFile("unknown", in.lineNumber(), 0, "fd " + descriptor));
        }
        return out.file(new TracedFile("path", inodes.computeIfAbsent(path, p -> inodes.size() + 1L), 0, path));
    }

    /** The program begins: its process, and what execve mapped. */
    private void writeStart(TraceWriter target) throws IOException {
        String name = program();
        event.at(0, process, process).become(TraceEventKind.PROCESS).set(TraceField.NAME, target.name(name));
        writeStart(target, event);
        event.become(TraceEventKind.EXEC).set(TraceField.NAME, target.name(name));
        writeStart(target, event);
        List<ImagePages.Area> areas = image.areas(everMapped);
        for (int i = 0; i < areas.size(); i++) {
            ImagePages.Area area = areas.get(i);
            boolean stack = area.written() && i == areas.size() - 1;
            int flags = stack
                    ? LinuxAbi.MAP_PRIVATE | LinuxAbi.MAP_ANONYMOUS | LinuxAbi.MAP_GROWSDOWN
                    : LinuxAbi.MAP_PRIVATE;
            event.become(
                    TraceEventKind.INITIAL_MAP,
                    area.start(),
                    area.end() - area.start(),
                    LinuxAbi.PROT_READ | (area.written() ? LinuxAbi.PROT_WRITE : LinuxAbi.PROT_EXEC),
                    flags,
                    stack ? 0 : target.file(new TracedFile("image", i + 1L, 0, "image of " + name)),
                    0,
                    stack ? AreaKind.STACK.ordinal() : AreaKind.FILE.ordinal());
            writeStart(target, event);
        }
        event.become(TraceEventKind.EXEC_DONE).set(TraceField.NAME, target.name(name));
        writeStart(target, event);
    }

    private void writeStart(TraceWriter target, TraceEvent start) throws IOException {
        target.write(start);
        report.keep(start.kind());
    }

    /** Only the first system call tells the process's number, so what came before it gets it here. */
    private void copy(TraceCursor cursor, TraceWriter target) throws IOException {
        while (cursor.next()) {
            TraceEvent copied = cursor.event();
            copied.at(copied.timeNanos(), process, process);
            if (copied.kind().has(TraceField.NAME)) {
                copied.set(TraceField.NAME, target.name(cursor.name(copied.get(TraceField.NAME))));
            }
            if (copied.kind().has(TraceField.FILE) && copied.get(TraceField.FILE) != 0) {
                copied.set(TraceField.FILE, target.file(cursor.file(copied.get(TraceField.FILE))));
            }
            target.write(copied);
        }
    }

    private TraceEvent begin(TraceEventKind kind) {
        return event.at(time, process, process).become(kind);
    }

    private void write() throws IOException {
        out.write(event);
        report.keep(event.kind());
    }

    private ImportException problem(String what, String text) {
        return new ImportException(in.name(), in.lineNumber(), what, text);
    }
}
