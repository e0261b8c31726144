package org.polymm.lab.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What compare refuses before it replays anything. */
class CompareArgumentsTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--sets=mainlin                               | did you mean mainline",
                "--sets=nothing-like-it                       | there are mainline, base-pages, mthp-64kB, variable-order",
                "--vary=thp.enabled                           | expected KEY=A,B",
                "--add=thp.enabled=never                      | expected NAME:KEY=VALUE",
                "--add=mainline:thp.enabled=never             | two columns are called \"mainline\"",
                "--format=xml                                 | but was 'xml'",
                "no-such-trace.mmt                            | no-such-trace.mmt: no such file",
                "--output=no-such-directory/out.csv           | no-such-directory does not exist"
            })
    void a_wrong_argument_is_named_with_what_would_be_right(String argument, String message) {
        Invocation run = Invocation.of("compare", argument);
        assertEquals(2, run.code(), run.err());
        assertEquals("", run.out());
        assertTrue(run.err().startsWith("polymm compare: "), run.err());
        assertTrue(run.err().contains(message), run.err());
        assertTrue(!run.err().contains("\tat "), run.err());
    }

    @Test
    void vary_and_sets_cannot_be_combined() {
        Invocation run = Invocation.of("compare", "--vary=thp.enabled=always,never", "--sets=mainline");
        assertEquals(2, run.code());
        assertTrue(run.err().contains("cannot be combined"), run.err());
    }

    @Test
    void a_damaged_trace_touches_no_output_and_leaves_nothing_behind() throws IOException {
        Path trace = directory.resolve("damaged.mmt");
        Files.writeString(trace, "not a trace at all, whatever its name says");
        Path output = directory.resolve("out.csv");
        Files.writeString(output, "older");
        Invocation run = Invocation.of("compare", trace.toString(), "-o", output.toString());
        assertEquals(2, run.code());
        assertTrue(run.err().contains("damaged.mmt: at byte 0"), run.err());
        assertEquals("older", Files.readString(output));
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(List.of(trace, output), files.sorted().toList());
        }
    }
}
