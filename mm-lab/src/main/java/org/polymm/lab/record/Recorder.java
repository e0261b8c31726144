package org.polymm.lab.record;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.polymm.lab.importing.ImportOptions;
import org.polymm.lab.importing.ImportReport;
import org.polymm.lab.io.ReplacingFile;
import org.polymm.lab.io.TextInput;
import org.polymm.lab.perf.PerfScriptImporter;
import org.polymm.linux.HostLock;
import org.polymm.linux.HostSettings;
import org.polymm.linux.HostUnavailableException;

/**
 * Records a program with perf. The package description says how and why.
 *
 * <p>One instance records once. When the JVM is told to end meanwhile (SIGINT, SIGTERM), perf and the program are told to end too,
 * settings are given back, and nothing is left behind.
 */
public final class Recorder {
    private static final long PATIENCE_SECONDS = 10;
    private static final int PERF_FAILED = 255;

    /** perf's data of any program that ran have more bytes. */
    private static final long SMALLEST_DATA = 4096;

    private final RecordOptions options;
    private final Requirements host;
    private final Consumer<String> progress;

    /**
     * What came out of a recording.
     *
     * @param exitCode the program's; 128 and the signal's number if a signal ended it
     * @param report what was kept of the recording and what was not
     */
    public record Outcome(int exitCode, ImportReport report) {}

    private Recorder(RecordOptions options, Requirements host, Consumer<String> progress) {
        this.options = options;
        this.host = host;
        this.progress = progress;
    }

    /**
     * Records.
     *
     * @param options what and how
     * @param progress is told what is being done
     * @return what came out
     * @throws RecordException when the host lacks something (the message names all of it), or perf failed
     * @throws HostUnavailableException when the host's settings cannot be changed or given back
     * @throws IOException when the recording lost events, or a file cannot be written
     */
    public static Outcome record(RecordOptions options, Consumer<String> progress)
            throws IOException, HostUnavailableException {
        return new Recorder(options, Requirements.ofHost(), progress).record();
    }

    /** What keeps this host from recording; empty if nothing does. */
    public static List<String> missing() {
        return Requirements.ofHost().missing();
    }

