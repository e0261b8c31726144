package org.polymm.lab.replay;

import java.io.Closeable;
import java.io.IOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.fault.FaultResult;
import org.polymm.engine.fault.MemoryAccess;
import org.polymm.engine.frame.ThpTunable;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.mm.Mman;
import org.polymm.engine.state.Errno;
import org.polymm.lab.program.Advice;
import org.polymm.lab.trace.AreaKind;
import org.polymm.lab.trace.TraceCursor;
import org.polymm.lab.trace.TraceEvent;
import org.polymm.lab.trace.TraceEventKind;
import org.polymm.lab.trace.TraceField;
import org.polymm.lab.trace.TraceFile;

/**
 * Drives a machine from a trace, event by event. The package description says what a replay is and what it is not.
 *
 * <pre>
 *   try (Replayer replayer = Replayer.of(machine, trace)) {
 *       while (replayer.next()) {
 *           replayer.apply();
 *       }
 *   }
 * </pre>
 *
 * <p>Used by one thread, the machine's.
 */
public final class Replayer implements Closeable {
    private static final int CLONE_VM = 0x100;
    private static final long PAGE = 1L << 12;
    private static final int PROCESS_SHIFT = 47;

    private final Machine machine;
    private final TraceCursor cursor;
    private final TraceEvent event;
    private static final int FALLOC_FL_PUNCH_HOLE = 2;

    private final FileSizes sizes;
    private final int pageShift;
    private final ReplayReport report = new ReplayReport();

    private final Map<Integer, Space> spaces = new HashMap<>();
    private final Map<Integer, Integer> files = new HashMap<>();
    private final Map<Long, Integer> kernelAreas = new HashMap<>();

    /** Handles of pins by process and address. */
    private final Map<Long, Integer> pins = new HashMap<>();

    private long events;
    private long nextScan = Long.MIN_VALUE;
    private int cachedProcess = -1;
    private int cachedMm;

    /** An address space and how many processes use it. */
    private static final class Space {
        int mm;
        int users = 1;
        boolean heapPlaced;

        Space(int mm) {
            this.mm = mm;
        }
    }

    private Replayer(Machine machine, TraceFile trace, FileSizes sizes, TraceCursor cursor) {
        this.machine = machine;
        this.cursor = cursor;
        this.event = cursor.event();
        this.sizes = sizes;
        this.pageShift = trace.header().pageShift();
    }

    /**
     * Begins a replay.
     *
     * @param machine a machine on which nothing has run yet
     * @param trace what to replay
     * @throws IOException when the trace cannot be read
     * @throws IllegalArgumentException when the trace was recorded with another page size than the machine's
     */
    public static Replayer of(Machine machine, TraceFile trace) throws IOException {
        if (trace.header().pageShift() != 12) {
            throw new IllegalArgumentException(trace.name() + ": recorded with pages of "
                    + (1 << trace.header().pageShift()) + " bytes; the machine has pages of " + PAGE);
        }
        return new Replayer(machine, trace, FileSizes.of(trace), trace.cursor());
    }

    /** Moves to the next event without carrying it out; false at the end. */
    public boolean next() throws IOException {
        return cursor.next();
    }

    /** The event that {@link #next} moved to. */
    public TraceEvent event() {
        return event;
    }

    /** The address space of a recorded process; 0 if it has none (any more). */
    public int mm(int process) {
        Space space = spaces.get(process);
        return space == null ? 0 : space.mm;
    }

    /** What was done so far, and what could not be. */
    public ReplayReport report() {
        return report;
    }

    @Override
    public void close() throws IOException {
        cursor.close();
    }

    /** Carries out the event, after khugepaged if its time has come. */
    public void apply() {
        if (event.timeNanos() >= nextScan) {
            wakeKhugepaged();
        }
        events++;
        if (event.kind() == TraceEventKind.FAULT) {
            access(event.address(), accessOf(event.getInt(TraceField.ERROR_CODE)));
        } else if (!hasResult() || !event.failed()) {
            operate();
        } else {
            report.leftOut(event.kind() + " that failed when it was recorded");
        }
    }

    /** khugepaged sleeps by the recording's clock, from the first event on. However long nothing was recorded, it wakes once. */
    private void wakeKhugepaged() {
        if (nextScan != Long.MIN_VALUE) {
            machine.khugepaged((int) machine.memory().thp().get(ThpTunable.PAGES_TO_SCAN));
        }
        nextScan = event.timeNanos() + 1_000_000 * machine.memory().thp().get(ThpTunable.SCAN_SLEEP_MILLISECS);
    }

    private boolean hasResult() {
        return event.kind().has(TraceField.RESULT) || event.kind().has(TraceField.RESULT_ADDRESS);
    }

