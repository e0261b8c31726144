package org.polymm.lab.fuzz;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.polymm.lab.program.Operation;
import org.polymm.lab.program.UnmetException;

/** Runs program after program until a bound is reached, somebody stops it or something is found; and shrinks what is found. */
final class FuzzLoop {

    private static final long SHOW_NANOS = 500_000_000L;

    private final TestBench bench;
    private final long seed;
    private final Bounds bounds;
    private final Consumer<String> progress;
    private final BooleanSupplier stopped;

    /**
     * A run.
     *
     * @param bench runs the programs
     * @param seed of the programs
     * @param bounds when it ends
     * @param progress shows how far it is
     * @param stopped asked between programs whether to end early
     */
    FuzzLoop(TestBench bench, long seed, Bounds bounds, Consumer<String> progress, BooleanSupplier stopped) {
        this.bench = bench;
        this.seed = seed;
        this.bounds = bounds;
        this.progress = progress;
        this.stopped = stopped;
    }

    /**
     * Runs.
     *
     * @param from the number of the first program
     * @return what became of it
     * @throws UnmetException if the machine lacks something that every program needs
     */
    FuzzReport run(long from) throws UnmetException {
        ProgramGenerator generator = new ProgramGenerator(bench.shape(), bench.capabilities());
        List<Operation> program = new ArrayList<>();
        long begin = System.nanoTime();
        long processorBegin = processorNanos();
        long shown = begin;
        long operations = 0;
        long index = from;
        while (!stopped.getAsBoolean() && !bounds.reached(operations, index - from, System.nanoTime() - begin)) {
            generator.generate(seed, index, program);
            Finding finding = bench.trial(index).run(program);
            operations += program.size();
            if (finding != null) {
                Duration time = Duration.ofNanos(System.nanoTime() - begin);
                Duration processor = Duration.ofNanos(processorNanos() - processorBegin);
                FuzzReport.Failure failure = shrink(index, program, finding);
                return new FuzzReport(
                        seed, index + 1 - from, operations, index + 1, time, processor, bench.refused(), failure);
            }
            index++;
            long now = System.nanoTime();
            if (now - shown > SHOW_NANOS) {
                shown = now;
                progress.accept(String.format(
                        Locale.ROOT,
                        "%,d operations, %,d programs, %,.0f operations/s",
                        operations,
                        index - from,
                        operations * 1e9 / (now - begin)));
            }
        }
        Duration time = Duration.ofNanos(System.nanoTime() - begin);
        Duration processor = Duration.ofNanos(processorNanos() - processorBegin);
        return new FuzzReport(seed, index - from, operations, index, time, processor, bench.refused(), null);
    }

    private static long processorNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private FuzzReport.Failure shrink(long index, List<Operation> program, Finding finding) throws UnmetException {
        progress.accept("program " + index + ": " + finding.kind() + "; shrinking");
        Trial close = bench.closeTrial(index);
        Finding seen = close.run(program);
        Trial trial = seen == null ? bench.trial(index) : close;
        Shrinker shrinker =
                new Shrinker(trial, bench.shape(), bench.mostTrials(), program, seen == null ? finding : seen);
        List<Operation> least = shrinker.shrink();
        return new FuzzReport.Failure(
                index,
                bench.settings(index),
                bench.shape().window(),
                program.size(),
                shrinker.trials(),
                least,
                shrinker.finding());
    }
}
