package org.polymm.lab.perf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.polymm.lab.importing.ImportException;
import org.polymm.lab.importing.ImportOptions;
import org.polymm.lab.importing.ImportReport;
import org.polymm.lab.importing.LinuxAbi;
import org.polymm.lab.importing.MemoryCalls;
import org.polymm.lab.io.TextInput;
import org.polymm.lab.trace.AreaKind;
import org.polymm.lab.trace.Granularity;
import org.polymm.lab.trace.TraceEvent;
import org.polymm.lab.trace.TraceEventKind;
import org.polymm.lab.trace.TraceField;
import org.polymm.lab.trace.TraceHeader;
import org.polymm.lab.trace.TraceWriter;

/**
 * Makes a trace of the text of {@code perf script --ns --show-task-events --show-mmap-events}. The package description
 * says how its lines become events.
 *
 * <p>One instance imports one recording, in one thread.
 */
public final class PerfScriptImporter {
    private static final String RECORD = "PERF_RECORD_";
    private static final String SYSCALL_ENTER = "syscalls:sys_enter_";
    private static final String SYSCALL_EXIT = "syscalls:sys_exit_";
    private static final int PAGE_SHIFT = 12;

    private static final Set<String> FORKS = Set.of("fork", "vfork", "clone", "clone3");

    private final TextInput in;
    private final TraceWriter out;
    private final ImportOptions options;
    private final ImportReport report = new ImportReport();
    private final PerfLine line = new PerfLine();
    private final TraceEvent event = new TraceEvent();
    private final SyscallEvents syscalls;

    private final Map<Integer, PerfTask> tasks = new HashMap<>();
    private final Map<Integer, Integer> threads = new HashMap<>();
    private final Set<Integer> stacks = new HashSet<>();
    private final Map<Integer, ForkRecord> announced = new HashMap<>();
    private final Map<String, String> comments = new HashMap<>();
    private String program = "";
    private long time;
    private boolean faultsRecorded;

    private record ForkRecord(int process, int parentProcess, int parentTask, long line) {}

    private PerfScriptImporter(TextInput in, TraceWriter out, ImportOptions options) {
        this.in = in;
        this.out = out;
        this.options = options;
        this.syscalls = new SyscallEvents(out, report);
    }

    /**
     * Imports a recording.
     *
     * @param in the text; the caller closes it
     * @param target the trace to make; it appears when the import succeeded
     * @param options what the recording does not say
     * @return what was kept and what was not
     * @throws ImportException when a line cannot be understood, time goes back, or the recording lost events
     * @throws IOException when the text cannot be read or the trace not be written
     */
    public static ImportReport run(TextInput in, Path target, ImportOptions options) throws IOException {
        try (TraceWriter out = TraceWriter.create(target)) {
            PerfScriptImporter importer = new PerfScriptImporter(in, out, options);
            importer.readAll();
            out.finish(importer.header());
            return importer.report;
        }
    }

    private TraceHeader header() throws IOException {
        return new TraceHeader(
                firstKnown(options.program(), program),
                firstKnown(options.command(), comments.getOrDefault("cmdline", "")),
                firstKnown(options.kernel(), comments.getOrDefault("os release", "")),
                firstKnown(options.tool(), perfVersion()),
                options.howRecorded(),
                Objects.requireNonNullElse(Path.of(in.name()).getFileName(), Path.of(""))
                        .toString(),
                in.sha256(),
                "CLOCK_MONOTONIC",
                PAGE_SHIFT,
                faultsRecorded ? Granularity.FAULTS : Granularity.SYSCALLS);
    }

    private String perfVersion() {
        String version = comments.getOrDefault("perf version", "");
        return version.isEmpty() ? "" : "perf " + version;
    }

    private static String firstKnown(String given, String found) {
        return given.isEmpty() ? found : given;
    }

