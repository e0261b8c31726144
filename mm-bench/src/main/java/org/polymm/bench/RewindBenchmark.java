package org.polymm.bench;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.polymm.engine.state.Snapshot;

/** How fast a machine of 64 frames goes back to a saved state, after a fork and a few faults. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 8, time = 1)
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init")
public class RewindBenchmark {

    private BenchMachine bench;
    private Snapshot saved;
    private int mm;
    private long address;

    /** Makes the machine and saves it. */
    @Setup
    public void make() {
        bench = new BenchMachine(
                Map.of("machine.page-table-entries", "8", "machine.memory", "256KiB", "thp.enabled", "never"));
        mm = bench.machine.spawn();
        address = bench.map(mm, 16 * BenchMachine.PAGE);
        bench.touch(mm, address, 4);
        saved = bench.machine.save();
    }

    /** Closes the plugins. */
    @TearDown
    public void close() {
        bench.close();
    }

    /** Changes nothing and rewinds: the cost of the copies alone. */
    @Benchmark
    public void rewind() {
        bench.machine.rewind(saved);
    }

    /** Forks, faults in both processes, and rewinds. */
    @Benchmark
    public void forkTouchRewind() {
        int child = bench.machine.fork(mm);
        bench.touch(mm, address, 8);
        bench.touch(child, address, 8);
        bench.machine.rewind(saved);
    }
}
