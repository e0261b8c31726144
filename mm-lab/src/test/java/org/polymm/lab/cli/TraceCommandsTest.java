package org.polymm.lab.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.polymm.lab.RecordedPrograms;

class TraceCommandsTest {
    @TempDir
    Path directory;

    @Test
    void import_makes_a_trace_and_says_what_it_kept_and_left_out() {
        Path trace = directory.resolve("redis.mmt");
        Invocation run = Invocation.of(
                "import",
                "--program",
                "redis",
                "-o",
                trace.toString(),
                RecordedPrograms.perfText("redis").toString());
        assertEquals("", run.err());
        assertEquals(0, run.code());
        assertTrue(run.out().startsWith("12382 lines read, 11825 events kept\n"), run.out());
        assertTrue(run.out().contains("FAULT               11414"), run.out());
        assertTrue(run.out().contains("execve that failed (first: line 116)"), run.out());
        assertTrue(Files.exists(trace));
        Invocation info = Invocation.of("trace-info", trace.toString());
        assertTrue(info.out().lines().anyMatch(line -> line.matches("program +redis")), info.out());
    }

    @Test
    void import_tells_strace_and_lackey_by_their_contents() {
        Path trace = directory.resolve("any.mmt");
        Invocation strace = Invocation.of(
                "import",
                "-o",
                trace.toString(),
                RecordedPrograms.straceText("redis").toString());
        assertEquals(0, strace.code(), strace.err());
        assertTrue(strace.out().startsWith("380 lines read, 418 events kept\n"), strace.out());
        Invocation info = Invocation.of("trace-info", trace.toString());
        assertTrue(info.out().contains("redis-server"), info.out());
        assertTrue(info.out().lines().anyMatch(line -> line.matches("granularity +syscalls")), info.out());
        Invocation lackey = Invocation.of(
                "import", "-o", trace.toString(), RecordedPrograms.lackeyText().toString());
        assertEquals(0, lackey.code(), lackey.err());
        assertTrue(lackey.out().startsWith("4682672 lines read, "), lackey.out());
    }

    @Test
    void import_takes_no_page_of_an_strace_text_as_touched_if_that_is_asked_for() {
        Path trace = directory.resolve("layout.mmt");
        Invocation run = Invocation.of(
                "import",
                "--touch",
                "never",
                "-o",
                trace.toString(),
                RecordedPrograms.straceText("sqlite").toString());
        assertEquals(0, run.code(), run.err());
        assertFalse(run.out().contains("ACCESSED"), run.out());
        assertTrue(Invocation.of("trace-info", trace.toString()).out().contains("none is assumed"));
    }

    @Test
    void a_text_that_no_known_tool_wrote_is_refused_unless_the_tool_is_said() throws IOException {
        Path text = directory.resolve("letter.txt");
        Files.writeString(text, "Dear reader,\n");
        String trace = directory.resolve("letter.mmt").toString();
        Invocation run = Invocation.of("import", "-o", trace, text.toString());
        assertEquals(2, run.code());
        assertTrue(run.err().contains("neither perf, strace nor lackey wrote this"), run.err());
        Invocation said = Invocation.of("import", "--from", "strace", "-o", trace, text.toString());
        assertEquals(2, said.code());
        assertTrue(said.err().contains("letter.txt:1: cannot be read: expected"), said.err());
        assertFalse(Files.exists(Path.of(trace)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "3", "2048"})
    void record_refuses_a_buffer_that_perf_would_refuse(String buffer) {
        Invocation run = Invocation.of(
                "record", "--buffer", buffer, "-o", directory.resolve("x.mmt").toString(), "--", "true");
        assertEquals(2, run.code());
        assertTrue(run.err().contains("expected a power of two from 1 to 1024"), run.err());
    }

    @Test
    void record_needs_a_program_and_a_directory_that_exists() {
        assertEquals(
                2,
                Invocation.of("record", "-o", directory.resolve("x.mmt").toString())
                        .code());
        Invocation run =
                Invocation.of("record", "-o", directory.resolve("none/x.mmt").toString(), "--", "true");
        assertEquals(2, run.code());
        assertTrue(run.err().contains("none does not exist"), run.err());
    }

    @Test
    void import_reads_standard_input() throws IOException {
        Path trace = directory.resolve("stdin.mmt");
        byte[] text = Files.readAllBytes(RecordedPrograms.perfText("sqlite"));
        Invocation run = Invocation.withInput(text, "import", "-o", trace.toString(), "--format", "json", "-");
        assertEquals(0, run.code(), run.err());
        assertTrue(run.out().contains("\"lines\": 2243"), run.out());
        assertTrue(run.out().contains("\"FAULT\": 1834"), run.out());
    }

    @Test
    void a_line_that_cannot_be_imported_is_named_and_leaves_no_file() throws IOException {
        Path text = directory.resolve("bad.txt");
        Files.writeString(text, "a 7 [001] 1.0: PERF_RECORD_COMM: a:7/7\nthis is not a line of perf\n");
        Invocation run =
                Invocation.of("import", "-o", directory.resolve("bad.mmt").toString(), text.toString());
        assertEquals(2, run.code());
        assertEquals("", run.out());
        assertTrue(run.err().startsWith("polymm import: " + text + ":2: cannot be read: expected"), run.err());
        assertFalse(run.err().contains("\tat "), run.err());
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(List.of(text), files.toList());
        }
    }

