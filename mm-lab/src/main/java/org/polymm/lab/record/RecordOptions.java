package org.polymm.lab.record;

import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to record, and how.
 *
 * @param command the program and its arguments, at least one
 * @param output the trace to make
 * @param text where perf's text goes; null if it is not kept
 * @param program short name of the program in the trace; empty for the name of the last program executed
 * @param cpu the CPU to run on; -1 for the last one that is allowed
 * @param bufferMib perf's buffer, MiB a CPU
 * @param limit the program is told to end (SIGTERM) after so long; null if it ends by itself
 * @param allowLost accept a recording that lost events
 * @param date of the recording, for the trace's header
 */
public record RecordOptions(
        List<String> command,
        Path output,
        @Nullable Path text,
        String program,
        int cpu,
        int bufferMib,
        @Nullable Duration limit,
        boolean allowLost,
        LocalDate date) {

    /** Copies the command. */
    public RecordOptions {
        command = List.copyOf(command);
        if (command.isEmpty()) {
            throw new IllegalArgumentException("a program is needed");
        }
    }
}
