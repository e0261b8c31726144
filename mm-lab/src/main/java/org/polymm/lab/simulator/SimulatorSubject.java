package org.polymm.lab.simulator;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.fault.FaultResult;
import org.polymm.engine.fault.MemoryAccess;
import org.polymm.engine.frame.AllocationFailures;
import org.polymm.engine.frame.ThpTunable;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.machine.MachineBlueprint;
import org.polymm.engine.mm.Mman;
import org.polymm.engine.policy.SafetyRule;
import org.polymm.engine.state.Errno;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.Snapshot;
import org.polymm.engine.vma.MmTable;
import org.polymm.lab.program.Action;
import org.polymm.lab.program.EngineFact;
import org.polymm.lab.program.FileKind;
import org.polymm.lab.program.Internals;
import org.polymm.lab.program.MachineImage;
import org.polymm.lab.program.Operation;
import org.polymm.lab.program.Outcome;
import org.polymm.lab.program.Settings;
import org.polymm.lab.program.Subject;
import org.polymm.lab.program.UnmetException;
import org.polymm.lab.program.Window;
import org.polymm.runtime.compose.Composition;

/**
 * Carries programs out on a simulated machine.
 *
 * <p>Pages always have contents here, whatever the blueprint says. How closely the machine watches itself is the blueprint's choice: with
 * {@link MachineBlueprint.CheckLevel#EVERY} an operation after which something does not hold ends with an
 * {@link org.polymm.engine.machine.InvariantViolatedException}; a policy that fails ends one with a
 * {@link org.polymm.engine.policy.PolicyFailure}. The subject can be used again after either, from {@link #begin} on.
 */
public final class SimulatorSubject implements Subject, Internals {

    private static final long PAGE = Geometry.PAGE_SIZE;
    /** Process and file numbers above this are a mistake of the program's author, not a reason to use up memory. */
    private static final int MOST_NUMBERS = 1 << 16;
    /** The smallest order that has a file of its own below transparent_hugepage. */
    private static final int SMALLEST_ORDER = 2;
    /** A file for whose pages there was no memory. */
    private static final int NO_FILE = -1;
    /** What is done with a pin, reference or file that is not held. */
    private static final Outcome NOT_HELD = new Outcome(0, Errno.EBADF, 0, 0);

    private final MachineBlueprint blueprint;
    private Machine machine;
    private Snapshot fresh;
    private Map<String, String> thp;
    private long swapBytes;
    private @Nullable Map<String, String> asked;
    private boolean privileged = true;
    private int[] mms = new int[16];
    private int[] files = new int[16];
    private int[] holders = new int[16];
    private int processEnd;
    private @Nullable ImageReader reader;

    /**
     * Makes a machine.
     *
     * @param blueprint what it is like; what a program's settings say replaces its huge page settings
     */
    public SimulatorSubject(MachineBlueprint blueprint) {
        MachineBlueprint.Limits limits = blueprint.limits();
        this.blueprint = blueprint.withLimits(new MachineBlueprint.Limits(
                limits.maxMapCount(), limits.memlockBytes(), limits.stackBytes(), limits.eventLogEntries(), true));
        thp = thp(Settings.PLAIN);
        swapBytes = blueprint.swap().bytes();
        machine = machine(thp, swapBytes);
        fresh = machine.save();
    }

    /**
     * Makes a machine.
     *
     * @param composition what it is like; the caller keeps its laboratory open for as long as this subject is used
     */
    public SimulatorSubject(Composition composition) {
        this(composition.blueprint());
    }

    @Override
    public String name() {
        return "simulator";
    }

    /** {@return the machine as the last operation left it} */
    public Machine machine() {
        return machine;
    }

    /**
     * The address space of a process.
     *
     * @param process its number in the program
     * @return its mm; 0 if it does not live
     */
    public int mm(int process) {
        return process < processEnd ? mms[process] : 0;
    }

    /**
     * The file of a number.
     *
     * @param file its number in the program
     * @return its handle on the machine; 0 if none was opened
     */
    public int file(int file) {
        return file >= 0 && file < files.length ? Math.max(0, files[file]) : 0;
    }

    /**
     * The pin or the reference of a number.
     *
     * @param pin its number in the program
     * @return its handle on the machine; 0 if it is not held
     */
    public int pin(int pin) {
        return pin >= 0 && pin < holders.length ? holders[pin] : 0;
    }