    private void operate() {
        switch (event.kind()) {
            case PROCESS -> spaces.put(event.process(), new Space(machine.spawn()));
            case EXEC -> exec();
            case FORK -> fork();
            case PROCESS_EXIT -> exit();
            case INITIAL_MAP -> initialMap();
            case MMAP -> mmap();
            case MREMAP -> mremap();
            case BRK -> brk();
            case MUNMAP -> call(true, machine.munmap(mm(), event.address(), event.length()));
            case MPROTECT ->
                call(true, machine.mprotect(mm(), event.address(), event.length(), event.getInt(TraceField.PROT)));
            case MADVISE ->
                call(false, machine.madvise(mm(), event.address(), event.length(), event.getInt(TraceField.ADVICE)));
            case MLOCK -> mlock();
            case MUNLOCK -> call(true, machine.munlock(mm(), event.address(), event.length()));
            case MLOCKALL -> call(true, machine.mlockall(mm(), event.getInt(TraceField.FLAGS)));
            case MUNLOCKALL -> call(true, machine.munlockall(mm()));
            case ACCESSED -> accessed();
            case PIN -> pin();
            case UNPIN -> unpin();
            case COMM, EXEC_DONE, THREAD, THREAD_EXIT, EXIT_GROUP -> {
                // Names and threads: nothing that memory management sees.
            }
            case MSYNC -> report.leftOut("MSYNC: file contents are not simulated");
            case FTRUNCATE -> truncate();
            case FALLOCATE -> punchHole();
            case OTHER -> report.leftOut("system call " + cursor.name(event.get(TraceField.NAME)));
            case FAULT -> throw new IllegalStateException("a fault is an access");
        }
    }

    private static int accessOf(int errorCode) {
        if ((errorCode & TraceEvent.FAULT_WRITE) != 0) {
            return MemoryAccess.WRITE;
        }
        return (errorCode & TraceEvent.FAULT_EXEC) != 0 ? MemoryAccess.EXEC : MemoryAccess.READ;
    }

    private void access(long address, int access) {
        int mm = mm();
        if (mm == 0) {
            report.leftOut("access of a process without an address space");
        } else {
            report.access();
            int result = machine.touch(mm, address, access);
            if (result == FaultResult.OOM) {
                report.outOfMemory(events);
            } else if (result < 0) {
                report.refused();
            }
        }
    }

    /** A recorded access may span pages. */
    private void accessed() {
        int access = Math.min(event.getInt(TraceField.ACCESS), 3);
        long end = event.address() + Math.max(1, event.length());
        for (long at = event.address(); at < end; at = (at | PAGE - 1) + 1) {
            access(at, access == 3 ? MemoryAccess.WRITE : access);
        }
    }

    private int mm() {
        if (event.process() != cachedProcess) {
            cachedProcess = event.process();
            cachedMm = mm(cachedProcess);
        }
        return cachedMm;
    }

    private @Nullable Space space() {
        return spaces.get(event.process());
    }

    private void exec() {
        Space old = space();
        if (old == null) {
            spaces.put(event.process(), new Space(machine.spawn()));
        } else if (old.users > 1) {
            old.users--;
            spaces.put(event.process(), new Space(machine.spawn()));
        } else {
            spaces.put(event.process(), new Space(machine.exec(old.mm)));
        }
        cachedProcess = -1;
    }

    private void fork() {
        Space parent = space();
        if (parent == null) {
            report.leftOut("fork of a process without an address space");
            return;
        }
        int child = event.getInt(TraceField.CHILD);
        report.call(false);
        if ((event.get(TraceField.FLAGS) & CLONE_VM) != 0) {
            parent.users++;
            spaces.put(child, parent);
            return;
        }
        int mm = machine.fork(parent.mm);
        if (mm < 0) {
            report.divergence("fork: " + Errno.name(mm));
            return;
        }
        Space space = new Space(mm);
        space.heapPlaced = parent.heapPlaced;
        spaces.put(child, space);
        cachedProcess = -1;
    }

    private void exit() {
        Space space = spaces.remove(event.process());
        cachedProcess = -1;
        if (space != null && --space.users == 0) {
            machine.exit(space.mm);
        }
    }

    private void initialMap() {
        long address = event.address();
        int flags = event.getInt(TraceField.FLAGS) | Mman.MAP_FIXED;
        int file = 0;
        if (event.getInt(TraceField.AREA) == AreaKind.KERNEL.ordinal()) {
            // The kernel's own pages are in nobody's anonymous memory: a file stands in for them.
            flags = Mman.MAP_FIXED | Mman.MAP_PRIVATE;
            file = kernelArea();
        } else if (event.getInt(TraceField.FILE) != 0) {
            file = file(event.getInt(TraceField.FILE));
        }
        long result = machine.mmap(
                mm(),
                address,
                event.length(),
                event.getInt(TraceField.PROT),
                flags,
                file,
                event.get(TraceField.OFFSET));
        if (result < 0) {
            report.divergence("mapping made by execve: " + Errno.name(result));
        } else if (event.getInt(TraceField.AREA) == AreaKind.STACK.ordinal()) {
            // execve copies the program's arguments to the top of the stack, without a page fault.
            machine.madvise(mm(), address + event.length() - PAGE, PAGE, Mman.MADV_POPULATE_WRITE);
        }
    }

