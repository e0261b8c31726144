package org.polymm.lab.strace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.polymm.lab.RecordedPrograms;
import org.polymm.lab.importing.ImportException;
import org.polymm.lab.importing.ImportOptions;
import org.polymm.lab.importing.ImportReport;
import org.polymm.lab.io.TextInput;
import org.polymm.lab.trace.Granularity;
import org.polymm.lab.trace.TraceCursor;
import org.polymm.lab.trace.TraceEventKind;
import org.polymm.lab.trace.TraceField;
import org.polymm.lab.trace.TraceFile;

class StraceImporterTest {
    private static final String BEGIN = "7 1.000000 brk(NULL) = 0x10000\n";

    @TempDir
    Path directory;

    private ImportReport report = new ImportReport();

    @Test
    void a_call_becomes_one_event_with_its_words_as_numbers() throws IOException {
        List<String> events = importText(
                BEGIN + "7 1.000100 madvise(0x7000, 8192, MADV_DONTNEED) = -1 ENOMEM (Cannot allocate memory)\n"
                        + "7 1.000200 mremap(0x7000, 4096, 8192, MREMAP_MAYMOVE|MREMAP_FIXED, 0x9000) = -1 EINVAL (Invalid argument)\n"
                        + "7 1.000300 mlockall(MCL_CURRENT|MCL_FUTURE) = 0\n",
                TouchRule.NEVER);
        assertEquals(
                List.of(
                        "1000000000 7/7 PROCESS NAME=0",
                        "1000000000 7/7 BRK ADDRESS=0x0 RESULT_ADDRESS=0x10000",
                        "1000100000 7/7 MADVISE ADDRESS=0x7000 LENGTH=0x2000 ADVICE=4 RESULT=-12",
                        "1000200000 7/7 MREMAP ADDRESS=0x7000 LENGTH=0x1000 NEW_LENGTH=8192 FLAGS=0x3 NEW_ADDRESS=0x9000 RESULT_ADDRESS=-22",
                        "1000300000 7/7 MLOCKALL FLAGS=0x3 RESULT=0"),
                events);
    }

    @Test
    void an_unfinished_call_takes_effect_where_it_is_resumed() throws IOException {
        List<String> events = importText(
                BEGIN + "7 1.1 munmap(0x7000, 4096 <unfinished ...>\n" + "7 1.2 <... munmap resumed>)           = 0\n",
                TouchRule.NEVER);
        assertEquals("1200000000 7/7 MUNMAP ADDRESS=0x7000 LENGTH=0x1000 RESULT=0", events.getLast());
    }

    @Test
    void interleaved_threads_keep_their_own_calls_apart() throws IOException {
        List<String> events = importText(
                BEGIN
                        + "7 1.1 clone3({flags=CLONE_VM|CLONE_THREAD, stack=0x1} => {parent_tid=[8]}, 88) = 8\n"
                        + "7 1.2 munmap(0x7000, 4096 <unfinished ...>\n"
                        + "8 1.3 munlockall( <unfinished ...>\n"
                        + "7 1.4 <... munmap resumed>) = 0\n"
                        + "8 1.5 <... munlockall resumed>) = 0\n",
                TouchRule.NEVER);
        assertEquals(
                List.of(
                        "1100000000 7/7 THREAD CHILD=8",
                        "1400000000 7/7 MUNMAP ADDRESS=0x7000 LENGTH=0x1000 RESULT=0",
                        "1500000000 7/8 MUNLOCKALL RESULT=0"),
                events.subList(2, events.size()));
    }

    @Test
    void a_child_that_is_seen_before_its_parents_call_returns_takes_effect_there() throws IOException {
        List<String> events = importText(
                BEGIN
                        + "7 1.1 vfork( <unfinished ...>\n"
                        + "9 1.2 execve(\"/bin/b c\", [\"b\", \"a, \\\"x)\"], 0x1 /* 2 vars */ <unfinished ...>\n"
                        + "7 1.3 <... vfork resumed>) = 9\n"
                        + "9 1.4 <... execve resumed>) = 0\n"
                        + "9 1.5 exit_group(3) = ?\n"
                        + "9 1.6 +++ exited with 3 +++\n"
                        + "7 1.7 --- SIGCHLD {si_signo=SIGCHLD} ---\n",
                TouchRule.NEVER);
        assertEquals(
                List.of(
                        "1200000000 7/7 FORK CHILD=9 FLAGS=0x4100",
                        "1400000000 9/9 EXEC NAME=1",
                        "1400000000 9/9 EXEC_DONE NAME=2",
                        "1500000000 9/9 EXIT_GROUP STATUS=3",
                        "1600000000 9/9 PROCESS_EXIT"),
                events.subList(2, events.size()));
        assertEquals(1, report.skipped("signal or remark"));
    }

