package org.polymm.lab.strace;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.polymm.lab.importing.ImportException;
import org.polymm.lab.importing.ImportOptions;
import org.polymm.lab.importing.ImportReport;
import org.polymm.lab.importing.LinuxAbi;
import org.polymm.lab.importing.MemoryCalls;
import org.polymm.lab.io.TextInput;
import org.polymm.lab.trace.Granularity;
import org.polymm.lab.trace.TraceEvent;
import org.polymm.lab.trace.TraceEventKind;
import org.polymm.lab.trace.TraceField;
import org.polymm.lab.trace.TraceHeader;
import org.polymm.lab.trace.TraceWriter;

/**
 * Makes a trace of the text of {@code strace -f -ttt -y}. The package description says how its lines become events.
 *
 * <p>One instance imports one recording, in one thread.
 */
public final class StraceImporter {
    private static final int PAGE_SHIFT = 12;
    private static final int ONLY_TASK = 1;
    private static final int COMM_LENGTH = 15;
    private static final Set<String> FORKS = Set.of("fork", "vfork", "clone", "clone3");

    private final TextInput in;
    private final TraceWriter out;
    private final ImportOptions options;
    private final TouchRule touch;
    private final ImportReport report = new ImportReport();
    private final StraceLine line = new StraceLine();
    private final TraceEvent event = new TraceEvent();
    private final StraceMemory memory;

    private final Map<Integer, StraceTask> tasks = new LinkedHashMap<>();
    private final Map<Integer, StraceProcess> processes = new HashMap<>();
    private String program = "";
    private String command = "";
    private long time;

    private StraceImporter(TextInput in, TraceWriter out, ImportOptions options, TouchRule touch) {
        this.in = in;
        this.out = out;
        this.options = options;
        this.touch = touch;
        this.memory = new StraceMemory(out, report, touch);
    }

    /**
     * Imports a recording.
     *
     * @param in the text; the caller closes it
     * @param target the trace to make; it appears when the import succeeded
     * @param options what the recording does not say
     * @param touch what is assumed of touches
     * @return what was kept and what was not
     * @throws ImportException when a line cannot be understood
     * @throws IOException when the text cannot be read or the trace not be written
     */
    public static ImportReport run(TextInput in, Path target, ImportOptions options, TouchRule touch)
            throws IOException {
        try (TraceWriter out = TraceWriter.create(target)) {
            StraceImporter importer = new StraceImporter(in, out, options, touch);
            importer.readAll();
            out.finish(importer.header());
            return importer.report;
        }
    }

    private TraceHeader header() throws IOException {
        String how = options.howRecorded().isEmpty() ? "strace" : options.howRecorded();
        return new TraceHeader(
                options.program().isEmpty() ? program : options.program(),
                options.command().isEmpty() ? command : options.command(),
                options.kernel(),
                options.tool(),
                how + "; " + touch.sentence(),
                Objects.requireNonNullElse(Path.of(in.name()).getFileName(), Path.of(""))
                        .toString(),
                in.sha256(),
                "CLOCK_REALTIME",
                PAGE_SHIFT,
                Granularity.SYSCALLS);
    }

    private void readAll() throws IOException {
        for (String text = in.readLine(); text != null; text = in.readLine()) {
            report.line();
            if (text.isBlank()) {
                report.skip("empty line", in.lineNumber());
            } else if (text.startsWith("strace: ")) {
                report.skip("remark of strace", in.lineNumber());
            } else {
                try {
                    line.parse(text, ONLY_TASK);
                    read();
                } catch (StraceLine.Unreadable e) {
                    throw new ImportException(
                            in.name(), in.lineNumber(), "cannot be read: expected " + e.getMessage(), text);
                }
            }
        }
        if (!in.lastLineEnded()) {
            report.skip("the last line has no line feed: the text may be cut off", in.lineNumber());
        }
        for (StraceTask task : tasks.values()) {
            abandonCall(task);
        }
        if (report.events() == 0) {
            throw new ImportException(
                    in.name(),
                    in.lineNumber(),
                    "there is no event in this text; expected the output of `strace -f -ttt -y`",
                    "");
        }
    }

