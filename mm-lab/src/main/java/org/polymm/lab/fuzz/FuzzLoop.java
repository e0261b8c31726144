package org.polymm.lab.fuzz;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.polymm.lab.program.Operation;
import org.polymm.lab.program.UnmetException;

/**
 * Runs program after program until a bound is reached, somebody stops it or something is found; and shrinks what is found. Each bench has a
 * thread of its own, the first one the caller's.
 */
final class FuzzLoop {

    private static final long SHOW_NANOS = 500_000_000L;

    private final List<? extends TestBench> benches;
    private final long seed;
    private final Bounds bounds;
    private final Consumer<String> progress;
    private final BooleanSupplier stopped;

    /**
     * A run.
     *
     * @param benches run the programs; at least one, all alike
     * @param seed of the programs
     * @param bounds when it ends
     * @param progress shows how far it is
     * @param stopped asked between programs, by all threads, whether to end early
     */
    FuzzLoop(
            List<? extends TestBench> benches,
            long seed,
            Bounds bounds,
            Consumer<String> progress,
            BooleanSupplier stopped) {
        this.benches = List.copyOf(benches);
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
        TestBench first = benches.getFirst();
        FuzzLedger ledger = new FuzzLedger(from, bounds, first.turn());
        List<Worker> workers =
                benches.stream().map(bench -> new Worker(bench, ledger)).toList();
        List<Thread> threads = workers.stream()
                .skip(1)
                .map(worker -> Thread.ofPlatform().name("polymm-fuzz").daemon().start(worker::work))
                .toList();
        Worker here = workers.getFirst();
        here.shows(progress);
        here.work();
        threads.forEach(FuzzLoop::await);
        for (Worker worker : workers) {
            worker.rethrow();
        }
        Duration time = Duration.ofNanos(ledger.nanos());
        Duration processor = Duration.ofNanos(
                workers.stream().mapToLong(worker -> worker.processorNanos).sum());
        long failed = ledger.failed();
        Finding finding = ledger.finding();
        return new FuzzReport(
                seed,
                ledger.next() - from,
                ledger.operations(),
                ledger.next(),
                time,
                processor,
                ledger.refused(),
                finding == null ? null : shrink(failed, finding));
    }

    private static void await(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Runs turns of programs on one bench. */
    private final class Worker {
        private final TestBench bench;
        private final FuzzLedger ledger;
        private final ProgramGenerator generator;
        private final List<Operation> program = new ArrayList<>();
        private @Nullable Consumer<String> shown;
        private long lastShown;
        private long processorNanos;
        private @Nullable Throwable broken;

        Worker(TestBench bench, FuzzLedger ledger) {
            this.bench = bench;
            this.ledger = ledger;
            generator = new ProgramGenerator(bench.shape(), bench.capabilities());
        }

        void shows(Consumer<String> watcher) {
            shown = watcher;
        }

        /** A thread that breaks ends the run: what it would have found, nobody else looks for. */
        void work() {
            long begin = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            try {
                long turn = ledger.claim();
                while (turns(turn)) {
                    turn = ledger.claim();
                }
            } catch (UnmetException | RuntimeException | Error e) {
                broken = e;
                ledger.stop();
            }
            processorNanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - begin;
        }

        private boolean turns(long first) throws UnmetException {
            for (long index = first; index < ledger.endOfTurn(first); index++) {
                if (stopped.getAsBoolean()) {
                    ledger.stop();
                }
                if (!ledger.wants(index)) {
                    return false;
                }
                generator.generate(seed, index, program);
                Trial trial = bench.trial(index);
                Finding found = trial.run(program);
                ledger.ran(index, program.size(), trial.refused(), found);
                show();
            }
            return true;
        }

        private void show() {
            long now = ledger.nanos();
            if (shown != null && now - lastShown > SHOW_NANOS) {
                lastShown = now;
                long operations = ledger.operations();
                shown.accept(String.format(
                        Locale.ROOT,
                        "%,d operations, %,d programs, %,.0f operations/s",
                        operations,
                        ledger.programs(),
                        operations * 1e9 / now));
            }
        }

        void rethrow() throws UnmetException {
            switch (broken) {
                case null -> {}
                case UnmetException unmet -> throw unmet;
                case RuntimeException unchecked -> throw unchecked;
                case Error error -> throw error;
                default -> throw new IllegalStateException(broken);
            }
        }
    }

    private FuzzReport.Failure shrink(long index, Finding finding) throws UnmetException {
        progress.accept("program " + index + ": " + finding.kind() + "; shrinking");
        TestBench bench = benches.getFirst();
        List<Operation> program = new ArrayList<>();
        new ProgramGenerator(bench.shape(), bench.capabilities()).generate(seed, index, program);
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
