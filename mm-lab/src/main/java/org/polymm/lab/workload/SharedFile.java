package org.polymm.lab.workload;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import org.polymm.engine.fault.MemoryAccess;
import org.polymm.engine.frame.ThpShmem;
import org.polymm.engine.frame.ThpTunable;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.mm.Mman;
import org.polymm.lab.cost.CostModel;
import org.polymm.lab.cost.StepCosts;
import org.polymm.lab.cost.WorkMeter;
import org.polymm.lab.timed.LockTimes;
import org.polymm.lab.timed.Role;
import org.polymm.lab.timed.TimedTasks;
import org.polymm.lab.timed.Times;

/**
 * Processes that map one memfd and are busy, while khugepaged collapses it and takes their page tables away.
 *
 * <pre>
 *   memfd       |  block 0  |  block 1  |  ...                     |  block 15 |    16 blocks of small pages, all there
 *   server-1..3 shared; two threads each: one loads and stores all over it, one maps, protects, moves and unmaps memory of its own
 *   reader      private, never written; two such threads
 *   patched     private, two such threads; one page of each of the first four blocks is written, as a breakpoint would
 *   batch       shared; calls MADV_COLLAPSE for the last four blocks, one after the other
 *   khugepaged  scans pages_to_scan pages, sleeps scan_sleep_millisecs, and so on until the servers and readers have ended
 * </pre>
 *
 * <p>All of them run at the same time ({@link org.polymm.lab.timed}). What a process does is drawn from the seed and depends on nothing else: under
 * every policy it makes the same accesses and calls, at other times.
 */
public final class SharedFile {

    /** Blocks of the file, each what one PMD entry maps. */
    static final int BLOCKS = 16;

    private static final int SERVERS = 3;
    private static final int ROUNDS = 400;
    private static final int TOUCHES = 24;
    private static final int THINKING = 40_000;
    private static final int ADVISED_BLOCKS = 4;
    private static final int PATCHED_BLOCKS = 4;
    private static final int PAGE = 4096;
    private static final int READ_WRITE = Mman.PROT_READ | Mman.PROT_WRITE;
    private static final int ANONYMOUS = Mman.MAP_PRIVATE | Mman.MAP_ANONYMOUS | Mman.MAP_FIXED;
    private static final long MILLISECOND = 1_000_000;

    private final Machine machine;
    private final TimedTasks tasks;
    private final long entry;
    private final long vmaChange;
    private final int blockPages;
    private final long fileAt;
    private final long scratchAt;
    private final long seed;
    private final int file;
    private final List<Mapping> mappings = new ArrayList<>();
    private final long[] collapsedAt = new long[BLOCKS];
    private long unbacked;
    private long faultsAfterCollapse;

    /** One process and its mapping of the file. */
    private static final class Mapping {
        private final int mm;
        private final long[] touchedAt = new long[BLOCKS];
        private final long[] hugeAt = new long[BLOCKS];

        Mapping(int mm) {
            this.mm = mm;
            Arrays.fill(touchedAt, -1);
            Arrays.fill(hugeAt, -1);
        }
    }

    /**
     * What came out.
     *
     * @param locks how long locks were held and waited for
     * @param time when the last task ended, in nanoseconds
     * @param collapsedBlocks blocks of the file that are huge folios at the end
     * @param hugeMappings blocks, counted for every process, that a PMD entry maps at the end
     * @param mappings blocks, counted for every process
     * @param fromTouch from the first access of a block by a process until a PMD entry maps it there, for those where that came about
     * @param fromCollapse from the collapse of the block until then, where that was later
     * @param faultsAfterCollapse accesses of the file that found no entry, after the block was collapsed
     * @param unbacked accesses that found no memory
     */
    record Outcome(
            LockTimes locks,
            long time,
            int collapsedBlocks,
            int hugeMappings,
            int mappings,
            Times fromTouch,
            Times fromCollapse,
            long faultsAfterCollapse,
            long unbacked) {}

    private SharedFile(Machine machine, CostModel costs, StepCosts steps, long seed) {
        this.machine = machine;
        this.seed = seed;
        tasks = new TimedTasks(
                machine.sync(), new WorkMeter(costs, machine.memory().vmstat())::nanos, steps);
        entry = costs.nanos("cost.system-call");
        vmaChange = costs.nanos("cost.vma-change");
        blockPages = machine.blueprint().geometry().pmdPages();
        long blockSize = (long) blockPages * PAGE;
        fileAt = 4 * BLOCKS * blockSize;
        scratchAt = 8 * BLOCKS * blockSize;
        file = machine.memfd(1, (long) BLOCKS * blockPages);
        Arrays.fill(collapsedAt, -1);
    }