    private void readAll() throws IOException {
        for (String text = in.readLine(); text != null; text = in.readLine()) {
            report.line();
            if (text.isBlank()) {
                report.skip("empty line", in.lineNumber());
            } else if (text.startsWith("#")) {
                readComment(text);
            } else {
                try {
                    line.parse(text);
                    read();
                } catch (PerfLine.Unreadable e) {
                    throw new ImportException(
                            in.name(), in.lineNumber(), "cannot be read: expected " + e.getMessage(), text);
                }
            }
        }
        if (!in.lastLineEnded()) {
            report.skip("the last line has no line feed: the text may be cut off", in.lineNumber());
        }
        for (PerfTask task : tasks.values()) {
            abandonCall(task);
        }
        for (ForkRecord fork : announced.values()) {
            report.skip("PERF_RECORD_FORK of a task that never ran", fork.line());
        }
        if (report.events() == 0) {
            throw new ImportException(
                    in.name(),
                    in.lineNumber(),
                    "there is no event in this text; expected the output of"
                            + " `perf script --ns --show-task-events --show-mmap-events`",
                    "");
        }
    }

    /** {@code perf script --header} begins with comments such as {@code # os release : 6.18.0}. */
    private void readComment(String text) {
        int colon = text.indexOf(" : ");
        if (colon > 1) {
            comments.put(
                    text.substring(1, colon).strip(), text.substring(colon + 3).strip());
        }
        report.skip("comment", in.lineNumber());
    }

    private void read() throws IOException, PerfLine.Unreadable {
        if (line.nanos() < time) {
            throw new PerfLine.Unreadable(
                    "lines in time order, and the line before is " + (time - line.nanos()) + " ns later");
        }
        time = line.nanos();
        String name = line.event();
        if (name.startsWith(RECORD)) {
            readRecord(name.substring(RECORD.length()));
        } else if (name.startsWith(SYSCALL_ENTER)) {
            enterCall(name.substring(SYSCALL_ENTER.length()));
        } else if (name.startsWith(SYSCALL_EXIT)) {
            leaveCall(name.substring(SYSCALL_EXIT.length()));
        } else {
            readTracepoint(name);
        }
    }

    private void readTracepoint(String name) throws IOException, PerfLine.Unreadable {
        switch (name) {
            case "exceptions:page_fault_user", "exceptions:page_fault_kernel" -> {
                faultsRecorded = true;
                PerfTask task = task(line.task());
                begin(TraceEventKind.FAULT, line.task(), task.process)
                        .set(TraceField.ADDRESS, line.hexField("address="))
                        .set(TraceField.ERROR_CODE, line.hexField("error_code="));
                write();
            }
            case "task:task_newtask" -> newTask();
            case "sched:sched_process_exec" -> executed();
            case "sched:sched_process_exit" ->
                exited(line.lastField("group_dead=").equals("true"));
            case "sched:sched_process_fork" -> skip("sched:sched_process_fork (task:task_newtask says it)");
            default -> skip(name + " (not about memory or processes)");
        }
    }

    private void readRecord(String type) throws IOException, PerfLine.Unreadable {
        switch (type) {
            case "COMM" -> commRecord();
            case "MMAP2" -> mappingRecord(MappingRecord.parse(line.fields()));
            case "MMAP" -> skip("PERF_RECORD_MMAP (kernel text)");
            case "FORK" -> forkRecord();
            case "EXIT" -> exitRecord();
            case "LOST", "LOST_SAMPLES" -> {
                long lost = lostEvents();
                if (!options.allowLost()) {
                    throw new PerfLine.Unreadable("a complete recording, and here the kernel lost " + lost
                            + " events. Record again with a larger buffer (polymm record --buffer, perf record -m),"
                            + " or say --allow-lost");
                }
                report.skip(
                        "event that the kernel lost: the recording has gaps, its replay is not exact",
                        lost,
                        in.lineNumber());
            }
            default -> skip(line.event() + " (not about memory or processes)");
        }
    }

