package org.polymm.it;

import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.polymm.lab.cli.Main;

/** Runs the command line in this process, with the real plugins, and keeps what it says. */
final class CommandRun {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final int exitCode;

    private CommandRun(List<String> arguments) {
        exitCode = Main.run(
                InputStream.nullInputStream(),
                new PrintWriter(out),
                new PrintWriter(err),
                arguments.toArray(String[]::new));
    }

    /** Runs a command whose plugins are the bundled ones. */
    static CommandRun run(String command, String... arguments) {
        List<String> all = new ArrayList<>(List.of(command));
        all.addAll(List.of(arguments));
        all.add("--set=plugins.directory=" + Plugins.folder());
        return new CommandRun(all);
    }

    /** Runs a command that needs no plugins. */
    static CommandRun plain(String command, String... arguments) {
        List<String> all = new ArrayList<>(List.of(command));
        all.addAll(List.of(arguments));
        return new CommandRun(all);
    }

    int exitCode() {
        return exitCode;
    }

    String out() {
        return out.toString();
    }

    String err() {
        return err.toString();
    }

    /** Everything that was said, for the message of a failed assertion. */
    @Override
    public String toString() {
        return "exit code " + exitCode + "\n" + out + "\n" + err;
    }
}