    @Test
    void the_process_lives_as_long_as_its_last_thread() throws IOException {
        List<String> events = importText(
                BEGIN
                        + "7 1.1 clone(child_stack=0x1, flags=CLONE_VM|CLONE_SIGHAND|CLONE_THREAD) = 8\n"
                        + "7 1.2 +++ exited with 0 +++\n"
                        + "8 1.3 munlockall() = 0\n"
                        + "8 1.4 +++ killed by SIGKILL +++\n",
                TouchRule.NEVER);
        assertEquals(
                List.of(
                        "1200000000 7/7 THREAD_EXIT",
                        "1300000000 7/8 MUNLOCKALL RESULT=0",
                        "1400000000 7/8 PROCESS_EXIT"),
                events.subList(3, events.size()));
    }

    @Test
    void a_thread_that_calls_execve_takes_over_the_processs_number() throws IOException {
        List<String> events = importText(
                BEGIN
                        + "7 1.1 clone(child_stack=0x1, flags=CLONE_VM|CLONE_SIGHAND|CLONE_THREAD) = 8\n"
                        + "8 1.2 execve(\"/bin/b\", [\"b\"], 0x1 <unfinished ...>\n"
                        + "7 1.3 +++ superseded by execve in pid 8 +++\n"
                        + "7 1.4 <... execve resumed>) = 0\n"
                        + "7 1.5 +++ exited with 0 +++\n",
                TouchRule.NEVER);
        assertEquals(
                List.of("1400000000 7/7 EXEC NAME=1", "1400000000 7/7 EXEC_DONE NAME=2", "1500000000 7/7 PROCESS_EXIT"),
                events.subList(3, events.size()));
    }

    @Test
    void a_file_is_known_by_the_path_behind_its_descriptor() throws IOException {
        importText(
                BEGIN
                        + "7 1.1 mmap(NULL, 4096, PROT_READ, MAP_SHARED, 3</lib/a, (b).so>, 0x2000) = 0x7000\n"
                        + "7 1.2 ftruncate(4</lib/a, (b).so>(deleted), 12) = 0\n"
                        + "7 1.3 mmap(NULL, 4096, PROT_READ, MAP_SHARED, 5, 0) = 0x9000\n",
                TouchRule.ONCE);
        try (TraceCursor cursor = TraceFile.open(target()).cursor()) {
            List<String> files = new ArrayList<>();
            while (cursor.next()) {
                if (cursor.event().kind().has(TraceField.FILE)) {
                    files.add(cursor.event().kind() + " "
                            + cursor.file(cursor.event().get(TraceField.FILE)).name());
                }
            }
            assertEquals(List.of("MMAP /lib/a, (b).so", "FTRUNCATE /lib/a, (b).so", "MMAP fd 5 of process 7"), files);
        }
        assertEquals(
                1,
                report.skipped(
                        "file of an mmap (no path behind the descriptor; record with -y): a file of its own assumed"));
    }

    @Test
    void anonymous_memory_is_written_once_when_it_becomes_writable() throws IOException {
        List<String> events = importText(
                BEGIN
                        + "7 1.1 mmap(NULL, 12288, PROT_NONE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x100000\n"
                        + "7 1.2 mprotect(0x101000, 4096, PROT_READ|PROT_WRITE) = 0\n"
                        + "7 1.3 mprotect(0x100000, 12288, PROT_READ|PROT_WRITE) = 0\n"
                        + "7 1.4 brk(0x10800) = 0x10800\n"
                        + "7 1.5 brk(0x12000) = 0x12000\n"
                        + "7 1.6 mremap(0x100000, 12288, 16384, MREMAP_MAYMOVE) = 0x200000\n",
                TouchRule.ONCE);
        assertEquals(
                List.of(
                        "1200000000 7/7 ACCESSED ADDRESS=0x101000 LENGTH=0x1000 ACCESS=1",
                        "1300000000 7/7 ACCESSED ADDRESS=0x100000 LENGTH=0x1000 ACCESS=1",
                        "1300000000 7/7 ACCESSED ADDRESS=0x102000 LENGTH=0x1000 ACCESS=1",
                        "1400000000 7/7 ACCESSED ADDRESS=0x10000 LENGTH=0x1000 ACCESS=1",
                        "1500000000 7/7 ACCESSED ADDRESS=0x11000 LENGTH=0x1000 ACCESS=1",
                        "1600000000 7/7 ACCESSED ADDRESS=0x203000 LENGTH=0x1000 ACCESS=1"),
                events.stream().filter(event -> event.contains("ACCESSED")).toList());
    }

    @Test
    void of_a_stack_the_top_is_written_and_of_a_reservation_nothing() throws IOException {
        List<String> events = importText(
                BEGIN
                        + "7 1.1 mmap(NULL, 1052672, PROT_NONE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_STACK, -1, 0) = 0x100000\n"
                        + "7 1.2 mprotect(0x101000, 1048576, PROT_READ|PROT_WRITE) = 0\n"
                        + "7 1.3 mmap(NULL, 4398046511104, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x10000000000\n",
                TouchRule.ONCE);
        assertEquals(
                List.of("1200000000 7/7 ACCESSED ADDRESS=0x1fd000 LENGTH=0x4000 ACCESS=1"),
                events.stream().filter(event -> event.contains("ACCESSED")).toList());
        assertEquals(1, report.skipped("anonymous memory larger than the limit of the touch rule: not touched"));
    }