    @Override
    public SequencedMap<String, Long> refused() {
        SequencedMap<String, Long> counts = new LinkedHashMap<>();
        for (SafetyRule rule : SafetyRule.values()) {
            long count = machine.policies().decisions().refusals(rule);
            if (count != 0) {
                counts.put(rule.id(), count);
            }
        }
        return counts;
    }

    @Override
    public void begin(Settings settings, Window window) throws UnmetException {
        require(settings, window);
        Map<String, String> wanted = settings.thp().equals(asked) ? thp : thp(settings);
        asked = settings.thp();
        long swap = settings.swapBytes() > 0
                ? settings.swapBytes()
                : blueprint.swap().bytes();
        if (wanted.equals(thp) && swap == swapBytes) {
            machine.rewind(fresh);
        } else {
            machine = machine(wanted, swap);
            thp = wanted;
            swapBytes = swap;
            fresh = machine.save();
            reader = null;
        }
        privileged = settings.privileged();
        Arrays.fill(mms, 0);
        Arrays.fill(files, 0);
        Arrays.fill(holders, 0);
        processEnd = 0;
        if (reader == null || !reader.window().equals(window)) {
            reader = new ImageReader(machine, window);
        }
    }

    private void require(Settings settings, Window window) throws UnmetException {
        if (settings.hugetlbPages() > 0) {
            throw new UnmetException("needs hugetlb pages: the simulator has none");
        }
        if (window.end() > blueprint.geometry().taskSize()) {
            throw new UnmetException(String.format(
                    Locale.ROOT,
                    "needs addresses up to 0x%x: user space of a machine with %d entries a table ends at 0x%x",
                    window.end(),
                    blueprint.geometry().entries(),
                    blueprint.geometry().taskSize()));
        }
    }

    private Machine machine(Map<String, String> settings, long swap) {
        return new MachineBlueprint(
                        blueprint.geometry(),
                        blueprint.memoryBytes(),
                        settings,
                        blueprint.policies(),
                        blueprint.safety(),
                        blueprint.onPolicyFailure(),
                        blueprint.limits(),
                        blueprint.check(),
                        new MachineBlueprint.Swap(swap, blueprint.swap().device()),
                        blueprint.mechanisms())
                .create();
    }

    /** The blueprint's settings, no size enabled, and then what the program says. */
    private Map<String, String> thp(Settings settings) {
        Map<String, String> files = new LinkedHashMap<>(blueprint.thp());
        files.put("enabled", "never");
        for (int order = SMALLEST_ORDER; order <= blueprint.geometry().pmdOrder(); order++) {
            files.put("hugepages-" + (Geometry.bytes(order) >> 10) + "kB/enabled", "never");
        }
        int huge = blueprint.geometry().pmdOrder();
        for (int order = 1; order <= huge; order++) {
            files.put(
                    "hugepages-" + (Geometry.bytes(order) >> 10) + "kB/shmem_enabled",
                    order == huge ? "inherit" : "never");
        }
        files.put("shmem_enabled", "never");
        files.putAll(settings.thp());
        return files;
    }

    // ---------------------------------------------------------------- operations

    @Override
    public Outcome perform(Operation o) throws UnmetException {
        return switch (o.action()) {
            case SPAWN -> spawn(o.process());
            case FORK -> fork(o.process(), o.a());
            case EXIT -> exit(o.process());
            case FILE -> file(o);
            case MMAP -> mmap(o);
            case TRUNCATE, PUNCH_HOLE, FALLOCATE -> resize(o);
            case UPROBE, UPROBE_REMOVE -> uprobe(o);
            case MUNMAP -> Outcome.ofResult(machine.munmap(live(o), o.a(), o.b()));
            case MPROTECT -> Outcome.ofResult(machine.mprotect(live(o), o.a(), o.b(), (int) o.c()));
            case MADVISE -> Outcome.ofResult(machine.madvise(live(o), o.a(), o.b(), (int) o.c()));
            case MREMAP -> Outcome.ofResult(machine.mremap(live(o), o.a(), o.b(), o.c(), (int) o.d(), o.e()));
            case MLOCK -> Outcome.ofResult(machine.mlock(live(o), o.a(), o.b()));
            case MLOCK2 -> Outcome.ofResult(machine.mlock2(live(o), o.a(), o.b(), (int) o.c()));
            case MUNLOCK -> Outcome.ofResult(machine.munlock(live(o), o.a(), o.b()));
            case MLOCKALL -> Outcome.ofResult(machine.mlockall(live(o), (int) o.a()));
            case MUNLOCKALL -> Outcome.ofResult(machine.munlockall(live(o)));
            case LIMIT_MEMLOCK -> limit(o);
            case READ -> read(o);
            case WRITE -> write(o);
            case PIN ->
                held(
                        o.c(),
                        machine.pins()
                                .pin(
                                        live(o),
                                        o.a(),
                                        o.b(),
                                        (o.d() & Action.PIN_WRITE) != 0,
                                        (o.d() & Action.PIN_LONGTERM) != 0));
            case REFERENCE -> held(o.c(), machine.pins().reference(live(o), o.a(), o.b()));
            case UNPIN, RELEASE -> release(o.a());
            case DEVICE_READ, REFERENCE_READ -> look(holder(o.a()), o.b());
            case DEVICE_WRITE -> store(holder(o.a()), o.b(), o.c());
            case UFFD_OPEN,
                    UFFD_CLOSE,
                    UFFD_REGISTER,
                    UFFD_UNREGISTER,
                    UFFD_COPY,
                    UFFD_ZEROPAGE,
                    UFFD_CONTINUE,
                    UFFD_WRITEPROTECT,
                    UFFD_POISON,
                    UFFD_WAKE,
                    UFFD_READ,
                    FINISH -> SimulatedUserfaults.perform(machine, live(o), o);
            case SHRINK -> {
                machine.dropCaches();
                yield Outcome.DONE;
            }
            case RECLAIM -> {
                machine.reclaim(o.a());
                yield Outcome.DONE;
            }
            case FAIL -> fail(o);
            case KHUGEPAGED -> khugepaged(o);
        };
    }