    private void read() throws IOException, StraceLine.Unreadable {
        if (line.nanos() < time) {
            report.skip("time that goes back (the system's clock was set?): the time before is kept", in.lineNumber());
        }
        time = Math.max(time, line.nanos());
        StraceTask task = task(line.task());
        switch (line.kind()) {
            case CALL -> {
                abandonCall(task);
                returned(task, in.lineNumber());
            }
            case UNFINISHED -> {
                abandonCall(task);
                task.begin(line.name(), line.rest(), in.lineNumber());
                task.cloneFlags = FORKS.contains(line.name()) ? forkFlags() : 0;
            }
            case RESUMED -> resumed(task);
            case EXITED -> exited(task);
            case SUPERSEDED -> superseded(task);
            case REMARK -> report.skip("signal or remark", in.lineNumber());
        }
    }

    private void resumed(StraceTask task) throws IOException, StraceLine.Unreadable {
        if (task.call == null || !task.call.equals(line.name())) {
            abandonCall(task);
            report.skip(line.name() + " resumed that was never begun", in.lineNumber());
            return;
        }
        line.finish(task.begun + line.rest());
        returned(task, task.callLine);
        task.end();
    }

    /** A call is complete. */
    private void returned(StraceTask task, long callLine) throws IOException, StraceLine.Unreadable {
        String name = line.name();
        if (name.equals("exit_group")) {
            begin(TraceEventKind.EXIT_GROUP, task)
                    .set(TraceField.STATUS, Symbols.value(line.arguments().getFirst()) & 0xFFFF_FFFFL);
            write();
        } else if (name.equals("exit")) {
            report.skip("exit (the task's end says it)", callLine);
        } else if (line.result().startsWith("?")) {
            report.skip(name + " that did not return", callLine);
        } else if (FORKS.contains(name)) {
            forked(task);
        } else if (name.equals("execve") || name.equals("execveat")) {
            executed(task, name);
        } else if (name.equals("prctl") && !isMemoryPrctl()) {
            prctl(task, callLine);
        } else if (!MemoryCalls.isAboutMemory(name)) {
            report.skip("system call " + name + " (not about memory)", callLine);
        } else {
            if (name.equals("memfd_create")) {
                memory.created(line.result());
            }
            memory.returned(
                    name, line.arguments(), Symbols.result(line.result()), time, line.task(), task.process, callLine);
        }
    }

    private boolean isMemoryPrctl() throws StraceLine.Unreadable {
        String option = line.arguments().isEmpty() ? "" : line.arguments().getFirst();
        try {
            return LinuxAbi.isMemoryPrctl(Symbols.value(option));
        } catch (StraceLine.Unreadable e) {
            // An option whose number is not known here is none of those about memory.
            return false;
        }
    }

    private void prctl(StraceTask task, long callLine) throws IOException {
        List<String> arguments = line.arguments();
        if (arguments.size() < 2 || !arguments.getFirst().equals("PR_SET_NAME")) {
            report.skip("prctl (not about memory)", callLine);
            return;
        }
        begin(TraceEventKind.COMM, task).set(TraceField.NAME, out.name(unquoted(arguments.get(1))));
        write();
    }

    private static String unquoted(String text) {
        int open = text.indexOf('"');
        int close = text.lastIndexOf('"');
        return close > open ? text.substring(open + 1, close) : text;
    }

    private long forkFlags() throws StraceLine.Unreadable {
        return switch (line.name()) {
            case "fork" -> 0;
            case "vfork" -> LinuxAbi.CLONE_VM | LinuxAbi.CLONE_VFORK;
            default -> cloneFlags();
        };
    }

    private long cloneFlags() throws StraceLine.Unreadable {
        for (String argument : line.arguments()) {
            if (argument.contains("flags=")) {
                return Symbols.cloneFlags(argument);
            }
        }
        throw new StraceLine.Unreadable("flags= among the arguments of " + line.name());
    }

    private void forked(StraceTask parent) throws IOException, StraceLine.Unreadable {
        long child = Symbols.result(line.result());
        if (child < 0) {
            report.skip(line.name() + " that failed", in.lineNumber());
        } else if (!parent.childMet && !tasks.containsKey((int) child)) {
            addTask((int) child, line.task(), parent, forkFlags());
        }
    }