    @Test
    void shared_memory_that_is_mapped_beyond_its_end_is_not_touched_there() throws IOException {
        List<String> events = importText(
                BEGIN
                        + "7 1.1 mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_ANONYMOUS, -1, 0) = 0x100000\n"
                        + "7 1.2 mremap(0x100000, 4096, 8192, MREMAP_MAYMOVE) = 0x200000\n",
                TouchRule.ONCE);
        assertEquals(
                1, events.stream().filter(event -> event.contains("ACCESSED")).count());
    }

    @Test
    void a_call_on_what_nobody_mapped_proves_a_part_of_the_image() throws IOException {
        List<String> events = importText(
                BEGIN + "7 1.1 mprotect(0x7000, 4096, PROT_READ) = 0\n"
                        + "7 1.2 mprotect(0x7000, 4096, PROT_READ) = 0\n",
                TouchRule.ONCE);
        assertEquals(
                List.of(
                        "1100000000 7/7 INITIAL_MAP ADDRESS=0x7000 LENGTH=0x1000 PROT=3 FLAGS=0x2 FILE=1 OFFSET=0 AREA=0",
                        "1100000000 7/7 MPROTECT ADDRESS=0x7000 LENGTH=0x1000 PROT=1 PKEY=-1 RESULT=0",
                        "1200000000 7/7 MPROTECT ADDRESS=0x7000 LENGTH=0x1000 PROT=1 PKEY=-1 RESULT=0"),
                events.subList(2, events.size()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "brk(NULL) = 0x1000",
                "12:30:01.5 brk(NULL) = 0x1000",
                "7 1.5 brk(NULL = 0x1000",
                "7 1.5 brk(NULL)",
                "7 1.5 munmap(0x7000) = 0",
                "7 1.5 munmap(0x7000, MANY) = 0",
                "7 1.5 munmap(0x7000, 4096) = -1 EWRONG (What)",
                "7 1.5 clone(child_stack=NULL) = 8",
                "7 1.5 mlock2(0x7000, 4096, MLOCK_OTHER) = 0",
                "words"
            })
    void a_line_that_cannot_be_read_is_named_with_its_number(String line) {
        ImportException error =
                assertThrows(ImportException.class, () -> importText(BEGIN + line + "\n", TouchRule.ONCE));
        assertEquals(2, error.line());
        assertTrue(error.getMessage().startsWith("test.txt:2: cannot be read: expected "), error.getMessage());
        assertFalse(Files.exists(target()));
    }

    @Test
    void nothing_is_dropped_silently() throws IOException {
        importText(
                BEGIN
                        + "strace: Process 8 attached\n"
                        + "7 1.1 read(3</x>, \"a\\\"b)\"..., 5) = 5 <0.000012>\n"
                        + "7 1.2 munmap(0x1000, 4096 <unfinished ...>\n"
                        + "7 1.3 <... madvise resumed>) = 0\n"
                        + "7 1.2 clone(child_stack=NULL, flags=SIGCHLD) = -1 EAGAIN (Resource temporarily unavailable)\n"
                        + "8 1.4 exit(0) = ?\n",
                TouchRule.ONCE);
        assertEquals(
                List.of(
                        "clone that failed",
                        "exit (the task's end says it)",
                        "madvise resumed that was never begun",
                        "munmap that did not return",
                        "remark of strace",
                        "system call read (not about memory)",
                        "task whose beginning is not in the text: taken as a process of its own",
                        "time that goes back (the system's clock was set?): the time before is kept"),
                report.skipped().keySet().stream().sorted().toList());
    }

    @ParameterizedTest
    @CsvSource({"gcc, 132, 3, 0", "jvm, 147, 1, 13", "python, 66, 3, 0", "redis, 110, 2, 4", "sqlite, 50, 1, 0"})
    void the_recordings_are_imported_whole(String program, long mmaps, long processes, long threads)
            throws IOException {
        try (TextInput in = TextInput.open(RecordedPrograms.straceText(program))) {
            report = StraceImporter.run(in, target(), ImportOptions.DEFAULT, TouchRule.ONCE);
        }
        assertEquals(mmaps, report.events(TraceEventKind.MMAP));
        assertEquals(processes, report.events(TraceEventKind.PROCESS_EXIT));
        assertEquals(threads, report.events(TraceEventKind.THREAD_EXIT));
        assertEquals(processes, 1 + report.events(TraceEventKind.FORK), "every process has its fork");
        TraceFile trace = TraceFile.open(target());
        assertEquals(Granularity.SYSCALLS, trace.header().granularity());
        assertTrue(
                trace.header().howRecorded().contains("touches are assumed"),
                trace.header().howRecorded());
    }

    private Path target() {
        return directory.resolve("test.mmt");
    }

    private List<String> importText(String text, TouchRule touch) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        try (TextInput in = TextInput.of("test.txt", new ByteArrayInputStream(bytes))) {
            report = StraceImporter.run(in, target(), ImportOptions.DEFAULT, touch);
        }
        List<String> events = new ArrayList<>();
        try (TraceCursor cursor = TraceFile.open(target()).cursor()) {
            while (cursor.next()) {
                events.add(cursor.event().toString());
            }
        }
        return events;
    }
}