    /** {@code PERF_RECORD_LOST lost N}; at least one if the number is missing. */
    private long lostEvents() {
        String fields = line.fields();
        String number = fields.substring(fields.lastIndexOf(' ') + 1);
        return number.matches("\\d{1,18}") ? Math.max(1, Long.parseLong(number)) : 1;
    }

    private void commRecord() throws IOException, PerfLine.Unreadable {
        String fields = line.fields();
        boolean exec = fields.startsWith("exec:");
        int colon = fields.lastIndexOf(':');
        int slash = fields.indexOf('/', colon);
        if (colon < 1 || slash < 0) {
            throw new PerfLine.Unreadable("[exec]: NAME:PID/TID");
        }
        String name = fields.substring(fields.indexOf(':') + 1, colon).strip();
        int process = decimal(fields.substring(colon + 1, slash));
        int tid = decimal(fields.substring(slash + 1));
        PerfTask task = tasks.get(tid);
        boolean known = task != null || announced.containsKey(tid);
        if (!known) {
            existingProcess(tid, process, name);
        }
        task = task(tid);
        if (exec) {
            program = name;
            task.executing = true;
            begin(TraceEventKind.EXEC, tid, process).set(TraceField.NAME, out.name(name));
            write();
        } else if (known) {
            begin(TraceEventKind.COMM, tid, task.process).set(TraceField.NAME, out.name(name));
            write();
        }
    }

    private void mappingRecord(MappingRecord record) throws IOException {
        if (record.process() < 0) {
            skip("PERF_RECORD_MMAP2 (kernel text)");
            return;
        }
        PerfTask task = task(record.task());
        if (task.call != null && !task.executing) {
            if (syscalls.usesMapping(task.call)) {
                task.mapping = record;
            } else {
                skip("PERF_RECORD_MMAP2 inside " + task.call + " (its result says it)");
            }
            return;
        }
        if (record.area() == AreaKind.STACK && !stacks.add(task.process) && !task.executing) {
            skip("PERF_RECORD_MMAP2 of a stack that grew (the fault below it says it)");
            return;
        }
        int flags = record.shared() ? LinuxAbi.MAP_SHARED : LinuxAbi.MAP_PRIVATE;
        if (record.file() == null) {
            flags |= LinuxAbi.MAP_ANONYMOUS;
        }
        if (record.area() == AreaKind.STACK) {
            flags |= LinuxAbi.MAP_GROWSDOWN;
        }
        long file = record.file() == null ? 0 : out.file(record.file());
        event.at(time, record.task(), task.process)
                .become(
                        TraceEventKind.INITIAL_MAP,
                        record.address(),
                        record.length(),
                        record.protection(),
                        flags,
                        file,
                        record.offset(),
                        record.area().ordinal());
        write();
    }

    /** {@code PERF_RECORD_FORK(PID:TID):(PPID:PTID)}: kept until task_newtask tells the clone flags. */
    private void forkRecord() throws PerfLine.Unreadable {
        int[] ids = ids();
        announced.put(ids[1], new ForkRecord(ids[0], ids[2], ids[3], in.lineNumber()));
    }

    private void exitRecord() throws IOException, PerfLine.Unreadable {
        int[] ids = ids();
        if (!tasks.containsKey(ids[1])) {
            skip("PERF_RECORD_EXIT (sched:sched_process_exit says it)");
            return;
        }
        // A recording without the sched events: the last known thread takes the process with it.
        exit(ids[1], threads.getOrDefault(ids[0], 1) <= 1);
    }

