package org.polymm.lab.host;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.polymm.api.ScanResult;
import org.polymm.engine.state.Errno;
import org.polymm.lab.program.Action;
import org.polymm.lab.program.FileKind;
import org.polymm.lab.program.KhugepagedCounters;
import org.polymm.lab.program.MachineImage;
import org.polymm.lab.program.Operation;
import org.polymm.lab.program.Outcome;
import org.polymm.lab.program.Settings;
import org.polymm.lab.program.Subject;
import org.polymm.lab.program.UnmetException;
import org.polymm.lab.program.Window;
import org.polymm.linux.HostAvailability;
import org.polymm.linux.HostFeature;
import org.polymm.linux.HostFileKind;
import org.polymm.linux.HostKernel;
import org.polymm.linux.HostLock;
import org.polymm.linux.HostOptions;
import org.polymm.linux.HostReply;
import org.polymm.linux.HostSettings;
import org.polymm.linux.HostSnapshot;
import org.polymm.linux.HostText;
import org.polymm.linux.HostUnavailableException;
import org.polymm.linux.IdleKhugepaged;
import org.polymm.linux.SystemCalls;

/** The kernel that this program runs on, as a machine that carries out programs with real processes. */
public final class HostSubject implements Subject {

    private static final String SHMEM_ENABLED = "shmem_enabled";
    private static final String NEVER = "never";
    private static final int RLIMIT_MEMLOCK = 8;
    private static final int NONE = -1;
    private static final int ENOENT = 2;
    private static final int VMA_BITS = (MachineImage.VMA_MERGEABLE << 1) - 1;

    /** FALLOC_FL_PUNCH_HOLE and FALLOC_FL_KEEP_SIZE. */
    private static final long PUNCH_HOLE = 3;

    private final HostKernel kernel;
    /** RLIMIT_MEMLOCK cannot be raised above this, so it is left where it is. */
    private final long hardLimit;

    private final HostLock lock;
    private final HostSettings hostSettings;
    private final IdleKhugepaged khugepaged = new IdleKhugepaged();
    private final HostAvailability available;
    private final HostFaults faults;
    private final ScanResults scans;
    private @Nullable Settings inForce;
    private boolean privileged = true;
    private Window window = new Window(HostKernel.BASE, 1);
    private HostSnapshot snapshot = new HostSnapshot(HostKernel.BASE, 1);
    private MachineImage image = new MachineImage(window);

    private HostSubject(
            HostKernel kernel, HostLock lock, HostSettings hostSettings, HostAvailability available, long hardLimit) {
        this.kernel = kernel;
        this.lock = lock;
        this.hostSettings = hostSettings;
        this.available = available;
        this.hardLimit = hardLimit;
        faults = new HostFaults(kernel);
        scans = new ScanResults(lock);
    }

    /**
     * Starts the helper. Host runs go one at a time: waits for the one that is under way.
     *
     * @param waiting told what is waited for, if anything is
     * @return the kernel
     * @throws UnmetException if this host cannot be driven; the message says what is missing
     */
    public static HostSubject open(Consumer<String> waiting) throws UnmetException {
        HostAvailability available = HostAvailability.probe();
        String missing = available.missing().get(HostFeature.MACHINE);
        if (missing != null) {
            throw new UnmetException(missing);
        }
        long hardLimit = MemlockLimit.hard();
        HostLock lock = null;
        HostSettings settings = null;
        try {
            lock = HostLock.take(waiting);
            settings = HostSettings.open(lock);
            return new HostSubject(HostKernel.start(HostOptions.DEFAULT), lock, settings, available, hardLimit);
        } catch (HostUnavailableException e) {
            try {
                giveBack(settings, lock);
            } catch (HostUnavailableException another) {
                e.addSuppressed(another);
            }
            throw unmet(e);
        }
    }

    private static UnmetException unmet(HostUnavailableException e) {
        return new UnmetException(String.valueOf(e.getMessage()));
    }