    /**
     * Runs it.
     *
     * @param machine a new one
     * @param costs unit costs of work
     * @param steps unit costs of steps
     * @param seed what the processes do
     */
    static Outcome run(Machine machine, CostModel costs, StepCosts steps, long seed) {
        return new SharedFile(machine, costs, steps, seed).run();
    }

    private Outcome run() {
        fill();
        machine.memory().thp().shmem().setGeneral(ThpShmem.ADVISE);
        for (int i = 0; i < SERVERS; i++) {
            program("server-" + (i + 1), Mman.MAP_SHARED, 0);
        }
        program("reader", Mman.MAP_PRIVATE, 0);
        program("patched", Mman.MAP_PRIVATE, PATCHED_BLOCKS);
        Mapping mapping = new Mapping(machine.spawn());
        mappings.add(mapping);
        map(mapping.mm, Mman.MAP_SHARED);
        tasks.add("batch", Role.COLLAPSE, () -> collapse(mapping));
        tasks.add("khugepaged", Role.COLLAPSE, this::khugepaged);
        long time = tasks.run();
        return outcome(time);
    }

    /** Small pages all over the file, by a process that then unmaps it. */
    private void fill() {
        int loader = machine.spawn();
        long length = (long) BLOCKS * blockPages * PAGE;
        map(loader, Mman.MAP_SHARED);
        for (long at = 0; at < length; at += PAGE) {
            access(loader, fileAt + at, MemoryAccess.WRITE);
        }
        require("munmap", machine.munmap(loader, fileAt, length));
    }

    private long map(int mm, int sharing) {
        return require(
                "mmap",
                machine.mmap(
                        mm, fileAt, (long) BLOCKS * blockPages * PAGE, READ_WRITE, sharing | Mman.MAP_FIXED, file, 0));
    }

    /** A process of two threads: one that uses the file, one that is busy with memory of its own. */
    private void program(String name, int sharing, int patched) {
        Mapping mapping = new Mapping(machine.spawn());
        int number = mappings.size();
        mappings.add(mapping);
        map(mapping.mm, sharing);
        SplittableRandom random = new SplittableRandom(seed * 1_000_003 + 2L * number);
        SplittableRandom other = new SplittableRandom(seed * 1_000_003 + 2L * number + 1);
        tasks.add(name, Role.PROGRAM, () -> {
            advise(mapping);
            for (int block = 0; block < patched; block++) {
                touchPage(mapping, block, random.nextInt(blockPages), MemoryAccess.WRITE);
            }
            use(mapping, random, sharing == Mman.MAP_SHARED);
        });
        tasks.add(name + ", heap", Role.PROGRAM, () -> {
            for (int round = 0; round < ROUNDS; round++) {
                scratch(mapping.mm, other);
            }
        });
    }

    private void advise(Mapping mapping) {
        change(() -> machine.madvise(mapping.mm, fileAt, (long) BLOCKS * blockPages * PAGE, Mman.MADV_HUGEPAGE));
    }

    // ---- what the processes do