    private int[] ids() throws PerfLine.Unreadable {
        String[] parts = line.fields().replace("(", "").replace(")", "").split(":");
        if (parts.length != 4) {
            throw new PerfLine.Unreadable("(PID:TID):(PPID:PTID)");
        }
        int[] ids = new int[4];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = decimal(parts[i]);
        }
        return ids;
    }

    private void newTask() throws IOException, PerfLine.Unreadable {
        int child = decimal(line.firstField(" pid="));
        long flags = hexDigits(line.lastField(" clone_flags="));
        announced.remove(child);
        PerfTask parent = task(line.task());
        addTask(child, line.task(), parent, flags);
    }

    /** A child whose flags nobody told: what kind it is follows from the numbers and from the parent's call. */
    private void announcedTask(int child, ForkRecord fork) throws IOException {
        PerfTask parent = task(fork.parentTask());
        long flags = 0;
        if (fork.process() == fork.parentProcess()) {
            flags = LinuxAbi.CLONE_VM | LinuxAbi.CLONE_THREAD;
        } else if ("vfork".equals(parent.call)) {
            flags = LinuxAbi.CLONE_VM | LinuxAbi.CLONE_VFORK;
        } else if ("clone".equals(parent.call)) {
            flags = parent.arguments[0];
        } else if (!"fork".equals(parent.call)) {
            report.skip("clone flags of a new process (no task:task_newtask): taken as a plain fork", fork.line());
        }
        addTask(child, fork.parentTask(), parent, flags);
    }

    private void addTask(int child, int parentTid, PerfTask parent, long flags) throws IOException {
        boolean thread = (flags & LinuxAbi.CLONE_THREAD) != 0;
        PerfTask task = new PerfTask(thread ? parent.process : child);
        task.returnsFromFork = true;
        tasks.put(child, task);
        threads.merge(task.process, 1, Integer::sum);
        if (thread) {
            begin(TraceEventKind.THREAD, parentTid, parent.process).set(TraceField.CHILD, child);
        } else {
            begin(TraceEventKind.FORK, parentTid, parent.process)
                    .set(TraceField.CHILD, child)
                    .set(TraceField.FLAGS, flags);
            syscalls.forked(parent.process, child);
            if (stacks.contains(parent.process)) {
                stacks.add(child);
            }
        }
        write();
    }

    private void executed() throws IOException, PerfLine.Unreadable {
        int tid = line.task();
        int old = decimal(line.lastField(" old_pid="));
        String fields = line.fields();
        int end = fields.lastIndexOf(" pid=");
        if (!fields.startsWith("filename=") || end < 0) {
            throw new PerfLine.Unreadable("filename=PATH pid=TID old_pid=TID");
        }
        if (old != tid) {
            // A thread that was not the first called execve: it takes over the process's number.
            PerfTask caller = tasks.remove(old);
            PerfTask leader = task(tid);
            if (caller != null && caller.call != null) {
                leader.enter(caller.call, caller.callLine);
            }
        }
        PerfTask task = task(tid);
        task.executing = false;
        threads.put(task.process, 1);
        begin(TraceEventKind.EXEC_DONE, tid, task.process)
                .set(TraceField.NAME, out.name(fields.substring("filename=".length(), end)));
        write();
    }

    private void exited(boolean last) throws IOException {
        if (!tasks.containsKey(line.task())) {
            task(line.task());
        }
        exit(line.task(), last);
    }

    private void exit(int tid, boolean last) throws IOException {
        PerfTask task = Objects.requireNonNull(tasks.remove(tid));
        threads.merge(task.process, -1, Integer::sum);
        if (task.call != null && task.call.startsWith("exit")) {
            task.leave();
        }
        abandonCall(task);
        begin(last ? TraceEventKind.PROCESS_EXIT : TraceEventKind.THREAD_EXIT, tid, task.process);
        if (last) {
            threads.remove(task.process);
        }
        write();
    }

    private void enterCall(String name) throws IOException, PerfLine.Unreadable {
        PerfTask task = task(line.task());
        abandonCall(task);
        task.argumentCount = line.arguments(task.arguments);
        if (task.argumentCount < MemoryCalls.argumentsOf(name)) {
            throw new PerfLine.Unreadable(
                    MemoryCalls.argumentsOf(name) + " arguments as NAME: 0xHEX, and there are " + task.argumentCount);
        }
        task.enter(name, in.lineNumber());
        if (name.equals("exit_group")) {
            begin(TraceEventKind.EXIT_GROUP, line.task(), task.process)
                    .set(TraceField.STATUS, task.arguments[0] & 0xFFFF_FFFFL);
            write();
        }
    }

    private void leaveCall(String name) throws IOException, PerfLine.Unreadable {
        PerfTask task = task(line.task());
        long result = line.result();
        String call = task.call;
        if (call == null || !call.equals(name)) {
            if (FORKS.contains(name) && task.returnsFromFork && result == 0) {
                task.returnsFromFork = false;
            } else {
                abandonCall(task);
                report.skip(
                        "sys_exit_" + name + " without sys_enter (entered before the recording began?)",
                        in.lineNumber());
            }
            task.executing = false;
            return;
        }
        if (FORKS.contains(name)) {
            ForkRecord fork = announced.remove((int) result);
            if (fork != null) {
                announcedTask((int) result, fork);
            }
        } else if (name.equals("execve") || name.equals("execveat")) {
            leaveExec(task, name, result);
        } else if (name.equals("prctl") && !LinuxAbi.isMemoryPrctl(task.arguments[0])) {
            skip("prctl option " + task.arguments[0] + " (not about memory)");
        } else if (!MemoryCalls.isAboutMemory(name)) {
            if (!name.startsWith("exit")) {
                skip("system call " + name + " (not about memory)");
            }
        } else {
            event.at(time, line.task(), task.process);
            syscalls.left(name, task, result, in.lineNumber(), event);
        }
        task.leave();
    }

    private void leaveExec(PerfTask task, String name, long result) throws IOException {
        if (TraceEvent.isErrno(result)) {
            skip(name + " that failed");
        } else if (task.executing) {
            // A recording without sched:sched_process_exec.
            begin(TraceEventKind.EXEC_DONE, line.task(), task.process).set(TraceField.NAME, out.name(line.comm()));
            write();
        }
        task.executing = false;
    }

    /** A call that was entered and is not left any more leaves no event: whether it took effect is not known. */
    private void abandonCall(PerfTask task) {
        if (task.call != null && !task.call.startsWith("exit")) {
            report.skip("sys_enter_" + task.call + " without sys_exit", task.callLine);
        }
        task.leave();
    }

    /** The task with that number; one never heard of is a process of its own. */
    private PerfTask task(int tid) throws IOException {
        PerfTask task = tasks.get(tid);
        if (task != null) {
            return task;
        }
        ForkRecord fork = announced.remove(tid);
        if (fork != null) {
            announcedTask(tid, fork);
        } else {
            report.skip("task whose beginning is not in the recording: taken as a process of its own", in.lineNumber());
            existingProcess(tid, tid, line.comm());
        }
        return Objects.requireNonNull(tasks.get(tid));
    }

    private void existingProcess(int tid, int process, String name) throws IOException {
        PerfTask task = new PerfTask(process);
        tasks.put(tid, task);
        if (threads.merge(process, 1, Integer::sum) == 1) {
            begin(TraceEventKind.PROCESS, tid, process).set(TraceField.NAME, out.name(name));
        } else {
            begin(TraceEventKind.THREAD, process, process).set(TraceField.CHILD, tid);
        }
        write();
    }

    private TraceEvent begin(TraceEventKind kind, int tid, int process) {
        return event.at(time, tid, process).become(kind);
    }

    private void write() throws IOException {
        out.write(event);
        report.keep(event.kind());
    }

    private void skip(String reason) {
        report.skip(reason, in.lineNumber());
    }

    private static int decimal(String text) throws PerfLine.Unreadable {
        try {
            return Integer.parseInt(text.strip());
        } catch (NumberFormatException e) {
            throw new PerfLine.Unreadable("a decimal number instead of \"" + text + "\"");
        }
    }

    private static long hexDigits(String text) throws PerfLine.Unreadable {
        try {
            return Long.parseUnsignedLong(text, 16);
        } catch (NumberFormatException e) {
            throw new PerfLine.Unreadable("a hexadecimal number instead of \"" + text + "\"");
        }
    }
}