    private static void giveBack(@Nullable HostSettings settings, @Nullable HostLock lock)
            throws HostUnavailableException {
        try {
            if (settings != null) {
                settings.close();
            }
        } finally {
            if (lock != null) {
                lock.close();
            }
        }
    }

    @Override
    public String name() {
        return "linux " + available.release();
    }

    @Override
    public void begin(Settings settings, Window shown) throws UnmetException {
        apply(settings);
        privileged = settings.privileged();
        if (!window.equals(shown) || snapshot.pages() != shown.pages()) {
            window = shown;
            snapshot = new HostSnapshot(shown.base(), shown.pages());
            image = new MachineImage(shown);
        }
        faults.clear();
        kernel.reset().next();
    }

    private void apply(Settings wanted) throws UnmetException {
        if (wanted.hugetlbPages() > 0) {
            throw new UnmetException("needs hugetlb pages, which host runs do not reserve");
        }
        try {
            if (inForce == null || inForce.swapBytes() != wanted.swapBytes()) {
                // What processes have on the old area would be read back first.
                kernel.reset().next();
                hostSettings.setSwap(wanted.swapBytes());
            }
            if (inForce == null || !inForce.thp().equals(wanted.thp())) {
                applyThp(wanted);
            }
        } catch (HostUnavailableException e) {
            inForce = null;
            throw unmet(e);
        }
        inForce = wanted;
    }

    private void applyThp(Settings wanted) throws HostUnavailableException {
        SortedMap<String, String> files = new TreeMap<>();
        files.put("enabled", NEVER);
        for (int size : available.folioSizes()) {
            files.put("hugepages-" + size + "kB/enabled", NEVER);
        }
        for (int size : available.shmemSizes()) {
            files.put("hugepages-" + size + "kB/" + SHMEM_ENABLED, size == 2048 ? "inherit" : NEVER);
        }
        files.put(SHMEM_ENABLED, NEVER);
        files.put("khugepaged/scan_sleep_millisecs", Integer.toString(Integer.MAX_VALUE));
        files.putAll(wanted.thp());
        // The sizes come first, and cannot be set to inherit where the general file says force.
        hostSettings.set(HostSettings.THP + SHMEM_ENABLED, NEVER);
        for (Map.Entry<String, String> file : files.entrySet()) {
            hostSettings.set(HostSettings.THP + file.getKey(), file.getValue());
        }
        if (isSharedMemoryHuge(files)) {
            khugepaged.settle();
        }
    }

    /** Whether khugepaged has shared memory to look after. */
    private static boolean isSharedMemoryHuge(Map<String, String> files) {
        String general = files.getOrDefault(SHMEM_ENABLED, NEVER);
        String size = files.getOrDefault("hugepages-2048kB/" + SHMEM_ENABLED, NEVER);
        return !general.equals("deny") && !size.equals(NEVER) && !(size.equals("inherit") && general.equals(NEVER));
    }

    @Override
    public Outcome perform(Operation operation) throws UnmetException {
        if (faults.handles(operation)) {
            return faults.perform(operation);
        }
        if (operation.action() == Action.EXIT) {
            faults.ended(operation.process());
        }
        ask(operation);
        Outcome outcome = outcome(operation, kernel.next());
        if (operation.action() == Action.FORK && outcome.isSuccess()) {
            faults.forked(operation.process(), (int) operation.a());
        } else if (operation.action() == Action.EXIT) {
            faults.released();
        }
        return outcome;
    }

    @Override
    public MachineImage image(boolean contents) {
        kernel.snapshot(window.base(), window.pages(), contents, true);
        return read(kernel.next(), contents);
    }

