package org.polymm.bench;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What one page costs the simulator on the paths that recordings are made of: 256 MiB of base pages, and 2 GiB of PMD folios.
 *
 * <p>The kernel's own figures for the same work on the machine this was first measured on, in nanoseconds a page: first touch 740 to 1,340,
 * fork 35, write-protect copy 2,390, munmap 83, mlock 133; a PMD fault 249,000.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
        value = 2,
        jvmArgsAppend = {"-Xms3g", "-Xmx3g", "-XX:+UseSerialGC", "-XX:+UseTransparentHugePages", "-XX:+AlwaysPreTouch"})
@Warmup(iterations = 60)
@Measurement(iterations = 15)
@SuppressWarnings("NullAway.Init")
public class MemoryBenchmark {

    private static final long PAGES = 65_536;

    /** Base pages: transparent huge pages off. */
    @State(Scope.Thread)
    public static class BasePages {
        BenchMachine bench;
        int mm;
        long address;

        /** Makes the machine. */
        @Setup(Level.Trial)
        public void make() {
            bench = new BenchMachine(
                    Map.of("thp.enabled", "never", "machine.memory", "4GiB", "rlimit.memlock", "8GiB"));
        }

        /** Starts a process with untouched memory. */
        @Setup(Level.Invocation)
        public void map() {
            mm = bench.machine.spawn();
            address = bench.map(mm, PAGES * BenchMachine.PAGE);
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

    /** Base pages, all touched. JMH promises no order among inherited set-ups, so a subclass overrides the one there is. */
    @State(Scope.Thread)
    public static class TouchedPages extends BasePages {
        /** Maps and touches them. */
        @Override
        public void map() {
            super.map();
            bench.touch(mm, address, PAGES);
        }
    }

    /** Base pages, shared with a child. */
    @State(Scope.Thread)
    public static class SharedPages extends TouchedPages {
        int child;

        /** Maps, touches and forks. */
        @Override
        public void map() {
            super.map();
            child = bench.machine.fork(mm);
        }

        /** Ends both processes. */
        @Override
        public void exit() {
            bench.machine.exit(child);
            super.exit();
        }
    }

    /** Memory for PMD folios. */
    @State(Scope.Thread)
    public static class HugePages {
        static final long FOLIOS = 1024;
        static final long FOLIO_BYTES = 512 * BenchMachine.PAGE;
        BenchMachine bench;
        int mm;
        long address;

        /** Makes the machine. */
        @Setup(Level.Trial)
        public void make() {
            bench = new BenchMachine(Map.of("thp.enabled", "always", "machine.memory", "4GiB"));
        }

        /** Starts a process with untouched memory. */
        @Setup(Level.Invocation)
        public void map() {
            mm = bench.machine.spawn();
            long start = bench.map(mm, (FOLIOS + 1) * FOLIO_BYTES);
            address = start + FOLIO_BYTES - 1 & -FOLIO_BYTES;
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

    /**
     * A write to each of 65,536 untouched pages, in order.
     *
     * @param pages the process
     * @param time CPU time a page
     */
    @Benchmark
    public void firstTouch(BasePages pages, CpuTime time) {
        time.start();
        pages.bench.touch(pages.mm, pages.address, PAGES);
        time.stop(PAGES);
    }

    /**
     * A fork of a process with 65,536 pages.
     *
     * @param pages the process
     * @param time CPU time a page
     * @return the child
     */
    @Benchmark
    public int fork(TouchedPages pages, CpuTime time) {
        time.start();
        int child = pages.bench.machine.fork(pages.mm);
        time.stop(PAGES);
        pages.bench.machine.exit(child);
        return child;
    }

    /**
     * A write by the parent to each of 65,536 pages that a child shares: all are copied.
     *
     * @param pages the processes
     * @param time CPU time a page
     */
    @Benchmark
    public void writeProtectCopy(SharedPages pages, CpuTime time) {
        time.start();
        pages.bench.touch(pages.mm, pages.address, PAGES);
        time.stop(PAGES);
    }

    /**
     * munmap of 65,536 pages.
     *
     * @param pages the process
     * @param time CPU time a page
     * @return 0
     */
    @Benchmark
    public int munmap(TouchedPages pages, CpuTime time) {
        time.start();
        int result = pages.bench.machine.munmap(pages.mm, pages.address, PAGES * BenchMachine.PAGE);
        time.stop(PAGES);
        return result;
    }

    /**
     * mlock of 65,536 pages that are present.
     *
     * @param pages the process
     * @param time CPU time a page
     * @return 0
     */
    @Benchmark
    public int mlock(TouchedPages pages, CpuTime time) {
        time.start();
        int result = pages.bench.machine.mlock(pages.mm, pages.address, PAGES * BenchMachine.PAGE);
        time.stop(PAGES);
        if (result != 0) {
            throw new IllegalStateException("mlock failed with " + result);
        }
        return result;
    }

    /**
     * A write to each of 1,024 untouched PMD ranges. So few faults an invocation need many of them until the compiler has seen enough.
     *
     * @param pages the process
     * @param time CPU time a fault
     */
    @Benchmark
    @Warmup(iterations = 400)
    public void pmdFault(HugePages pages, CpuTime time) {
        time.start();
        for (long folio = 0; folio < HugePages.FOLIOS; folio++) {
            pages.bench.machine.touch(pages.mm, pages.address + folio * HugePages.FOLIO_BYTES, 1);
        }
        time.stop(HugePages.FOLIOS);
    }
}