    private Outcome fail(Operation o) {
        AllocationFailures failures = machine.memory().buddy().failures();
        long times = o.d() < 0 ? AllocationFailures.ALWAYS : o.d();
        if (o.a() == Action.NOTHING) {
            failures.callOff();
        } else if (o.a() == Action.PAGE_TABLES) {
            failures.demandTables(o.c(), times);
        } else {
            failures.demand((int) o.a(), (int) Math.min(o.b(), Action.ANY_ORDER), o.c(), times);
        }
        return Outcome.DONE;
    }

    private Outcome khugepaged(Operation o) {
        int pages = (int) (o.a() == 0 ? machine.memory().thp().get(ThpTunable.PAGES_TO_SCAN) : o.a());
        if (o.b() == 1) {
            machine.khugepaged(pages);
        } else {
            machine.khugepaged(live(o), pages);
        }
        return Outcome.DONE;
    }

    private Outcome spawn(int process) {
        int mm = machine.spawn();
        machine.spaces().mms().capIpcLock(mm, privileged);
        born(process, mm);
        return Outcome.DONE;
    }

    private Outcome fork(int parent, long child) {
        int mm = machine.fork(live(parent));
        if (mm < 0) {
            return Outcome.ofResult(mm);
        }
        born(child, mm);
        return Outcome.DONE;
    }

    private void born(long process, int mm) {
        int number = number(process);
        if (number >= mms.length) {
            mms = Arrays.copyOf(mms, 2 * number);
        }
        if (mms[number] != 0) {
            throw new IllegalArgumentException("process " + number + " lives already");
        }
        mms[number] = mm;
        processEnd = Math.max(processEnd, number + 1);
    }

    private Outcome exit(int process) {
        int mm = live(process);
        mms[process] = 0;
        Outcome outcome = Outcome.ofResult(machine.exit(mm));
        for (int number = 0; number < holders.length; number++) {
            if (holders[number] != 0 && machine.pins().pages(holders[number]) == 0) {
                holders[number] = 0;
            }
        }
        return outcome;
    }

    /** Opens a file and has a process of its own write what is in it, so that all of it is in the page cache. */
    private Outcome file(Operation o) throws UnmetException {
        if (o.c() == FileKind.HUGETLB.ordinal()) {
            throw new UnmetException("the simulator has no files of kind hugetlb");
        }
        int number = number(o.a());
        if (number >= files.length) {
            files = Arrays.copyOf(files, 2 * number);
        }
        long pages = o.b();
        files[number] =
                o.c() == FileKind.MEMFD.ordinal() ? machine.memfd(number + 1, pages) : machine.file(number + 1, pages);
        // What fails on demand is what programs do, and not how their files come to be.
        AllocationFailures failures = machine.memory().buddy().failures();
        Object demanded = failures.capture();
        failures.callOff();
        boolean written = pages == 0 || fill(o, files[number]);
        failures.restore(demanded);
        if (!written) {
            files[number] = NO_FILE;
            return new Outcome(0, Errno.ENOMEM, 0, 0);
        }
        return Outcome.DONE;
    }

