package org.polymm.lab.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.polymm.lab.trace.BundledTraces;
import org.polymm.lab.trace.TraceFile;
import org.polymm.lab.workload.MadeUpWorkloads;
import org.polymm.lab.workload.SharedFileMetrics;

/** A trace on the command line: a file, or the name of a bundled recording. */
final class TraceArgument {
    static final String DESCRIPTION = "A trace file (.mmt), a bundled recording (gcc, jvm, python, redis, sqlite),"
            + " or a made-up workload (locked-heap).";

    private TraceArgument() {}

    static TraceFile open(String argument) throws IOException {
        Path path = Path.of(argument);
        if (Files.exists(path)) {
            return TraceFile.open(path);
        }
        if (MadeUpWorkloads.names().contains(argument)) {
            return MadeUpWorkloads.open(argument);
        }
        if (BundledTraces.names().contains(argument)) {
            return BundledTraces.open(argument);
        }
        if (argument.equals(SharedFileMetrics.NAME)) {
            throw new UserError(argument + " is no trace: its processes run at the same time. polymm compare runs it");
        }
        throw new NoSuchFileException(argument + ": no such file, and no bundled recording of that name; those are "
                + String.join(", ", BundledTraces.names()) + "; made up is "
                + String.join(", ", MadeUpWorkloads.names()));
    }
}