    private void use(Mapping mapping, SplittableRandom random, boolean stores) {
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < TOUCHES; i++) {
                boolean store = random.nextInt(4) == 0 && stores;
                int block = random.nextInt(BLOCKS);
                touchPage(mapping, block, random.nextInt(blockPages), store ? MemoryAccess.WRITE : MemoryAccess.READ);
            }
            think(random);
        }
    }

    private void think(SplittableRandom random) {
        tasks.pause(5_000 + random.nextInt(THINKING));
    }

    /** Memory of a process's own, which comes and goes: what keeps its mmap_lock busy. */
    private void scratch(int mm, SplittableRandom random) {
        int pages = Math.max(2, blockPages / 8);
        long length = (long) pages * PAGE;
        change(() -> machine.mmap(mm, scratchAt, length, READ_WRITE, ANONYMOUS, 0, 0));
        for (int page = 0; page < pages; page++) {
            access(mm, scratchAt + (long) page * PAGE, MemoryAccess.WRITE);
        }
        long end = scratchAt;
        switch (random.nextInt(4)) {
            case 0 -> change(() -> machine.mprotect(mm, scratchAt, length / 2 & -PAGE, Mman.PROT_READ));
            case 1 -> end = change(() -> machine.mremap(mm, scratchAt, length, 2 * length, Mman.MREMAP_MAYMOVE, 0));
            case 2 ->
                tasks.call(
                        entry, 0, () -> require("madvise", machine.madvise(mm, scratchAt, length, Mman.MADV_DONTNEED)));
            default -> {}
        }
        long from = end;
        change(() -> machine.munmap(mm, from, 2 * length));
        think(random);
    }

    private void collapse(Mapping mapping) {
        advise(mapping);
        for (int block = BLOCKS - ADVISED_BLOCKS; block < BLOCKS; block++) {
            for (int page = 0; page < blockPages; page++) {
                touchPage(mapping, block, page, MemoryAccess.READ);
            }
            long at = addressOf(block, 0);
            // That a page is busy is an answer, too.
            tasks.call(entry, 0, () -> machine.madvise(mapping.mm, at, (long) blockPages * PAGE, Mman.MADV_COLLAPSE));
            look();
            tasks.pause(MILLISECOND);
        }
    }

    private void khugepaged() {
        long sleep = machine.memory().thp().get(ThpTunable.SCAN_SLEEP_MILLISECS) * MILLISECOND;
        long toScan = machine.memory().thp().get(ThpTunable.PAGES_TO_SCAN);
        while (tasks.isAnyLeft(Role.PROGRAM)) {
            for (long scanned = 0; scanned < toScan && tasks.isAnyLeft(Role.PROGRAM); scanned += blockPages) {
                machine.khugepaged(blockPages);
                look();
            }
            tasks.pause(Math.max(sleep, 1));
        }
    }

    // ---- single steps

    private void touchPage(Mapping mapping, int block, int page, int kind) {
        long address = addressOf(block, page);
        long now = tasks.now();
        tasks.look(() -> {
            boolean mapped = machine.inspect().pagemap(mapping.mm, address) != 0;
            faultsAfterCollapse += !mapped && isCollapsed(block) ? 1 : 0;
        });
        if (mapping.touchedAt[block] < 0) {
            mapping.touchedAt[block] = now;
        }
        access(mapping.mm, address, kind);
        if (mapping.hugeAt[block] < 0) {
            look();
        }
    }

    private long addressOf(int block, int page) {
        return fileAt + ((long) block * blockPages + page) * PAGE;
    }

    private void access(int mm, long address, int kind) {
        int result = machine.touch(mm, address, kind);
        unbacked += result < 0 ? 1 : 0;
    }

    private long change(LongSupplier call) {
        return tasks.call(entry, vmaChange, () -> require("a system call", call.getAsLong()));
    }

    private static long require(String call, long result) {
        if (result < 0 && result > -PAGE) {
            throw new UnfitMachineException("shared-file: a process got errno " + -result + " from " + call
                    + "; the machine is too small for it: set a larger machine.memory");
        }
        return result;
    }

    // ---- looking on

    private boolean isCollapsed(int block) {
        int page = machine.files().peekPage(file, (long) block * blockPages);
        return page != 0
                && machine.memory().frames().order(machine.memory().frames().head(page))
                        == machine.blueprint().geometry().pmdOrder();
    }

    /** Notes what has become huge since the last time. */
    private void look() {
        long now = tasks.now();
        tasks.look(() -> {
            for (int block = 0; block < BLOCKS; block++) {
                if (collapsedAt[block] < 0 && isCollapsed(block)) {
                    collapsedAt[block] = now;
                }
                for (Mapping mapping : mappings) {
                    if (mapping.hugeAt[block] < 0
                            && collapsedAt[block] >= 0
                            && machine.inspect().isPmdMapped(mapping.mm, addressOf(block, 0))) {
                        mapping.hugeAt[block] = now;
                    }
                }
            }
        });
    }

    private Outcome outcome(long time) {
        Times fromTouch = new Times();
        Times fromCollapse = new Times();
        int huge = 0;
        int collapsed = 0;
        for (int block = 0; block < BLOCKS; block++) {
            collapsed += isCollapsed(block) ? 1 : 0;
            for (Mapping mapping : mappings) {
                huge += machine.inspect().isPmdMapped(mapping.mm, addressOf(block, 0)) ? 1 : 0;
                long at = mapping.hugeAt[block];
                if (at >= 0) {
                    if (mapping.touchedAt[block] >= 0) {
                        fromTouch.add(at - mapping.touchedAt[block]);
                    }
                    fromCollapse.add(Math.max(0, at - collapsedAt[block]));
                }
            }
        }
        return new Outcome(
                tasks.times(),
                time,
                collapsed,
                huge,
                BLOCKS * mappings.size(),
                fromTouch,
                fromCollapse,
                faultsAfterCollapse,
                unbacked);
    }
}