    /** Writes a new file: shared memory page by page with write(2), for which the orders of folios are others. Returns false if memory is short. */
    private boolean fill(Operation o, int file) {
        long pages = o.b();
        if (o.c() == FileKind.MEMFD.ordinal()) {
            boolean all = true;
            for (long page = 0; all && page < pages; page++) {
                all = machine.writeFile(file, page, Action.fileToken(o.a(), page)) == 0;
            }
            return all;
        }
        int writer = machine.spawn();
        long address =
                machine.mmap(writer, 0, pages * PAGE, Mman.PROT_READ | Mman.PROT_WRITE, Mman.MAP_SHARED, file, 0);
        boolean written = address >= 0;
        for (long page = 0; written && page < pages; page++) {
            written = machine.write(writer, address + page * PAGE, Action.fileToken(o.a(), page)) >= 0;
        }
        machine.exit(writer);
        return written;
    }

    private int handle(int file) {
        return file < files.length && files[file] == NO_FILE ? NO_FILE : file(file);
    }

    private Outcome resize(Operation o) {
        live(o);
        int handle = handle((int) o.a());
        if (handle == NO_FILE) {
            return NOT_HELD;
        }
        requireOpen(o, handle);
        return Outcome.ofResult(
                switch (o.action()) {
                    case TRUNCATE -> machine.truncate(handle, o.b());
                    case FALLOCATE -> machine.fallocate(handle, o.b(), o.c());
                    default -> machine.punchHole(handle, o.b(), o.c());
                });
    }

    private Outcome uprobe(Operation o) {
        int handle = handle((int) o.a());
        if (handle == NO_FILE) {
            return NOT_HELD;
        }
        requireOpen(o, handle);
        return Outcome.ofResult(
                o.action() == Action.UPROBE ? machine.uprobe(handle, o.b()) : machine.removeUprobe(handle, o.b()));
    }

    private static void requireOpen(Operation o, int handle) {
        if (handle == 0) {
            throw new IllegalArgumentException("file " + o.a() + " was not opened");
        }
    }

    private Outcome mmap(Operation o) {
        int handle = o.e() < 0 ? 0 : handle((int) o.e());
        if (handle == NO_FILE) {
            return NOT_HELD;
        }
        if (o.e() >= 0 && handle == 0) {
            throw new IllegalArgumentException("file " + o.e() + " was not opened");
        }
        return Outcome.ofResult(machine.mmap(live(o), o.a(), o.b(), (int) o.c(), (int) o.d(), handle, o.f()));
    }

    private Outcome limit(Operation o) {
        machine.spaces().mms().rlimitMemlock(live(o), o.a() < 0 ? MmTable.RLIM_INFINITY : o.a());
        return Outcome.DONE;
    }

    private Outcome read(Operation o) {
        int mm = live(o);
        long word = 0;
        for (int page = 0; page < o.b(); page++) {
            int pfn = machine.touch(mm, o.a() + page * PAGE, MemoryAccess.READ);
            if (pfn < 0) {
                return notAccessed(mm, o.a() + page * PAGE, pfn, page);
            }
            word = machine.memory().contents().read(pfn);
        }
        return new Outcome(word, 0, 0, (int) o.b());
    }

    private Outcome write(Operation o) {
        int mm = live(o);
        for (int page = 0; page < o.b(); page++) {
            int pfn = machine.write(mm, o.a() + page * PAGE, o.c() + page * o.d());
            if (pfn < 0) {
                return notAccessed(mm, o.a() + page * PAGE, pfn, page);
            }
        }
        return new Outcome(0, 0, 0, (int) o.b());
    }

    private Outcome held(long number, int handle) {
        if (handle < 0) {
            return Outcome.ofResult(handle);
        }
        int holder = number(number);
        if (holder >= holders.length) {
            holders = Arrays.copyOf(holders, 2 * holder);
        }
        if (holders[holder] != 0) {
            throw new IllegalArgumentException("pin " + holder + " is held already");
        }
        holders[holder] = handle;
        return Outcome.DONE;
    }

    /** The handle of a pin or reference; 0 if it could not be had, was given back or ended with its process. */
    private int holder(long number) {
        return number >= 0 && number < holders.length ? holders[(int) number] : 0;
    }

    private Outcome release(long number) {
        int handle = holder(number);
        if (handle == 0) {
            return NOT_HELD;
        }
        holders[(int) number] = 0;
        return Outcome.ofResult(machine.pins().release(handle));
    }

