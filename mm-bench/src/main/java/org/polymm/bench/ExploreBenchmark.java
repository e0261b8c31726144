package org.polymm.bench;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
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
import org.polymm.engine.state.IntVector;
import org.polymm.engine.state.Snapshot;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;
import org.polymm.lab.explore.Exploration;
import org.polymm.lab.explore.ExploreOptions;
import org.polymm.lab.explore.Explorer;
import org.polymm.lab.explore.MachineWorld;
import org.polymm.lab.explore.Program;
import org.polymm.lab.explore.World;

/** How many complete interleavings a second are explored: see the counter {@code interleavings}. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-exports=java.base/jdk.internal.vm=ALL-UNNAMED")
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init")
public class ExploreBenchmark {

    private static final int POINTS = 5;

    private BenchMachine bench;
    private Program points;
    private Program firstTouch;

    /** Complete runs. */
    @AuxCounters(AuxCounters.Type.EVENTS)
    @State(Scope.Thread)
    public static class Runs {
        /** How many. */
        public long interleavings;
    }

    /** One variable, every access of which is a scheduling point. */
    private static final class Variable implements World {
        private final StateSpace space = new StateSpace();
        private final Sync sync = new Sync(space);
        private final IntVector value = IntVector.sized(space, "value", 1);

        long writes(int token) {
            for (int i = 0; i < POINTS; i++) {
                sync.point(Point.WRITE_COUNT, 1);
                value.set(0, token);
            }
            return 0;
        }

        @Override
        public Sync sync() {
            return sync;
        }

        @Override
        public Object save() {
            return space.save();
        }

        @Override
        public void rewind(Object saved) {
            space.rewind((Snapshot) saved);
        }

        @Override
        public List<String> violations() {
            return List.of();
        }
    }

    /** Makes both programs. */
    @Setup
    public void make() {
        Variable variable = new Variable();
        points = Program.on(variable)
                .task("A")
                .call("write five times", () -> variable.writes(1))
                .task("B")
                .call("write five times", () -> variable.writes(2))
                .build();
        bench = new BenchMachine(
                Map.of("machine.page-table-entries", "8", "machine.memory", "256KiB", "thp.enabled", "never"));
        int mm = bench.machine.spawn();
        long address = bench.map(mm, BenchMachine.PAGE);
        firstTouch = Program.on(new MachineWorld(bench.machine))
                .task("A")
                .call("write", () -> bench.machine.touch(mm, address, 1))
                .task("B")
                .call("write", () -> bench.machine.touch(mm, address, 1))
                .build();
    }

    /** Closes the plugins. */
    @TearDown
    public void close() {
        bench.close();
    }

    /** Two tasks that write the same variable five times each: ten points, 252 interleavings, none of which can be left out. */
    @Benchmark
    public Exploration tenPoints(Runs runs) {
        return counted(Explorer.explore(points, ExploreOptions.DEFAULT), runs);
    }

    /** Two first touches of one page on a real machine, its invariants looked at after each run. */
    @Benchmark
    public Exploration firstTouch(Runs runs) {
        return counted(Explorer.explore(firstTouch, ExploreOptions.DEFAULT), runs);
    }

    private static Exploration counted(Exploration exploration, Runs runs) {
        runs.interleavings += exploration.interleavings();
        return exploration;
    }
}
