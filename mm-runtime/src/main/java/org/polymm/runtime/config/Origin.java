package org.polymm.runtime.config;

/**
 * Where a value of the configuration was written.
 *
 * @param kind what sort of place
 * @param source the file's path, the variable's name, or words such as {@code --set}
 * @param line line in the file from 1; 0 if there are no lines
 * @param column column in the line from 1; 0 if unknown
 */
public record Origin(Kind kind, String source, int line, int column) {

    /** The default of a key, as the reference file shows it. */
    public static final Origin REFERENCE = new Origin(Kind.REFERENCE, "reference", 0, 0);

    /** What sort of place a value comes from, weakest first. */
    public enum Kind {
        /** The default that is declared with the key. */
        REFERENCE,
        /** The default that follows from the value of another key. */
        DERIVED,
        /** A file given with {@code --config}. */
        FILE,
        /** A variable of the environment. */
        ENVIRONMENT,
        /** {@code --set} on the command line. */
        COMMAND_LINE,
        /** What a command varies on its own account, such as {@code compare --vary}. */
        OVERRIDE
    }

    /**
     * A default that follows from another key.
     *
     * @param cause the other key and its value, such as {@code machine.page-table-entries=8}
     * @return the origin
     */
    public static Origin derived(String cause) {
        return new Origin(Kind.DERIVED, "reference, for " + cause, 0, 0);
    }

    /**
     * The default of a policy's option.
     *
     * @param policyId the policy
     * @return the origin
     */
    public static Origin policyDefault(String policyId) {
        return new Origin(Kind.DERIVED, "default of " + policyId, 0, 0);
    }

    /**
     * A place in a file.
     *
     * @param path the file as the user named it
     * @param line from 1; 0 for the file as a whole
     * @param column from 1; 0 if unknown
     * @return the origin
     */
    public static Origin file(String path, int line, int column) {
        return new Origin(Kind.FILE, path, line, column);
    }

    /**
     * A variable of the environment.
     *
     * @param variable its name
     * @return the origin
     */
    public static Origin environment(String variable) {
        return new Origin(Kind.ENVIRONMENT, variable, 0, 0);
    }

    /**
     * A {@code --set} option.
     *
     * @param argument the argument as typed
     * @return the origin
     */
    public static Origin commandLine(String argument) {
        return new Origin(Kind.COMMAND_LINE, "--set " + argument, 0, 0);
    }

    /**
     * A value that a command gives by itself.
     *
     * @param label what to call it in reports, such as {@code --vary}
     * @return the origin
     */
    public static Origin override(String label) {
        return new Origin(Kind.OVERRIDE, label, 0, 0);
    }

    /** {@return {@code FILE:LINE:COLUMN}, the variable, or the option} */
    @Override
    public String toString() {
        return source + (line > 0 ? ":" + line : "") + (column > 0 ? ":" + column : "");
    }
}