    @Override
    public void run(List<Operation> operations, int imageEvery, boolean contents, Observer observer)
            throws UnmetException {
        if (operations.stream().anyMatch(operation -> operation.action().isUserfault())) {
            Subject.super.run(operations, imageEvery, contents, observer);
            return;
        }
        int last = operations.size() - 1;
        int asked = 0;
        boolean wanted = true;
        for (int index = 0; index <= last && wanted; index++) {
            while (asked <= last && kernel.room() > 1) {
                ask(operations.get(asked));
                if (isDue(asked, last, imageEvery)) {
                    kernel.snapshot(window.base(), window.pages(), contents, true);
                }
                asked++;
            }
            Operation operation = operations.get(index);
            Outcome outcome = outcome(operation, kernel.next());
            @Nullable MachineImage seen = isDue(index, last, imageEvery) ? read(kernel.next(), contents) : null;
            wanted = observer.after(index, operation, outcome, seen);
        }
        while (kernel.pending() > 0) {
            kernel.next();
        }
    }

    private static boolean isDue(int index, int last, int imageEvery) {
        return imageEvery > 0 && ((index + 1) % imageEvery == 0 || index == last);
    }

    @Override
    public void close() {
        kernel.close();
        try {
            scans.close();
        } finally {
            giveBackAll();
        }
    }

    private void giveBackAll() {
        try {
            giveBack(hostSettings, lock);
        } catch (HostUnavailableException e) {
            throw new IllegalStateException(e);
        }
    }

    // ---------------------------------------------------------------- operations

    private void ask(Operation o) throws UnmetException {
        int worker = o.process();
        switch (o.action()) {
            case SPAWN -> kernel.spawn(worker, privileged);
            case FORK -> kernel.fork(worker, (int) o.a());
            case EXIT -> kernel.exit(worker);
            case FILE ->
                kernel.file(
                        (int) o.a(), (int) o.b(), kind(FileKind.values()[(int) o.c()]), Action.fileToken(o.a(), 0), 1);
            case MMAP -> {
                int descriptor = o.e() < 0 ? NONE : HostKernel.descriptor((int) o.e());
                kernel.call(worker, SystemCalls.MMAP, o.a(), o.b(), o.c(), o.d(), descriptor, o.f());
            }
            case TRUNCATE ->
                kernel.call(worker, SystemCalls.FTRUNCATE, HostKernel.descriptor((int) o.a()), o.b(), 0, 0, 0, 0);
            case PUNCH_HOLE, FALLOCATE ->
                kernel.call(
                        worker,
                        SystemCalls.FALLOCATE,
                        HostKernel.descriptor((int) o.a()),
                        o.action() == Action.PUNCH_HOLE ? PUNCH_HOLE : 0,
                        o.b(),
                        o.c(),
                        0,
                        0);
            case UPROBE -> {
                @Nullable String missing = available.missing().get(HostFeature.UPROBES);
                if (missing != null) {
                    throw new UnmetException(missing);
                }
                kernel.probe((int) o.a(), o.b());
            }
            case UPROBE_REMOVE -> kernel.removeProbe((int) o.a(), o.b());
            case MUNMAP -> call(worker, SystemCalls.MUNMAP, o);
            case MPROTECT -> call(worker, SystemCalls.MPROTECT, o);
            case MADVISE -> call(worker, SystemCalls.MADVISE, o);
            case MREMAP -> call(worker, SystemCalls.MREMAP, o);
            case MLOCK -> call(worker, SystemCalls.MLOCK, o);
            case MLOCK2 -> call(worker, SystemCalls.MLOCK2, o);
            case MUNLOCK -> call(worker, SystemCalls.MUNLOCK, o);
            case MLOCKALL -> call(worker, SystemCalls.MLOCKALL, o);
            case MUNLOCKALL -> call(worker, SystemCalls.MUNLOCKALL, o);
            case LIMIT_MEMLOCK ->
                kernel.limit(worker, RLIMIT_MEMLOCK, hardLimit < 0 ? o.a() : Math.min(o.a(), hardLimit), hardLimit);
            case READ -> kernel.loadRange(worker, o.a(), (int) o.b(), false);
            case WRITE -> kernel.storeRange(worker, o.a(), (int) o.b(), o.c(), o.d());
            case PIN -> {
                if (o.d() != (Action.PIN_WRITE | Action.PIN_LONGTERM)) {
                    throw new UnmetException(
                            "host runs pin for writing and for long only, by io_uring's fixed buffers");
                }
                kernel.pin(worker, (int) o.c(), o.a(), o.b());
            }
            case UNPIN -> kernel.unpin(worker, (int) o.a());
            case DEVICE_READ -> kernel.loadPin(worker, (int) o.a(), o.b() * HostKernel.PAGE);
            case DEVICE_WRITE -> kernel.storePin(worker, (int) o.a(), o.b() * HostKernel.PAGE, o.c());
            case REFERENCE -> kernel.reference(worker, (int) o.c(), o.a(), o.b());
            case REFERENCE_READ -> kernel.loadReference(worker, (int) o.a(), o.b() * HostKernel.PAGE);
            case RELEASE -> kernel.release(worker, (int) o.a());
            case FAIL ->
                throw new UnmetException(
                        "allocations fail on demand on the simulator only: fault injection of the host's kernel"
                                + " (CONFIG_FAIL_PAGE_ALLOC) is not used");
            case SHRINK,
                    RECLAIM,
                    KHUGEPAGED,
                    UFFD_OPEN,
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
                    FINISH ->
                throw new UnmetException("host runs have no operation "
                        + o.action().name().toLowerCase(Locale.ROOT).replace('_', ' '));
        }
    }