    @Test
    void debug_adds_the_stack() {
        Invocation run = Invocation.of("trace-info", "--debug", "no-such-file.mmt");
        assertEquals(2, run.code());
        assertTrue(run.err().contains("no-such-file.mmt: no such file"), run.err());
        assertTrue(run.err().contains("\tat org.polymm.lab.cli"), run.err());
    }

    @Test
    void an_output_in_a_directory_that_does_not_exist_is_an_error_of_the_user() {
        Invocation run = Invocation.of(
                "import",
                "-o",
                directory.resolve("none/x.mmt").toString(),
                RecordedPrograms.perfText("sqlite").toString());
        assertEquals(2, run.code());
        assertTrue(run.err().contains("none does not exist"), run.err());
    }

    @Test
    void a_damaged_trace_is_named_with_the_offset() throws IOException {
        byte[] bytes = Files.readAllBytes(RecordedPrograms.trace("sqlite"));
        Path cut = directory.resolve("cut.mmt");
        Files.write(cut, Arrays.copyOf(bytes, 5000));
        Invocation run = Invocation.of("trace-info", cut.toString());
        assertEquals(2, run.code());
        assertEquals("", run.out());
        assertEquals(
                "polymm trace-info: " + cut + ": at byte 5000: truncated: the file ends inside block 0",
                run.err().strip());
    }

    @Test
    void trace_info_lists_events_with_names_and_files() {
        Invocation run = Invocation.of("trace-info", "--events", "--limit", "20", "redis");
        assertEquals(0, run.code());
        assertEquals(20, run.out().lines().count());
        assertTrue(run.out().contains("EXEC NAME=1 (setarch)"), run.out());
        assertTrue(run.out().contains("(/usr/bin/setarch)"), run.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"table", "json", "csv"})
    void trace_info_knows_every_format(String format) {
        Invocation run = Invocation.of("trace-info", "--format", format, "gcc");
        assertEquals(0, run.code(), run.err());
        assertTrue(run.out().contains("gcc -O2 -c prog.c"), run.out());
        assertTrue(run.out().contains("13001"), run.out());
        assertTrue(run.out().contains("perf-exec -> setarch -> taskset -> gcc"), run.out());
        assertEquals(run, Invocation.of("trace-info", "--format", format, "gcc"), "the same bytes every time");
    }

    @ParameterizedTest
    @ValueSource(strings = {"record", "import", "trace-info", "check-trace", "compare", "policies", "config"})
    void every_command_has_help_with_an_example(String command) {
        Invocation run = Invocation.of(command, "--help");
        assertEquals(0, run.code());
        assertTrue(run.out().contains("Usage: polymm " + command), run.out());
        assertTrue(run.out().contains("Example:\n  polymm " + command), run.out());
    }

    @Test
    void an_unknown_command_or_option_suggests_the_nearest_and_exits_with_2() {
        Invocation command = Invocation.of("trace-inf");
        assertEquals(2, command.code());
        assertTrue(command.err().contains("Did you mean: polymm trace-info"), command.err());
        Invocation option = Invocation.of("trace-info", "--evens", "redis");
        assertEquals(2, option.code());
        assertTrue(option.err().contains("--evens"), option.err());
        Invocation nothing = Invocation.of();
        assertEquals(2, nothing.code());
        assertTrue(nothing.err().contains("a command is missing"), nothing.err());
    }

    @Test
    void an_unknown_recording_names_those_there_are() {
        Invocation run = Invocation.of("trace-info", "reddis");
        assertEquals(2, run.code());
        assertTrue(run.err().contains("gcc, jvm, python, redis, sqlite"), run.err());
    }
}
