package org.polymm.bench;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.mm.Mman;
import org.polymm.engine.state.Snapshot;

/**
 * What a page costs the simulator when memory is short: reclaim of pages nobody used lately, and first touches on a machine that is not new.
 *
 * <p>The kernel's own figures on the machine this was first measured on, in nanoseconds a page: MADV_PAGEOUT without swap (a look, in vain)
 * 488; to a loop device on tmpfs 4,655 in base pages and 712 in folios of 64 KiB.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
        value = 2,
        jvmArgsAppend = {"-Xms3g", "-Xmx3g", "-XX:+UseSerialGC", "-XX:+UseTransparentHugePages", "-XX:+AlwaysPreTouch"})
@Warmup(iterations = 40)
@Measurement(iterations = 15)
@SuppressWarnings("NullAway.Init")
public class ReclaimBenchmark {

    private static final long PAGES = 65_536;

    private static Map<String, String> settings(String memory, String folio) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("thp.enabled", "never");
        settings.put("machine.memory", memory);
        settings.put("machine.swap", "2GiB");
        if (!folio.equals("4kB")) {
            settings.put("thp.hugepages-" + folio, "always");
        }
        return settings;
    }

    /** 256 MiB that were written once and are not in use. */
    @State(Scope.Thread)
    public static class ColdPages {
        /** The size of folios. */
        @Param({"4kB", "64kB"})
        public String folio;

        BenchMachine bench;
        int mm;
        long address;

        /** Makes the machine. */
        @Setup(Level.Trial)
        public void make() {
            bench = new BenchMachine(settings("4GiB", folio));
        }

        /** Writes the memory, and says that it is cold. */
        @Setup(Level.Invocation)
        public void map() {
            mm = bench.machine.spawn();
            address = bench.map(mm, PAGES * BenchMachine.PAGE);
            bench.touch(mm, address, PAGES);
            if (bench.machine.madvise(mm, address, PAGES * BenchMachine.PAGE, Mman.MADV_COLD) != 0) {
                throw new IllegalStateException("MADV_COLD failed");
            }
        }

        /** Ends the process. */
        @TearDown(Level.Invocation)
        public void exit() {
            bench.machine.exit(mm);
        }

        /** Closes the plugins. */
        @TearDown(Level.Trial)
        public void close() {
            bench.close();
        }
    }

    /** Untouched memory on a machine as large as it needs. */
    @State(Scope.Thread)
    public static class NewMachine {
        /** How the machine is: just made; fragmented by a past; with all memory in use, so that each touch needs a page reclaimed. */
        @Param({"fresh", "fragmented", "full"})
        public String age;

        BenchMachine bench;
        Snapshot past;
        int mm;
        long address;

        /** Makes the machine and gives it its past. */
        @Setup(Level.Trial)
        public void make() {
            bench = new BenchMachine(settings("1GiB", "4kB"));
            if (age.equals("fragmented")) {
                scatter();
            } else if (age.equals("full")) {
                int other = bench.machine.spawn();
                long pages = bench.machine.memory().frames().frameCount();
                long start = bench.map(other, pages * BenchMachine.PAGE);
                bench.touch(other, start, pages);
                bench.machine.madvise(other, start, pages * BenchMachine.PAGE, Mman.MADV_COLD);
            }
            past = bench.machine.save();
        }

        /** A process has half of memory, in pieces of 1 to 4 pages with as many free ones between, and no order among them. */
        private void scatter() {
            int pages = bench.machine.memory().frames().frameCount() * 9 / 10;
            int other = bench.machine.spawn();
            long start = bench.map(other, pages * BenchMachine.PAGE);
            SplittableRandom random = new SplittableRandom(7);
            int[] order = new int[pages];
            for (int i = 0; i < pages; i++) {
                int at = random.nextInt(i + 1);
                order[i] = order[at];
                order[at] = i;
            }
            for (int page : order) {
                bench.machine.touch(other, start + page * BenchMachine.PAGE, 1);
            }
            for (int page = 0; page + 8 < pages; page += 2 + random.nextInt(7)) {
                bench.machine.madvise(
                        other,
                        start + page * BenchMachine.PAGE,
                        (1 + random.nextInt(4)) * BenchMachine.PAGE,
                        Mman.MADV_DONTNEED);
            }
        }

        /** Goes back to the machine with its past, and starts a process with untouched memory. */
        @Setup(Level.Invocation)
        public void map() {
            bench.machine.rewind(past);
            mm = bench.machine.spawn();
            address = bench.map(mm, PAGES * BenchMachine.PAGE);
        }

        /** Closes the plugins. */
        @TearDown(Level.Trial)
        public void close() {
            bench.close();
        }
    }

    /**
     * Reclaim of 65,536 cold pages: each is looked at, unmapped, written and freed.
     *
     * @param pages the process
     * @param time CPU time a page freed
     */
    @Benchmark
    public void reclaim(ColdPages pages, CpuTime time) {
        Machine machine = pages.bench.machine;
        long before = machine.memory().vmstat().get(VmstatItem.PGSCAN_PROACTIVE);
        time.start();
        long freed = machine.reclaim(PAGES);
        time.stop(freed);
        long scanned = machine.memory().vmstat().get(VmstatItem.PGSCAN_PROACTIVE) - before;
        if (freed < PAGES * 9 / 10 || scanned > freed * 11 / 10) {
            throw new IllegalStateException(scanned + " pages were scanned and " + freed + " freed");
        }
    }

    /**
     * A write to each of 65,536 untouched pages.
     *
     * @param pages the machine
     * @param time CPU time a page
     */
    @Benchmark
    public void firstTouch(NewMachine pages, CpuTime time) {
        time.start();
        pages.bench.touch(pages.mm, pages.address, PAGES);
        time.stop(PAGES);
    }
}
