package org.polymm.lab.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.machine.MachineBlueprint.CheckLevel;
import org.polymm.lab.compare.PolicySetSpec;
import org.polymm.lab.compare.Variations;
import org.polymm.lab.fuzz.Bounds;
import org.polymm.lab.fuzz.FuzzReport;
import org.polymm.lab.fuzz.Fuzzer;
import org.polymm.lab.fuzz.Reproducer;
import org.polymm.lab.io.ReplacingFile;
import org.polymm.lab.program.UnmetException;
import org.polymm.runtime.Laboratory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code polymm fuzz}: random programs. */
@Command(
        name = "fuzz",
        description = {
            "Runs random programs and holds every machine against the invariants and against what processes must read; or, with"
                    + " --against linux, against the host's own kernel, operation by operation.",
            "",
            "What fails is shrunk to a minimal program and written as a scenario. The same seed gives the same programs.",
            ""
        },
        footer = {
            "",
            "Example:",
            "  polymm fuzz --time 1m",
            "  polymm fuzz --policies all --operations 10000000 --seed 7",
            "  polymm fuzz --policies all --vary machine.swap=0,16MiB --vary thp.hugepages-64kB=never,always",
            "  polymm fuzz --vary policy.folio-split.mlock.use=mlock/in-vma,mlock/mainline-6.18 --set safety=enforce",
            "  polymm fuzz --set policy.mapcount.folio.use=mapcount/exact --check every --programs 1000",
            "  polymm fuzz --against linux --programs 2000 --set thp.enabled=never",
            "  polymm fuzz --fail-allocations           forks, faults, splits and collapses that run out of memory",
            "  polymm fuzz --seed 7 --from 120000       goes on where a run of seed 7 ended",
            "",
            "docs/fuzzing.md says what programs do, what is checked and how to read a failure."
        })
final class FuzzCommand implements Callable<Integer> {

    private static final Duration DEFAULT_TIME = Duration.ofSeconds(30);

    private static final int MOST_THREADS = 256;

    private final CommandEnvironment environment;

    @Mixin
    private LaboratoryOptions laboratory = new LaboratoryOptions();

    /** What machines are held against. */
    enum Judge {
        /** The invariants and the model of contents. */
        model,
        /** The host's kernel. */
        linux
    }

    /** When a machine is looked at. */
    enum Check {
        /** At the end of each program. */
        quiet,
        /** After each operation. */
        every
    }

    /** Where programs live. */
    enum Windows {
        /** 192 pages. */
        small,
        /** Three ranges that one PMD entry maps. */
        huge
    }