    private void addTask(int child, int parentTid, StraceTask parent, long flags) throws IOException {
        if ((flags & LinuxAbi.CLONE_THREAD) != 0) {
            tasks.put(child, new StraceTask(parent.process));
            parent.process.threads++;
            event.at(time, parentTid, parent.process.pid)
                    .become(TraceEventKind.THREAD)
                    .set(TraceField.CHILD, child);
        } else {
            boolean shared = (flags & LinuxAbi.CLONE_VM) != 0;
            StraceProcess process =
                    new StraceProcess(child, shared ? parent.process.space : parent.process.space.copy());
            processes.put(child, process);
            tasks.put(child, new StraceTask(process));
            event.at(time, parentTid, parent.process.pid)
                    .become(TraceEventKind.FORK)
                    .set(TraceField.CHILD, child)
                    .set(TraceField.FLAGS, flags);
        }
        write();
    }

    private void executed(StraceTask task, String name) throws IOException, StraceLine.Unreadable {
        if (Symbols.result(line.result()) < 0) {
            report.skip(name + " that failed", in.lineNumber());
            return;
        }
        String path = unquoted(line.arguments().get(name.equals("execve") ? 0 : 1));
        String file = path.substring(path.lastIndexOf('/') + 1);
        program = file;
        if (line.arguments().size() > 1) {
            command = line.arguments().get(name.equals("execve") ? 1 : 2);
        }
        task.process.space = new StraceProcess.Space();
        task.process.threads = 1;
        String comm = file.length() > COMM_LENGTH ? file.substring(0, COMM_LENGTH) : file;
        begin(TraceEventKind.EXEC, task).set(TraceField.NAME, out.name(comm));
        write();
        begin(TraceEventKind.EXEC_DONE, task).set(TraceField.NAME, out.name(path));
        write();
    }

    /** A thread called execve: the rest of the call is printed under the process's number. */
    private void superseded(StraceTask leader) {
        StraceTask caller = tasks.remove(Integer.parseInt(line.result()));
        if (caller != null && caller.call != null) {
            leader.begin(caller.call, caller.begun, caller.callLine);
        }
    }

    private void exited(StraceTask task) throws IOException {
        if (task.call != null && task.call.startsWith("exit")) {
            task.end();
        }
        abandonCall(task);
        tasks.remove(line.task());
        boolean last = --task.process.threads <= 0;
        begin(last ? TraceEventKind.PROCESS_EXIT : TraceEventKind.THREAD_EXIT, task);
        write();
        if (last) {
            processes.remove(task.process.pid);
        }
    }

    /** The task of a line; one never heard of is the child of an unfinished fork, or a process of its own. */
    private StraceTask task(int tid) throws IOException {
        StraceTask known = tasks.get(tid);
        if (known != null) {
            return known;
        }
        Map.Entry<Integer, StraceTask> parent = forking();
        if (parent != null) {
            parent.getValue().childMet = true;
            addTask(tid, parent.getKey(), parent.getValue(), parent.getValue().cloneFlags);
        } else {
            if (!tasks.isEmpty()) {
                report.skip("task whose beginning is not in the text: taken as a process of its own", in.lineNumber());
            }
            StraceProcess process = new StraceProcess(tid, new StraceProcess.Space());
            processes.put(tid, process);
            tasks.put(tid, new StraceTask(process));
            event.at(time, tid, tid).become(TraceEventKind.PROCESS).set(TraceField.NAME, out.name(""));
            write();
        }
        return Objects.requireNonNull(tasks.get(tid));
    }

    /** The task that is in the middle of a fork whose child was not met yet; the first of several. */
    private Map.@Nullable Entry<Integer, StraceTask> forking() {
        Map.Entry<Integer, StraceTask> found = null;
        for (Map.Entry<Integer, StraceTask> entry : tasks.entrySet()) {
            StraceTask task = entry.getValue();
            if (task.call != null && FORKS.contains(task.call) && !task.childMet) {
                if (found != null) {
                    report.skip("child of one of several unfinished forks: taken as the first one's", in.lineNumber());
                    break;
                }
                found = entry;
            }
        }
        return found;
    }

    private void abandonCall(StraceTask task) {
        if (task.call != null) {
            report.skip(task.call + " that did not return", task.callLine);
        }
        task.end();
    }

    private TraceEvent begin(TraceEventKind kind, StraceTask task) {
        return event.at(time, line.task(), task.process.pid).become(kind);
    }

    private void write() throws IOException {
        out.write(event);
        report.keep(event.kind());
    }
}
