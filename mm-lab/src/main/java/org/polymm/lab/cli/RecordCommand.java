package org.polymm.lab.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.polymm.lab.record.RecordOptions;
import org.polymm.lab.record.Recorder;
import org.polymm.linux.HostUnavailableException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code polymm record}: makes a trace of a real program. */
@Command(
        name = "record",
        description = {
            "Records a real program with perf: every page fault, system calls about memory, processes and threads.",
            "",
            "The program runs on one CPU and without address randomisation, and keeps its standard input, output and error.",
            "While it runs, huge pages of all sizes are switched off on this machine; afterwards, and when the recording is",
            "broken off, the settings are what they were. Needs perf, and usually root; what is missing is said.",
            "What was kept and left out goes to standard error. The exit code is 0 whatever the program's was.",
            ""
        },
        footer = {
            "",
            "Example:",
            "  polymm record -o sort.mmt -- sort -o /dev/null /usr/share/dict/words",
            "  polymm record -o redis.mmt --for 30 -- redis-server --port 0 --unixsocket /tmp/s",
            "  polymm compare sort.mmt"
        })
final class RecordCommand implements Callable<Integer> {
    private static final int MAX_BUFFER_MIB = 1024;
    private static final int LAST_SIGNAL = 64;

    private final CommandEnvironment environment;

    @Parameters(arity = "1..*", paramLabel = "COMMAND", description = "The program and its arguments, behind --.")
    private List<String> command = new ArrayList<>();

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            description = "The trace to make (.mmt). It appears when it is complete.")
    private Path output = Path.of("");

    @Option(names = "--keep-text", paramLabel = "FILE", description = "Keep the text of perf, too.")
    private @Nullable Path text;

    @Option(
            names = "--program",
            paramLabel = "NAME",
            description = "Short name of the program. Default: the last one executed.")
    private String program = "";

    @Option(
            names = "--for",
            paramLabel = "SECONDS",
            description = "End the program (SIGTERM) after so long. Default: it ends by itself.")
    private double seconds;

    @Option(names = "--cpu", paramLabel = "N", description = "The CPU to run on. Default: the last one allowed.")
    private int cpu = -1;

    @Option(
            names = "--buffer",
            paramLabel = "MIB",
            description = "Buffer of perf, MiB a CPU, a power of two. Default: 8. More if events are lost.")
    private int buffer = 8;

    @Option(
            names = "--allow-lost",
            description = "Keep a recording in which the kernel lost events; its replay is not exact.")
    private boolean allowLost;

    RecordCommand(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws IOException, HostUnavailableException {
        if (buffer < 1 || buffer > MAX_BUFFER_MIB || Integer.bitCount(buffer) != 1) {
            throw new UserError(
                    "--buffer " + buffer + ": expected a power of two from 1 to " + MAX_BUFFER_MIB + " (MiB)");
        }
        if (!(seconds >= 0) || seconds > Integer.MAX_VALUE) {
            throw new UserError("--for " + seconds + ": expected a number of seconds, such as 30");
        }
        RecordOptions options = new RecordOptions(
                command,
                output,
                text,
                program,
                cpu,
                buffer,
                seconds == 0 ? null : Duration.ofMillis(Math.round(seconds * 1000)),
                allowLost,
                LocalDate.now(ZoneId.systemDefault()));
        Recorder.Outcome outcome;
        try {
            outcome = Recorder.record(options, environment::progress);
        } finally {
            environment.progressDone();
        }
        // Standard output belongs to the program.
        environment.err().print(outcome.report().text());
        environment.err().println(output + ": " + Files.size(output) + " bytes");
        environment.err().println(ending(outcome.exitCode()));
        environment.err().flush();
        return Failures.OK;
    }

    private static String ending(int exitCode) {
        return exitCode > 128 && exitCode <= 128 + LAST_SIGNAL
                ? "the program was ended by signal " + (exitCode - 128)
                : "the program exited with " + exitCode;
    }
}