    private Outcome look(int handle, long page) {
        if (handle == 0) {
            return NOT_HELD;
        }
        return page < machine.pins().pages(handle)
                ? new Outcome(machine.pins().read(handle, (int) page), 0, 0, 0)
                : new Outcome(0, Errno.EINVAL, 0, 0);
    }

    private Outcome notAccessed(int mm, long address, int result, int page) {
        return result == FaultResult.BLOCKED
                ? Outcome.blocked(machine.userfaults().message(mm, address), page)
                : new Outcome(0, 0, signal(result), page);
    }

    private Outcome store(int handle, long page, long word) {
        if (handle == 0) {
            return NOT_HELD;
        }
        return page < machine.pins().pages(handle)
                ? Outcome.ofResult(machine.pins().write(handle, (int) page, word))
                : new Outcome(0, Errno.EINVAL, 0, 0);
    }

    static int signal(int result) {
        return switch (result) {
            case FaultResult.SIGBUS -> Outcome.SIGBUS;
            case FaultResult.OOM -> Outcome.KILLED;
            default -> Outcome.SIGSEGV;
        };
    }

    private int live(Operation operation) {
        return live(operation.process());
    }

    private int live(int process) {
        int mm = mm(process);
        if (mm == 0) {
            throw new IllegalArgumentException("process " + process + " does not live");
        }
        return mm;
    }

    private static int number(long number) {
        if (number < 0 || number > MOST_NUMBERS) {
            throw new IllegalArgumentException("number " + number + " is not one of 0 to " + MOST_NUMBERS);
        }
        return (int) number;
    }

    // ---------------------------------------------------------------- state

    @Override
    public MachineImage image(boolean contents) {
        if (reader == null) {
            throw new IllegalStateException("no program has begun");
        }
        machine.memory().lru().drain();
        return reader.read(mms, processEnd, contents);
    }

    /**
     * Reads back the state as {@link #image} does, but leaves folios that wait in a batch for their list where they are. For looks between
     * steps of something that goes on.
     *
     * @param contents whether the contents of pages are read too
     * @return what is in the window now, normalised
     */
    public MachineImage look(boolean contents) {
        if (reader == null) {
            throw new IllegalStateException("no program has begun");
        }
        return reader.read(mms, processEnd, contents);
    }

    /** What a page holds that this reading cannot tell: it is on the swap device, or was never read from a file. */
    public static final long UNKNOWN = Long.MIN_VALUE;

    /** What a page holds where no VMA is. */
    public static final long NOTHING = Long.MIN_VALUE + 1;

    /**
     * What a process would read, without an access: where no page is mapped, what a fault would find.
     *
     * @param process its number
     * @param address any address in the page
     * @return the first word; {@link #UNKNOWN} or {@link #NOTHING}
     */
    public long word(int process, long address) {
        return Readings.word(machine, live(process), address);
    }

    /** {@return one above the highest number of a process that was ever made} */
    public int processEnd() {
        return processEnd;
    }

    /** The machine, and which numbers processes, files and pins have on it. */
    private record Saved(Snapshot machine, int[] mms, int[] files, int[] holders, int processEnd) {}

    /** {@return a copy of the state that a program has brought about, for {@link #rewind}} */
    public Object save() {
        return new Saved(machine.save(), mms.clone(), files.clone(), holders.clone(), processEnd);
    }

    /**
     * Goes back. The machine must be the one it was: no program has begun since.
     *
     * @param saved what {@link #save} returned
     */
    public void rewind(Object saved) {
        Saved to = (Saved) saved;
        machine.rewind(to.machine);
        mms = rewound(mms, to.mms);
        files = rewound(files, to.files);
        holders = rewound(holders, to.holders);
        processEnd = to.processEnd;
    }

    private static int[] rewound(int[] now, int[] then) {
        if (now.length != then.length) {
            return then.clone();
        }
        System.arraycopy(then, 0, now, 0, then.length);
        return now;
    }

    @Override
    public long smaps(int process, long start, long end, String field) throws UnmetException {
        return Readings.smaps(machine, live(process), start, end, field);
    }

    @Override
    public long status(int process, String field) throws UnmetException {
        return Readings.status(machine, live(process), field);
    }

    @Override
    public long vmstat(String counter) throws UnmetException {
        return Readings.vmstat(machine, counter);
    }

    @Override
    public long fact(int process, long address, EngineFact fact) {
        return Readings.fact(machine, live(process), address, fact);
    }

    @Override
    public void close() {
        machine.rewind(fresh);
        Arrays.fill(mms, 0);
        processEnd = 0;
    }
}