    @Option(
            names = "--against",
            paramLabel = "JUDGE",
            description = "What is right: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.",
            defaultValue = "model")
    private Judge judge = Judge.model;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Seed of the programs. Default: ${DEFAULT-VALUE}.",
            defaultValue = "1")
    private long seed = 1;

    @Option(
            names = "--from",
            paramLabel = "N",
            description = "Number of the first program. Default: ${DEFAULT-VALUE}.",
            defaultValue = "0")
    private long from;

    @Option(names = "--operations", paramLabel = "N", description = "End after so many operations.", defaultValue = "0")
    private long operations;

    @Option(names = "--programs", paramLabel = "N", description = "End after so many programs.", defaultValue = "0")
    private long programs;

    @Option(
            names = "--time",
            paramLabel = "TIME",
            description = "End after so long: 90s, 10m, 8h. Default, if nothing else bounds the run: 30s.")
    private @Nullable String time;

    @Option(
            names = "--check",
            paramLabel = "WHEN",
            description =
                    "When invariants and contents are checked: quiet (after each program) or every (after each operation)."
                            + " Default: ${DEFAULT-VALUE}.",
            defaultValue = "quiet")
    private Check check = Check.quiet;

    @Option(
            names = "--policies",
            paramLabel = "WHICH",
            description =
                    "all: programs go through combinations of all installed policies that do not call themselves faulty;"
                            + " with --vary, each by turns under one combination of its values.")
    private @Nullable String policies;

    @Option(
            names = "--vary",
            paramLabel = "KEY=A,B",
            description = "Programs go through these values by turns; with several, through every combination.")
    private List<String> vary = new ArrayList<>();

    @Option(
            names = "--window",
            paramLabel = "SIZE",
            description = "Where programs live: small (192 pages) or huge (three ranges that one PMD entry maps)."
                    + " Default: ${DEFAULT-VALUE}.",
            defaultValue = "small")
    private Windows window = Windows.small;

    @Option(
            names = "--fail-allocations",
            description =
                    "Programs have allocations fail now and then: of base pages, of folios, of the page tables of fork.")
    private boolean failAllocations;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description =
                    "Run programs on so many threads; what is found is the same on any number. Default: one for each"
                            + " processor; with --against linux there is one.")
    private @Nullable Integer threads;

    @Option(
            names = "--readback",
            paramLabel = "N",
            description = "With --against linux: compare states after every N operations. Default: ${DEFAULT-VALUE}.",
            defaultValue = "1")
    private int readback = 1;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where a failure is written. Default: fuzz-SEED-PROGRAM.scenario.")
    private @Nullable Path output;

    FuzzCommand(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws IOException {
        Fuzzer.Programs wanted = new Fuzzer.Programs(seed, from, bounds(), window == Windows.huge, failAllocations);
        if (readback < 1) {
            throw new UserError("--readback " + readback + ": a number from 1");
        }
        if (threads != null && (threads < 1 || threads > MOST_THREADS)) {
            throw new UserError("--threads " + threads + ": a number from 1 to " + MOST_THREADS);
        }
        if (output != null) {
            ReplacingFile.checkTarget(output);
        }
        Interrupt interrupt = new Interrupt();
        try (Laboratory open = laboratory.open()) {
            Fuzzer fuzzer = new Fuzzer(open, environment::progress, interrupt::isStopped);
            return judge == Judge.linux ? againstHost(fuzzer, wanted) : againstModel(fuzzer, wanted);
        } catch (UnmetException e) {
            throw new UserError(e.getMessage() == null ? "this host cannot do it" : e.getMessage(), e);
        } finally {
            interrupt.over();
        }
    }

    private Bounds bounds() {
        try {
            Duration end = time != null ? duration(time) : operations == 0 && programs == 0 ? DEFAULT_TIME : null;
            return new Bounds(operations, programs, end);
        } catch (IllegalArgumentException e) {
            throw new UserError("--operations, --programs, --time: " + e.getMessage(), e);
        }
    }

    private static Duration duration(String text) {
        try {
            return Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
        } catch (DateTimeParseException e) {
            throw new UserError("--time " + text + ": expected a time such as 90s, 10m or 1h30m", e);
        }
    }

    private int againstModel(Fuzzer fuzzer, Fuzzer.Programs wanted) throws IOException, UnmetException {
        List<SequencedMap<String, String>> sets = sets(fuzzer);
        int workers = threads != null ? threads : Runtime.getRuntime().availableProcessors();
        CheckLevel level = check == Check.every ? CheckLevel.EVERY : CheckLevel.QUIET;
        FuzzReport report = fuzzer.againstModel(wanted, sets, level, Math.min(workers, MOST_THREADS));
        environment.progressDone();
        return tell(report, sets.size() == 1 ? "" : ", " + sets.size() + " policy sets", "model");
    }

    private List<SequencedMap<String, String>> sets(Fuzzer fuzzer) {
        if (policies != null && !policies.equals("all")) {
            throw new UserError(
                    "--policies " + policies + ": the only word is all; --set and --vary choose single ones");
        }
        if (vary.isEmpty()) {
            return policies == null ? List.of(Fuzzer.asConfigured()) : fuzzer.allPolicySets();
        }
        try {
            List<SequencedMap<String, String>> varied = Variations.product(vary).stream()
                    .map(PolicySetSpec::overrides)
                    .toList();
            return policies == null ? varied : Fuzzer.together(fuzzer.allPolicySets(), varied);
        } catch (IllegalArgumentException e) {
            throw new UserError(String.valueOf(e.getMessage()), e);
        }
    }

    private int againstHost(Fuzzer fuzzer, Fuzzer.Programs wanted) throws IOException, UnmetException {
        if (policies != null || !vary.isEmpty()) {
            throw new UserError("--against linux compares mainline policies alone: no --policies, no --vary");
        }
        if (failAllocations) {
            throw new UserError(
                    "--fail-allocations: allocations fail on demand on the simulator only, not with --against linux");
        }
        if (threads != null && threads != 1) {
            throw new UserError("--threads " + threads
                    + ": --against linux has one thread, because the counters of the kernel are one for all");
        }
        Fuzzer.HostReport host = fuzzer.againstHost(wanted, Fuzzer.asConfigured(), readback);
        environment.progressDone();
        StringBuilder known = new StringBuilder();
        for (Map.Entry<String, Integer> difference : host.known().entrySet()) {
            known.append(String.format(
                    Locale.ROOT, "%nknown difference %s: %,d programs", difference.getKey(), difference.getValue()));
        }
        return tell(host.report(), known.toString(), "linux");
    }

    private int tell(FuzzReport report, String more, String against) throws IOException {
        FuzzReport.Failure failure = report.failure();
        environment
                .out()
                .println(String.format(
                        Locale.ROOT,
                        "%,d programs, %,d operations in %.1f s (%,.0f/s%s), seed %d%s",
                        report.programs(),
                        report.operations(),
                        report.time().toMillis() / 1e3,
                        report.rate(),
                        against.equals("model")
                                ? String.format(Locale.ROOT, "; %,.0f/s of processor time", report.processorRate())
                                : "",
                        report.seed(),
                        more));
        report.refused()
                .forEach((rule, count) ->
                        environment.out().println(String.format(Locale.ROOT, "refused under %s: %,d", rule, count)));
        if (failure == null) {
            environment.out().println("nothing found; to go on: --seed " + seed + " --from " + report.next());
            environment.out().flush();
            return Failures.OK;
        }
        Path file = output != null ? output : Path.of("fuzz-" + seed + "-" + failure.program() + ".scenario");
        String scenario = Reproducer.scenario(
                report.seed(),
                failure,
                against,
                (window == Windows.huge ? " --window huge" : "") + (failAllocations ? " --fail-allocations" : ""));
        environment.deliver(scenario, file);
        environment.out().print("\n" + Reproducer.summary(failure, against) + "\n" + scenario);
        environment.out().println("\nwritten to " + file);
        environment.out().flush();
        return failure.finding().isPolicyFailure() ? Failures.POLICY : Failures.CHECK_FAILED;
    }

    /** Ctrl-C ends the run between two programs, so that there is a summary; the JVM waits for it. */
    private static final class Interrupt {
        private static final int PATIENCE_SECONDS = 10;

        private final AtomicBoolean stopped = new AtomicBoolean();
        private final CountDownLatch done = new CountDownLatch(1);
        private final Thread hook = new Thread(this::stop, "polymm-fuzz-stop");

        Interrupt() {
            Runtime.getRuntime().addShutdownHook(hook);
        }

        private void stop() {
            stopped.set(true);
            try {
                done.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        boolean isStopped() {
            return stopped.get();
        }

        void over() {
            done.countDown();
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The JVM is ending: the hook has run.
            }
        }
    }
}
