package org.polymm.lab.cli;

import java.io.Console;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code polymm}: one Linux memory manager, interchangeable policies. */
@Command(
        name = "polymm",
        version = "polymm 0.1.0",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        description = {"One Linux memory manager, interchangeable policies: a laboratory.", ""},
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Example:",
            "  polymm compare                 the bundled redis recording under mainline and the proposals",
            "  polymm compare --help          what can be varied",
            "",
            "Exit codes: 0 fine; 1 a check failed; 2 usage, configuration or input error; 3 a policy failed."
        })
public final class Main implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show the stack of an error, for a bug report.")
    private boolean debug;

    private Main() {}

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        PrintWriter out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        boolean terminal =
                Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
        int code = run(new CommandEnvironment(System.in, out, err, terminal), arguments);
        out.flush();
        System.exit(code);
    }

    /**
     * Runs a command in this process.
     *
     * @param in standard input
     * @param out receives the result
     * @param err receives errors; no progress is shown
     * @param arguments the command line
     * @return the exit code
     */
    public static int run(InputStream in, PrintWriter out, PrintWriter err, String... arguments) {
        return run(new CommandEnvironment(in, out, err, false), arguments);
    }

    private static int run(CommandEnvironment environment, String... arguments) {
        Main main = new Main();
        CommandLine line = new CommandLine(main)
                .addSubcommand(new CompareCommand(environment))
                .addSubcommand(new RunCommand(environment))
                .addSubcommand(new ExploreCommand(environment))
                .addSubcommand(new FuzzCommand(environment))
                .addSubcommand(new RecordCommand(environment))
                .addSubcommand(new ImportCommand(environment))
                .addSubcommand(new TraceInfoCommand(environment))
                .addSubcommand(new CheckTraceCommand(environment))
                .addSubcommand(new PoliciesCommand(environment))
                .addSubcommand(new ConfigCommand(environment))
                .addSubcommand(new BenchCommand(environment))
                .addSubcommand(new EmitCommand(environment))
                .setOut(environment.out())
                .setErr(environment.err())
                .setUsageHelpWidth(120)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, args) -> usageError(e, environment))
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    environment.progressDone();
                    environment.err().println(command.getCommandSpec().qualifiedName() + ": " + Failures.message(e));
                    if (main.debug) {
                        e.printStackTrace(environment.err());
                    }
                    environment.err().flush();
                    return Failures.exitCode(e);
                });
        int code = line.execute(arguments);
        environment.out().flush();
        return code;
    }

    private static int usageError(ParameterException e, CommandEnvironment environment) {
        String name = e.getCommandLine().getCommandSpec().qualifiedName();
        environment.err().println(name + ": " + e.getMessage());
        if (e instanceof CommandLine.UnmatchedArgumentException unmatched) {
            CommandLine.UnmatchedArgumentException.printSuggestions(unmatched, environment.err());
        }
        environment.err().println("Try '" + name + " --help'.");
        environment.err().flush();
        return Failures.INPUT;
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