    private void mmap() {
        int flags = event.getInt(TraceField.FLAGS) & ~Mman.MAP_FIXED_NOREPLACE | Mman.MAP_FIXED;
        int file = (flags & Mman.MAP_ANONYMOUS) != 0 ? 0 : file(event.getInt(TraceField.FILE));
        call(
                true,
                machine.mmap(
                        mm(),
                        event.result(),
                        event.length(),
                        event.getInt(TraceField.PROT),
                        flags,
                        file,
                        event.get(TraceField.OFFSET)));
    }

    /**
     * Takes away what was cut off. Calls that make a file longer by writing to it are not in a recording, so it is as long as its mappings need
     * again afterwards.
     */
    private void truncate() {
        int file = recordedFile();
        if (file != 0) {
            call(true, machine.truncate(file, event.length()));
            machine.truncate(file, sizes.pages(event.getInt(TraceField.FILE), pageShift) << pageShift);
        }
    }

    private void punchHole() {
        if ((event.getInt(TraceField.FLAGS) & FALLOC_FL_PUNCH_HOLE) == 0) {
            report.leftOut("FALLOCATE that punches no hole: all of a file is there already");
            return;
        }
        int file = recordedFile();
        long first = event.get(TraceField.OFFSET) + PAGE - 1 & -PAGE;
        long end = event.get(TraceField.OFFSET) + event.length() & -PAGE;
        if (file != 0 && first < end) {
            call(true, machine.punchHole(file, first, end - first));
        }
    }

    /** The file that the event is about; 0 if nobody knows it or nothing maps it yet. */
    private int recordedFile() {
        int index = event.getInt(TraceField.FILE);
        if (index == 0) {
            report.leftOut(event.kind() + " of a file of which the recording has no name");
            return 0;
        }
        Integer known = files.get(index);
        if (known == null) {
            report.leftOut(event.kind() + " of a file that nothing has mapped yet");
            return 0;
        }
        return known;
    }

    private void mremap() {
        int flags = event.getInt(TraceField.FLAGS);
        long to = event.result();
        if (to == event.address()) {
            // It stayed in place: it must not move now either.
            flags &= ~Mman.MREMAP_MAYMOVE;
        } else {
            flags |= Mman.MREMAP_MAYMOVE | Mman.MREMAP_FIXED;
        }
        call(true, machine.mremap(mm(), event.address(), event.length(), event.get(TraceField.NEW_LENGTH), flags, to));
    }

    private void brk() {
        Space space = space();
        if (space == null) {
            report.leftOut("brk of a process without an address space");
            return;
        }
        if (!space.heapPlaced) {
            // The first call shows where the heap begins: where it ends before anything was asked for.
            machine.startBrk(space.mm, event.result());
            space.heapPlaced = true;
        }
        report.call(event.address() != 0);
        if (event.address() != 0) {
            long result = machine.brk(space.mm, event.result());
            if (result != event.result()) {
                report.divergence("brk: the break did not move");
            }
        }
    }

    private void mlock() {
        int flags = event.getInt(TraceField.FLAGS);
        int result = flags == 0
                ? machine.mlock(mm(), event.address(), event.length())
                : machine.mlock2(mm(), event.address(), event.length(), flags);
        call(true, result);
    }

    private void pin() {
        int handle = machine.pins().pin(mm(), event.address(), event.length(), true, true);
        call(false, Math.min(handle, 0));
        if (handle > 0) {
            pins.put((long) event.process() << PROCESS_SHIFT ^ event.address(), handle);
        }
    }

    private void unpin() {
        Integer handle = pins.remove((long) event.process() << PROCESS_SHIFT ^ event.address());
        if (handle == null) {
            report.leftOut("unpin of what was not pinned");
        } else {
            call(false, machine.pins().release(handle));
        }
    }

    private void call(boolean changesVmas, long result) {
        report.call(changesVmas);
        if (TraceEvent.isErrno(result)) {
            report.divergence(describe() + ": " + Errno.name(result));
        }
    }

    private String describe() {
        String name = event.kind().name().toLowerCase(Locale.ROOT);
        return event.kind() == TraceEventKind.MADVISE
                ? name + " " + Advice.name(event.getInt(TraceField.ADVICE))
                : name;
    }

    /** Files of the trace have even names, those that stand in for kernel areas odd ones. */
    private int file(int index) {
        Integer known = files.get(index);
        if (known == null) {
            known = machine.file(2 * index, sizes.pages(index, pageShift));
            files.put(index, known);
        }
        return known;
    }

    /** One file for all kernel areas of a length: what is in them is never asked. */
    private int kernelArea() {
        Integer known = kernelAreas.get(event.length());
        if (known == null) {
            known = machine.file(2 * kernelAreas.size() + 1, event.length() >>> pageShift);
            kernelAreas.put(event.length(), known);
        }
        return known;
    }
}