    private void call(int worker, int number, Operation o) {
        kernel.call(worker, number, o.a(), o.b(), o.c(), o.d(), o.e(), o.f());
    }

    private static HostFileKind kind(FileKind kind) {
        return switch (kind) {
            case REGULAR -> HostFileKind.REGULAR;
            case MEMFD -> HostFileKind.MEMFD;
            case HUGETLB -> HostFileKind.HUGETLB;
        };
    }

    private static Outcome outcome(Operation operation, HostReply reply) {
        return switch (operation.action()) {
            case UNPIN, DEVICE_WRITE, RELEASE -> held(reply, 0);
            case SPAWN, FORK, EXIT, FILE, LIMIT_MEMLOCK, PIN, REFERENCE ->
                reply.errno() == 0 ? Outcome.DONE : new Outcome(0, reply.errno(), 0, 0);
            case READ ->
                new Outcome(reply.signal() == 0 ? reply.value() : 0, reply.errno(), reply.signal(), reply.count());
            case WRITE -> new Outcome(0, reply.errno(), reply.signal(), reply.count());
            case DEVICE_READ, REFERENCE_READ -> held(reply, reply.value());
            default ->
                reply.errno() == 0 && reply.value() != 0
                        ? new Outcome(reply.value(), 0, 0, 0)
                        : reply.errno() == 0 ? Outcome.DONE : new Outcome(0, reply.errno(), 0, 0);
        };
    }

    /** The helper refuses what names a pin or reference that is not held: as for a closed file, that is EBADF. */
    private static Outcome held(HostReply reply, long value) {
        int errno = reply.refused() && reply.errno() == ENOENT ? Errno.EBADF : reply.errno();
        return errno == 0 ? new Outcome(value, 0, 0, 0) : new Outcome(0, errno, 0, 0);
    }

    // ---------------------------------------------------------------- numbers of proc

    @Override
    public long smaps(int process, long start, long end, String field) throws UnmetException {
        return found(ProcText.smaps(text(process, HostText.SMAPS), start, end, field), field, "smaps");
    }

    @Override
    public long status(int process, String field) throws UnmetException {
        return found(ProcText.status(text(process, HostText.STATUS), field), field, "status");
    }

