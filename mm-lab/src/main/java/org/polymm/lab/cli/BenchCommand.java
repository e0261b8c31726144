package org.polymm.lab.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.machine.Machine;
import org.polymm.lab.io.ReplacingFile;
import org.polymm.lab.speed.Calibration;
import org.polymm.lab.speed.EngineSpeed;
import org.polymm.lab.speed.KernelSpeed;
import org.polymm.lab.speed.SpeedReport;
import org.polymm.lab.speed.TimedOperation;
import org.polymm.lab.speed.Timing;
import org.polymm.linux.HostAvailability;
import org.polymm.linux.HostBenchmark;
import org.polymm.linux.HostLock;
import org.polymm.linux.HostUnavailableException;
import org.polymm.runtime.Laboratory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code polymm bench}: how fast the simulator is. */
@Command(
        name = "bench",
        description = {
            "Times the simulator, operation by operation, in thread CPU time.",
            "",
            "With --against linux the host's own kernel does the same work, and the last column says how many times as long it takes."
                    + " With --costs it measures the unit costs of estimated kernel time on the host, for compare --config."
                    + " Says how long experiments take, and nothing about policies: what one costs a kernel is estimated by compare.",
            ""
        },
        footer = {
            "",
            "Example:",
            "  polymm bench",
            "  polymm bench --against linux",
            "  polymm bench --costs here.properties",
            "  polymm bench --set policy.cow-sizing.copy.use=copy/wide"
        })
final class BenchCommand implements Callable<Integer> {
    private final CommandEnvironment environment;

    @Mixin
    private LaboratoryOptions laboratory = new LaboratoryOptions();

    /** Whom the simulator is timed against. */
    enum Rival {
        /** The host's kernel. */
        linux
    }

    @Option(
            names = "--against",
            paramLabel = "WHOM",
            description = "One of ${COMPLETION-CANDIDATES}: time the host's kernel too.")
    private @Nullable Rival against;

    @Option(
            names = "--pages",
            paramLabel = "N",
            description = "Base pages a round works on, a multiple of 512. Default: ${DEFAULT-VALUE}.")
    private int pages = 32_768;

    @Option(names = "--rounds", paramLabel = "N", description = "Rounds that count. Default: ${DEFAULT-VALUE}.")
    private int rounds = 15;

    @Option(
            names = "--warm-ups",
            paramLabel = "N",
            description = "Rounds before them, so that the code is compiled. Default: ${DEFAULT-VALUE}.")
    private int warmUps = 25;

    @Option(
            names = "--costs",
            paramLabel = "FILE",
            description =
                    "Time the host's kernel alone, and write the unit costs (cost.*) that follow as a configuration file.")
    private @Nullable Path costs;

    @Option(names = "--format", paramLabel = "FORMAT", description = "One of ${COMPLETION-CANDIDATES}.")
    private OutputFormat format = OutputFormat.table;

    BenchCommand(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws IOException {
        if (rounds < 1 || warmUps < 0) {
            throw new UserError("--rounds is at least 1 and --warm-ups at least 0, not " + rounds + " and " + warmUps);
        }
        if (pages < 512 || pages % 512 != 0 || pages > 1 << 20) {
            throw new UserError("--pages is a multiple of 512 up to " + (1 << 20) + ", not " + pages);
        }
        if (costs != null) {
            return measureCosts(costs);
        }
        SpeedReport report = against == null ? new SpeedReport(null, rows(null)) : againstLinux();
        environment.deliver(
                switch (format) {
                    case table -> report.table();
                    case json -> report.json();
                    case csv -> report.csv();
                },
                null);
        return Failures.OK;
    }

    @SuppressWarnings("try") // the lock is held, and that is all it is for
    private int measureCosts(Path file) throws IOException {
        if (!file.toString().endsWith(".properties")) {
            throw new UserError("--costs " + file + ": a name that ends in .properties, for compare --config");
        }
        ReplacingFile.checkTarget(file);
        try (HostLock lock = HostLock.take(environment.err()::println)) {
            environment.progress("bench: linux");
            Calibration calibration = new Calibration(HostBenchmark.run(-1, mebibytes(), rounds));
            environment.progressDone();
            String host = "Linux " + HostAvailability.probe().release();
            environment.deliver(
                    calibration.properties(
                            host,
                            "polymm bench --costs " + file.getFileName() + " --pages " + pages + " --rounds " + rounds),
                    file);
            environment.deliver(calibration.table() + "written to " + file + "\n", null);
            return Failures.OK;
        } catch (HostUnavailableException e) {
            throw new UserError("the host's kernel cannot be timed: " + e.getMessage(), e);
        }
    }

    private int mebibytes() {
        return Math.max(2, (int) (pages * 4096L >> 20));
    }

    @SuppressWarnings("try") // the lock is held, and that is all it is for
    private SpeedReport againstLinux() throws IOException {
        try (HostLock lock = HostLock.take(environment.err()::println)) {
            environment.progress("bench: linux");
            HostBenchmark measured = HostBenchmark.run(-1, mebibytes(), rounds);
            return new SpeedReport(
                    "linux " + HostAvailability.probe().release(), rows(new KernelSpeed(measured, rounds)));
        } catch (HostUnavailableException e) {
            throw new UserError("the host's kernel cannot be timed: " + e.getMessage(), e);
        }
    }

    private List<SpeedReport.Row> rows(@Nullable KernelSpeed kernel) throws IOException {
        List<SpeedReport.Row> rows = new ArrayList<>();
        try (Laboratory open = laboratory.open()) {
            for (TimedOperation operation : TimedOperation.values()) {
                environment.progress("bench: " + operation.words());
                Machine machine = open.compose(settings(), "bench").blueprint().create();
                EngineSpeed speed = new EngineSpeed(machine, pages);
                Timing engine = speed.time(operation, warmUps, rounds);
                rows.add(new SpeedReport.Row(
                        operation,
                        engine,
                        kernel == null ? null : kernel.timing(operation),
                        kernel == null ? "" : kernel.reason(operation)));
            }
        }
        environment.progressDone();
        return rows;
    }

    private Map<String, String> settings() {
        return Map.of(
                "machine.memory", Math.max(64, 4L * pages * 4096 >> 20) + "MiB",
                "check.level", "off",
                "machine.contents", "false");
    }
}