    private Outcome record() throws IOException, HostUnavailableException {
        ReplacingFile.checkTarget(options.output());
        if (options.text() != null) {
            ReplacingFile.checkTarget(options.text());
        }
        mountTracefs();
        List<String> missing = host.missing();
        if (!missing.isEmpty()) {
            throw new RecordException("recording is not possible here. Missing:\n  " + String.join("\n  ", missing));
        }
        if (!host.isProgram(options.command().getFirst())) {
            throw new RecordException(options.command().getFirst() + ": no such program, or it may not be executed");
        }
        int cpu = cpu();
        // perf's data may be large: where the trace goes there is room, in a temporary directory there need not be.
        Path directory =
                Files.createTempDirectory(options.output().toAbsolutePath().getParent(), ".recording.");
        Thread cleanUp = new Thread(() -> delete(directory), "polymm-remove-recording");
        Runtime.getRuntime().addShutdownHook(cleanUp);
        try {
            Path data = directory.resolve("perf.data");
            int exitCode = run(cpu, data);
            progress.accept("importing");
            return new Outcome(exitCode, importData(cpu, data, directory.resolve("perf.err")));
        } finally {
            delete(directory);
            forget(cleanUp);
        }
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending: the hook does the same.
        }
    }

    private void mountTracefs() throws IOException {
        if (host.tracefsIsMissing()) {
            // perf would mount it, but which tracepoints there are has to be known before. A failure shows as what is
            // missing.
            waitFor(start(
                    List.of("mount", "-t", "tracefs", "none", "/sys/kernel/tracing"), ProcessBuilder.Redirect.DISCARD));
        }
    }

    private int cpu() throws RecordException {
        BitSet allowed = host.cpus();
        if (options.cpu() < 0) {
            return Math.max(0, allowed.length() - 1);
        }
        if (!allowed.get(options.cpu())) {
            throw new RecordException("CPU " + options.cpu() + " is not among those that may be used: " + allowed);
        }
        return options.cpu();
    }

    private int run(int cpu, Path data) throws IOException, HostUnavailableException {
        try (HostLock lock = HostLock.take(progress);
                HostSettings settings = HostSettings.open(lock)) {
            for (String setting : host.hugePageSettings()) {
                settings.set(setting, "never");
            }
            progress.accept("recording " + options.command().getFirst());
            Process perf = new ProcessBuilder(PerfCommands.record(options, cpu, host, data))
                    .inheritIO()
                    .start();
            Thread stop = new Thread(() -> stop(perf), "polymm-stop-recording");
            Runtime.getRuntime().addShutdownHook(stop);
            try {
                int exitCode = await(perf);
                if (!Files.exists(data) || exitCode == PERF_FAILED && Files.size(data) < SMALLEST_DATA) {
                    throw new RecordException("perf record failed (exit code " + exitCode + "); what it said is above");
                }
                return exitCode;
            } finally {
                stop(perf);
                forget(stop);
            }
        }
    }

    private int await(Process perf) throws IOException {
        try {
            if (options.limit() != null && !perf.waitFor(options.limit().toMillis(), TimeUnit.MILLISECONDS)) {
                perf.destroy(); // perf passes SIGTERM on to the program and completes its file
            }
            return perf.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RecordException("interrupted while recording");
        }
    }

    /** Nothing of ours goes on when we do not. */
    private static void stop(Process process) {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                children.forEach(ProcessHandle::destroyForcibly);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private ImportReport importData(int cpu, Path data, Path errors) throws IOException {
        Path kept = options.text();
        if (kept == null) {
            Process script = start(PerfCommands.script(data), ProcessBuilder.Redirect.to(errors.toFile()));
            try (TextInput in = TextInput.of("perf script", script.getInputStream())) {
                ImportReport report = PerfScriptImporter.run(in, options.output(), importOptions(cpu));
                check(script, errors);
                return report;
            } finally {
                script.destroy();
            }
        }
        try (ReplacingFile file = ReplacingFile.create(kept)) {
            Process script = start(PerfCommands.script(data), ProcessBuilder.Redirect.to(errors.toFile()));
            try (OutputStream out = file.stream()) {
                script.getInputStream().transferTo(out);
                check(script, errors);
            } finally {
                script.destroy();
            }
            file.commit();
        }
        try (TextInput in = TextInput.open(kept)) {
            return PerfScriptImporter.run(in, options.output(), importOptions(cpu));
        }
    }

    private static void check(Process script, Path errors) throws IOException {
        int exitCode = waitFor(script);
        if (exitCode != 0) {
            throw new RecordException("perf script failed (exit code " + exitCode + "): "
                    + Files.readString(errors).strip());
        }
    }

    private ImportOptions importOptions(int cpu) throws IOException {
        return new ImportOptions(
                options.program(),
                String.join(" ", options.command()),
                host.read("proc/sys/kernel/osrelease"),
                version(),
                "polymm record, " + options.date() + ": every page fault, on one CPU (taskset -c " + cpu
                        + "), without address randomisation (setarch -R), huge pages of all sizes never",
                options.allowLost());
    }

    private static String version() throws IOException {
        Process perf = start(List.of("perf", "--version"), ProcessBuilder.Redirect.DISCARD);
        try (TextInput in = TextInput.of("perf --version", perf.getInputStream())) {
            String line = in.readLine();
            return line == null ? "perf" : line.replace("perf version ", "perf ");
        } finally {
            waitFor(perf);
        }
    }

    private static Process start(List<String> line, ProcessBuilder.Redirect errors) throws IOException {
        Process process = new ProcessBuilder(line).redirectError(errors).start();
        process.getOutputStream().close();
        return process;
    }

    private static int waitFor(Process process) throws IOException {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RecordException(
                    "interrupted while waiting for " + process.info().command().orElse("a command"));
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // It was deleted already.
        }
    }
}