    @Override
    public long vmstat(String counter) throws UnmetException {
        if (counter.startsWith("hugepages-")) {
            return ofFile(counter);
        }
        if (counter.startsWith(KhugepagedCounters.PREFIX)) {
            ScanResult scanned = KhugepagedCounters.ofScans(counter);
            return scanned == null ? ofFile(counter) : scans.count(scanned);
        }
        return found(ProcText.vmstat(text(0, HostText.VMSTAT), counter), counter, "vmstat");
    }

    private long ofFile(String counter) throws UnmetException {
        try {
            return Long.parseLong(hostSettings.get(HostSettings.THP + counter));
        } catch (HostUnavailableException | NumberFormatException e) {
            throw new UnmetException(name() + " shows no " + counter);
        }
    }

    private String text(int worker, HostText file) throws UnmetException {
        HostReply reply = kernel.text(worker, file).next();
        if (!reply.isSuccess()) {
            throw new UnmetException(name() + " does not let " + file.name().toLowerCase(Locale.ROOT)
                    + " be read: errno " + reply.errno());
        }
        return reply.text();
    }

    private long found(OptionalLong value, String field, String file) throws UnmetException {
        if (value.isEmpty()) {
            throw new UnmetException(name() + " shows no " + field + " in " + file);
        }
        return value.getAsLong();
    }

    // ---------------------------------------------------------------- state

    private MachineImage read(HostReply reply, boolean contents) {
        snapshot.read(reply);
        image.clear(contents);
        for (int slot = 0; slot < snapshot.processCount(); slot++) {
            image.process(snapshot.workerAt(slot));
            for (int vma = 0; vma < snapshot.vmaCount(slot); vma++) {
                image.vma(
                        snapshot.vmaStart(slot, vma),
                        snapshot.vmaEnd(slot, vma),
                        snapshot.vmaBits(slot, vma) & VMA_BITS);
            }
            for (int page = 0; page < window.pages(); page++) {
                readPage(slot, page);
            }
        }
        image.normalise();
        return image;
    }

    private void readPage(int slot, int page) {
        long entry = snapshot.pagemap(slot, page);
        if (entry == 0) {
            return;
        }
        boolean present = (entry & HostSnapshot.PRESENT) != 0;
        boolean swapped = (entry & HostSnapshot.SWAPPED) != 0;
        boolean protects = (entry & HostSnapshot.UFFD_WP) != 0;
        if (!present) {
            int bits = (swapped ? MachineImage.SWAPPED : 0) | (protects ? MachineImage.UFFD_WP : 0);
            image.page(page, bits, 0, 0, 0, 0);
            return;
        }
        long flags = snapshot.flags(slot, page);
        int bits = MachineImage.PRESENT | (protects ? MachineImage.UFFD_WP : 0);
        if (snapshot.hasContent(slot, page)) {
            image.holds(page, snapshot.content(slot, page));
        }
        if ((flags & HostSnapshot.KPF_ZERO_PAGE) != 0) {
            image.page(page, bits | MachineImage.ZERO, 0, 0, 0, 0);
            return;
        }
        bits |= bit(entry, HostSnapshot.FILE, MachineImage.FILE)
                | bit(entry, HostSnapshot.MAPPED_ONCE, MachineImage.MAPPED_ONCE)
                | bit(flags, HostSnapshot.KPF_ANON, MachineImage.ANON)
                | bit(flags, HostSnapshot.KPF_THP, MachineImage.LARGE)
                | bit(flags, HostSnapshot.KPF_HUGE, MachineImage.HUGETLB)
                | bit(flags, HostSnapshot.KPF_KSM, MachineImage.KSM)
                | bit(flags, HostSnapshot.KPF_MLOCKED, MachineImage.MLOCKED);
        image.page(
                page,
                bits,
                snapshot.folioHead(slot, page),
                snapshot.folioIndex(slot, page),
                snapshot.folioOrder(slot, page),
                snapshot.mapcount(slot, page));
    }

    private static int bit(long from, long mask, int to) {
        return (from & mask) == 0 ? 0 : to;
    }
}
