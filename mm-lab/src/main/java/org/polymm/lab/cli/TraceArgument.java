package org.polymm.lab.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.polymm.lab.trace.BundledTraces;
import org.polymm.lab.trace.TraceFile;

/** A trace on the command line: a file, or the name of a bundled recording. */
final class TraceArgument {
    static final String DESCRIPTION = "A trace file (.mmt), or a bundled recording: gcc, jvm, python, redis, sqlite.";

    private TraceArgument() {}

    static TraceFile open(String argument) throws IOException {
        Path path = Path.of(argument);
        if (Files.exists(path) || !BundledTraces.names().contains(argument)) {
            if (!Files.exists(path)) {
                throw new NoSuchFileException(
                        argument + ": no such file, and no bundled recording of that name; those are "
                                + String.join(", ", BundledTraces.names()));
            }
            return TraceFile.open(path);
        }
        return BundledTraces.open(argument);
    }
}
