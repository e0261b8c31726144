package org.polymm.lab.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.polymm.lab.io.ReplacingFile;

/**
 * What a command has around it: its streams and whether a person watches. Commands get one, so that tests need no global
 * state.
 *
 * @param in standard input
 * @param out results
 * @param err progress and errors
 * @param terminal whether progress is welcome
 */
record CommandEnvironment(InputStream in, PrintWriter out, PrintWriter err, boolean terminal) {

    /** Prints a result, or writes it to a file that appears when it is complete. */
    void deliver(String text, @Nullable Path file) throws IOException {
        if (file == null) {
            out.print(text);
            out.flush();
            return;
        }
        try (ReplacingFile output = ReplacingFile.create(file)) {
            output.stream().write(text.getBytes(StandardCharsets.UTF_8));
            output.commit();
        }
    }

    /** Shows what is being done, replacing what was shown before; nothing unless a person watches. */
    void progress(String text) {
        if (terminal) {
            err.print("\r\u001B[K" + text);
            err.flush();
        }
    }

    /** Removes the progress line. */
    void progressDone() {
        progress("");
    }
}
