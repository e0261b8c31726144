package org.polymm.lab.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.polymm.lab.emit.NotEmittableException;
import org.polymm.lab.scenario.Scenario;
import org.polymm.lab.scenario.ScenarioFiles;
import org.polymm.lab.scenario.ScenarioInC;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code polymm emit}: a scenario as a C program. */
@Command(
        name = "emit",
        description = {
            "Writes a scenario as a stand-alone C program in the manner of a kernel selftest.",
            "",
            "The program needs a C compiler, root and nothing else; it prints TAP, skips what the machine lacks, and restores the settings it"
                    + " changes. It can be sent to a mailing list and run by anybody on any kernel.",
            ""
        },
        footer = {
            "",
            "Example:",
            "  polymm emit fork-copies-one-page -o test.c && cc -O2 -Wall -Wextra -o test test.c && sudo ./test"
        })
final class EmitCommand implements Callable<Integer> {
    private final CommandEnvironment environment;

    @Parameters(paramLabel = "SCENARIO", description = "A file (.mms), or the name of a bundled scenario.")
    private String argument = "";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Write to a file, which appears when it is complete. Default: standard output.")
    private @Nullable Path output;

    EmitCommand(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws IOException {
        List<Path> files =
                new ScenarioFiles(Path.of(System.getProperty("polymm.home", "")).resolve("scenarios")).find(argument);
        if (files.size() != 1) {
            throw new UserError(argument + ": " + files.size() + " scenarios; a C program is made of one");
        }
        Scenario scenario = ScenarioFiles.read(files.getFirst());
        try {
            environment.deliver(ScenarioInC.write(scenario), output);
        } catch (NotEmittableException e) {
            throw new UserError(scenario.file() + ": cannot be said in C: " + e.getMessage(), e);
        }
        return Failures.OK;
    }
}
