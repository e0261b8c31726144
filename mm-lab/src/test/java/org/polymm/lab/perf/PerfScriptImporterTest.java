package org.polymm.lab.perf;

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
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.polymm.lab.RecordedPrograms;
import org.polymm.lab.importing.ImportException;
import org.polymm.lab.importing.ImportOptions;
import org.polymm.lab.importing.ImportReport;
import org.polymm.lab.io.TextInput;
import org.polymm.lab.trace.Granularity;
import org.polymm.lab.trace.TraceCursor;
import org.polymm.lab.trace.TraceEvent;
import org.polymm.lab.trace.TraceEventKind;
import org.polymm.lab.trace.TraceField;
import org.polymm.lab.trace.TraceFile;

class PerfScriptImporterTest {
    private static final String COMM = "a 0 [000] 0.000000000: PERF_RECORD_COMM: a:7/7\n";

    @TempDir
    Path directory;

    private ImportReport report = new ImportReport();

    @Test
    void a_system_call_becomes_one_event_where_it_returned() throws IOException {
        List<String> events = importText(COMM
                + "a 7 [001] 1.000000100: syscalls:sys_enter_munmap: addr: 0x7000, len: 0x00002000\n"
                + "a 7 [001] 1.000000200: exceptions:page_fault_kernel: address=0x9008 ip=copy error_code=0x2\n"
                + "a 7 [001] 1.000000300: syscalls:sys_exit_munmap: 0x0\n");
        assertEquals(
                List.of(
                        "0 7/7 PROCESS NAME=0",
                        "1000000200 7/7 FAULT ADDRESS=0x9008 ERROR_CODE=2",
                        "1000000300 7/7 MUNMAP ADDRESS=0x7000 LENGTH=0x2000 RESULT=0"),
                events);
    }

    @Test
    void a_failed_call_keeps_its_negative_errno() throws IOException {
        List<String> events = importText(COMM
                + "a 7 [001] 1.0: syscalls:sys_enter_madvise: start: 0x1000, len_in: 0x1000, behavior: 0x4\n"
                + "a 7 [001] 1.1: syscalls:sys_exit_madvise: 0xffffffffffffffea\n");
        assertEquals("1100000000 7/7 MADVISE ADDRESS=0x1000 LENGTH=0x1000 ADVICE=4 RESULT=-22", events.getLast());
    }

    @Test
    void the_file_of_an_mmap_comes_from_the_record_inside_it_and_the_range_from_the_call() throws IOException {
        importText(COMM
                + "a 7 [001] 1.0: syscalls:sys_enter_mmap: addr: 0x0, len: 0x2000, prot: 0x1, flags: 0x2, fd: 0x3, off: 0x1000\n"
                + "a 7 [001] 1.1: PERF_RECORD_MMAP2 7/7: [0x50000(0x9000) @ 0x1000 fe:00 42 9]: r--p /lib/with space.so\n"
                + "a 7 [001] 1.2: syscalls:sys_exit_mmap: 0x50000\n");
        try (TraceCursor cursor = TraceFile.open(target()).cursor()) {
            assertTrue(cursor.next());
            assertTrue(cursor.next());
            TraceEvent event = cursor.event();
            assertEquals(TraceEventKind.MMAP, event.kind());
            assertEquals(0x2000, event.length());
            assertEquals(0x50000, event.result());
            assertEquals(
                    "/lib/with space.so",
                    cursor.file(event.get(TraceField.FILE)).name());
            assertEquals(42, cursor.file(event.get(TraceField.FILE)).inode());
        }
    }

    @Test
    void interleaved_threads_keep_their_own_calls_apart() throws IOException {
        List<String> events = importText(COMM
                + "a 7 [001] 1.0: task:task_newtask: pid=8 comm=a clone_flags=3d0f00 oom_score_adj=0\n"
                + "a 7 [001] 1.1: syscalls:sys_enter_munmap: addr: 0x1000, len: 0x1000\n"
                + "a 8 [001] 1.2: syscalls:sys_enter_mprotect: start: 0x2000, len: 0x1000, prot: 0x1\n"
                + "a 7 [001] 1.3: syscalls:sys_exit_munmap: 0x0\n"
                + "a 8 [001] 1.4: syscalls:sys_exit_mprotect: 0x0\n");
        assertEquals(
                List.of(
                        "1000000000 7/7 THREAD CHILD=8",
                        "1300000000 7/7 MUNMAP ADDRESS=0x1000 LENGTH=0x1000 RESULT=0",
                        "1400000000 7/8 MPROTECT ADDRESS=0x2000 LENGTH=0x1000 PROT=1 PKEY=-1 RESULT=0"),
                events.subList(1, events.size()));
    }

    @Test
    void a_fork_takes_effect_where_the_new_task_appears_and_the_childs_own_return_is_expected() throws IOException {
        List<String> events = importText(COMM
                + "a 7 [001] 1.0: syscalls:sys_enter_clone: clone_flags: 0x01200011, newsp: 0x0\n"
                + "a 7 [001] 1.1: PERF_RECORD_FORK(9:9):(7:7)\n"
                + "a 7 [001] 1.2: task:task_newtask: pid=9 comm=a b clone_flags=1200000 oom_score_adj=0\n"
                + "a 7 [001] 1.3: sched:sched_process_fork: comm=a pid=7 child_comm=a child_pid=9\n"
                + "a 9 [001] 1.4: syscalls:sys_exit_clone: 0x0\n"
                + "a 7 [001] 1.5: syscalls:sys_exit_clone: 0x9\n");
        assertEquals(List.of("1200000000 7/7 FORK CHILD=9 FLAGS=0x1200000"), events.subList(1, events.size()));
        assertEquals(0, report.skipped("sys_exit_clone without sys_enter (entered before the recording began?)"));
    }

    @Test
    void a_fork_without_its_tracepoint_follows_from_the_record_and_the_parents_call() throws IOException {
        List<String> events = importText(COMM
                + "a 7 [001] 1.0: syscalls:sys_enter_vfork: \n"
                + "a 7 [001] 1.1: PERF_RECORD_FORK(9:9):(7:7)\n"
                + "a 9 [001] 1.2: exceptions:page_fault_user: address=0x1000 ip=0x1 error_code=0x6\n"
                + "a 7 [001] 1.3: PERF_RECORD_FORK(7:10):(7:7)\n"
                + "a 10 [001] 1.4: exceptions:page_fault_user: address=0x2000 ip=0x1 error_code=0x6\n");
        assertEquals(
                List.of(
                        "1200000000 7/7 FORK CHILD=9 FLAGS=0x4100",
                        "1200000000 9/9 FAULT ADDRESS=0x1000 ERROR_CODE=6",
                        "1400000000 7/7 THREAD CHILD=10",
                        "1400000000 7/10 FAULT ADDRESS=0x2000 ERROR_CODE=6"),
                events.subList(1, events.size()));
    }

    @Test
    void an_enter_without_an_exit_leaves_no_event_and_is_counted() throws IOException {
        List<String> events = importText(COMM
                + "a 7 [001] 1.0: syscalls:sys_enter_munmap: addr: 0x1000, len: 0x1000\n"
                + "a 7 [001] 1.1: sched:sched_process_exit: comm=a pid=7 prio=120 group_dead=true\n");
        assertEquals(List.of("1100000000 7/7 PROCESS_EXIT"), events.subList(1, events.size()));
        assertEquals(new ImportReport.Skipped(1, 2), report.skipped().get("sys_enter_munmap without sys_exit"));
    }

    @Test
    void an_exit_without_an_enter_is_counted_with_its_line() throws IOException {
        importText(COMM + "a 7 [001] 1.0: syscalls:sys_exit_munmap: 0x0\n");
        assertEquals(
                new ImportReport.Skipped(1, 2),
                report.skipped().get("sys_exit_munmap without sys_enter (entered before the recording began?)"));
    }

    @Test
    void exec_begins_a_new_address_space_whose_mappings_are_the_records_up_to_its_end() throws IOException {
        List<String> events = importText(COMM
                + "a 7 [001] 1.0: syscalls:sys_enter_execve: filename: 0x10, argv: 0x20, envp: 0x30\n"
                + "b c 7 [001] 1.1: PERF_RECORD_COMM exec: b c:7/7\n"
                + "b c 7 [001] 1.2: PERF_RECORD_MMAP2 7/7: [0x7ff000(0x21000) @ 0x7ff000 00:00 0 0]: rw-p [stack]\n"
                + "b c 7 [001] 1.3: PERF_RECORD_MMAP2 7/7: [0x400000(0x1000) @ 0 fe:00 5 0]: r-xp /bin/b\n"
                + "b c 7 [001] 1.4: PERF_RECORD_MMAP2 7/7: [0x500000(0x2000) @ 0 00:00 0 0]: r-xp [vdso]\n"
                + "b c 7 [001] 1.5: sched:sched_process_exec: filename=/bin/b pid=7 old_pid=7\n"
                + "b c 7 [001] 1.6: syscalls:sys_exit_execve: 0x0\n");
        assertEquals(
                List.of(
                        "1100000000 7/7 EXEC NAME=1",
                        "1200000000 7/7 INITIAL_MAP ADDRESS=0x7ff000 LENGTH=0x21000 PROT=3 FLAGS=0x122 FILE=0 OFFSET=0"
                                + " AREA=2",
                        "1300000000 7/7 INITIAL_MAP ADDRESS=0x400000 LENGTH=0x1000 PROT=5 FLAGS=0x2 FILE=1 OFFSET=0"
                                + " AREA=0",
                        "1400000000 7/7 INITIAL_MAP ADDRESS=0x500000 LENGTH=0x2000 PROT=5 FLAGS=0x22 FILE=0 OFFSET=0"
                                + " AREA=4",
                        "1500000000 7/7 EXEC_DONE NAME=2"),
                events.subList(1, events.size()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"VM Thread", "x:y [z]", "12 [34", "kworker/0:1", "a 1 [2] 3"})
    void a_command_name_may_hold_spaces_digits_colons_and_brackets(String comm) throws IOException {
        List<String> events = importText("  " + comm + " 7 [001] 0.0: PERF_RECORD_COMM: " + comm + ":7/7\n" + "  "
                + comm + "  7 [001] 1.0: exceptions:page_fault_user: address=0x1000 ip=0x1 error_code=0x6\n");
        assertEquals("1000000000 7/7 FAULT ADDRESS=0x1000 ERROR_CODE=6", events.getLast());
        try (TraceCursor cursor = TraceFile.open(target()).cursor()) {
            assertTrue(cursor.next());
            assertEquals(comm, cursor.name(cursor.event().get(TraceField.NAME)));
        }
    }

    @Test
    void the_cpu_column_may_be_absent() throws IOException {
        List<String> events =
                importText(COMM + "a 7 1.5: exceptions:page_fault_user: address=0x1000 ip=0x1 error_code=0x4\n");
        assertEquals("1500000000 7/7 FAULT ADDRESS=0x1000 ERROR_CODE=4", events.getLast());
    }

    @Test
    void the_record_of_a_stack_that_grew_is_left_out_because_the_fault_below_it_says_it() throws IOException {
        List<String> events = importText(COMM
                + "a 7 [001] 1.0: PERF_RECORD_COMM exec: a:7/7\n"
                + "a 7 [001] 1.1: PERF_RECORD_MMAP2 7/7: [0x7ff000(0x21000) @ 0x7ff000 00:00 0 0]: rw-p [stack]\n"
                + "a 7 [001] 1.2: sched:sched_process_exec: filename=/bin/a pid=7 old_pid=7\n"
                + "a 7 [001] 1.3: task:task_newtask: pid=8 comm=a clone_flags=0 oom_score_adj=0\n"
                + "a 8 [001] 1.4: exceptions:page_fault_user: address=0x7fe008 ip=0x1 error_code=0x6\n"
                + "a 8 [001] 1.5: PERF_RECORD_MMAP2 8/8: [0x7fe000(0x22000) @ 0x7ff000 00:00 0 0]: rw-p [stack]\n");
        assertEquals("1400000000 8/8 FAULT ADDRESS=0x7fe008 ERROR_CODE=6", events.getLast());
        assertEquals(1, report.skipped("PERF_RECORD_MMAP2 of a stack that grew (the fault below it says it)"));
        assertEquals(1, report.events(TraceEventKind.INITIAL_MAP));
    }

    @Test
    void an_event_that_is_not_about_memory_is_counted_by_name_and_left_out() throws IOException {
        importText(COMM
                + "a 7 [001] 1.0: sched:sched_switch: prev_comm=a\n"
                + "a 7 [001] 1.1: sched:sched_switch: prev_comm=a\n"
                + "a 7 [001] 1.2: PERF_RECORD_THROTTLE\n");
        assertEquals(
                new ImportReport.Skipped(2, 2),
                report.skipped().get("sched:sched_switch (not about memory or processes)"));
        assertEquals(1, report.skipped("PERF_RECORD_THROTTLE (not about memory or processes)"));
    }

    @Test
    void another_call_about_memory_is_kept_as_it_was() throws IOException {
        List<String> events = importText(COMM
                + "a 7 [001] 1.0: syscalls:sys_enter_userfaultfd: flags: 0x801\n"
                + "a 7 [001] 1.1: syscalls:sys_exit_userfaultfd: 0x5\n");
        assertEquals(
                "1100000000 7/7 OTHER NAME=1 ARG0=2049 ARG1=0 ARG2=0 ARG3=0 ARG4=0 ARG5=0 RESULT=5", events.getLast());
    }

    @Test
    void a_task_that_was_there_before_the_recording_is_taken_as_a_process_and_counted() throws IOException {
        List<String> events =
                importText("old 77 [001] 1.0: exceptions:page_fault_user: address=0x1000 ip=0x1 error_code=0x4\n");
        assertEquals(
                List.of("1000000000 77/77 PROCESS NAME=0", "1000000000 77/77 FAULT ADDRESS=0x1000 ERROR_CODE=4"),
                events);
        assertEquals(1, report.skipped("task whose beginning is not in the recording: taken as a process of its own"));
    }

    @Test
    void the_address_space_outlives_the_first_thread() throws IOException {
        List<String> events = importText(COMM
                + "a 7 [001] 1.0: task:task_newtask: pid=8 comm=a clone_flags=3d0f00 oom_score_adj=0\n"
                + "a 7 [001] 1.1: sched:sched_process_exit: comm=a pid=7 prio=120 group_dead=false\n"
                + "a 8 [001] 1.2: exceptions:page_fault_user: address=0x1000 ip=0x1 error_code=0x6\n"
                + "a 8 [001] 1.3: sched:sched_process_exit: comm=a pid=8 prio=120 group_dead=true\n");
        assertEquals(
                List.of(
                        "1100000000 7/7 THREAD_EXIT",
                        "1200000000 7/8 FAULT ADDRESS=0x1000 ERROR_CODE=6",
                        "1300000000 7/8 PROCESS_EXIT"),
                events.subList(2, events.size()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "not a line of perf at all",
                "a 7 [001] 1.0:",
                "a 7 [001] 1.0: something",
                "a 7 [001] 1.0: exceptions:page_fault_user: address=0x7fff",
                "a 7 [001] 1.0: exceptions:page_fault_user: address= ip=0x1 error_code=0x6",
                "a 7 [001] 1.0: syscalls:sys_enter_mmap: addr: 0x0, len: 0x2000",
                "a 7 [001] 1.0: syscalls:sys_exit_mmap: ",
                "a 7 [001] 1.0: syscalls:sys_exit_mmap: 0x11112222333344445",
                "a 7 [001] 1.0: PERF_RECORD_MMAP2 7/7: [0x1000(0x1000) @ 0 fe:00",
                "a 7 [001] 1.0: PERF_RECORD_MMAP2 7/7: [0x1000(0x1000) @ 0 fe:00 x 0]: r--p /lib",
                "a 7 [001] 1.0: PERF_RECORD_COMM exec: a",
                "a 7 [001] 1.0: PERF_RECORD_FORK(9:9)",
                "a 7 [001] 1.0: task:task_newtask: pid=nine comm=a clone_flags=0 oom_score_adj=0",
                "a 7 [001] 1.0: sched:sched_process_exec: filename=/bin/a",
                "a 7 [001] 1.0: sched:sched_process_exit: comm=a pid=7 prio=120"
            })
    void a_line_that_cannot_be_read_is_named_by_file_and_number_and_no_trace_appears(String bad) {
        ImportException e = assertThrows(ImportException.class, () -> importText(COMM + "\n" + bad + "\n"));
        assertEquals(3, e.line());
        assertTrue(e.getMessage().startsWith("text.txt:3: cannot be read: expected "), e.getMessage());
        assertTrue(e.getMessage().contains(bad.strip()), e.getMessage());
        assertFalse(Files.exists(target()));
    }

    @Test
    void lines_out_of_time_order_are_refused() {
        ImportException e = assertThrows(
                ImportException.class,
                () -> importText("a 7 [001] 2.0: PERF_RECORD_COMM: a:7/7\na 7 [001] 1.0: PERF_RECORD_COMM: b:7/7\n"));
        assertEquals(2, e.line());
        assertTrue(e.getMessage().contains("time order"), e.getMessage());
    }

    @Test
    void a_recording_that_lost_events_is_refused_unless_that_is_asked_for() throws IOException {
        String text = COMM + "a 7 [001] 1.0: PERF_RECORD_LOST lost 12\n";
        ImportException e = assertThrows(ImportException.class, () -> importText(text));
        assertTrue(e.getMessage().contains("--allow-lost"), e.getMessage());
        importText(text, new ImportOptions("", "", "", "", "", true));
        assertTrue(e.getMessage().contains("the kernel lost 12 events"), e.getMessage());
        assertEquals(12, report.skipped("event that the kernel lost: the recording has gaps, its replay is not exact"));
    }

    @Test
    void a_text_without_events_is_refused() {
        ImportException e = assertThrows(ImportException.class, () -> importText("# only a comment\n"));
        assertTrue(e.getMessage().contains("perf script --ns"), e.getMessage());
    }

    @Test
    void a_last_line_without_line_feed_is_counted() throws IOException {
        importText(COMM.strip());
        assertEquals(1, report.skipped("the last line has no line feed: the text may be cut off"));
    }

    @Test
    void header_comments_of_perf_become_the_provenance_unless_options_say_otherwise() throws IOException {
        String comments = "# os release : 6.18.1\n# perf version : 6.1\n# cmdline : /usr/bin/perf record -- redis\n";
        importText(comments + COMM, new ImportOptions("redis", "", "", "", "by hand", false));
        TraceFile trace = TraceFile.open(target());
        assertEquals("redis", trace.header().program());
        assertEquals("6.18.1", trace.header().kernel());
        assertEquals("perf 6.1", trace.header().tool());
        assertEquals("/usr/bin/perf record -- redis", trace.header().command());
        assertEquals("by hand", trace.header().howRecorded());
        assertEquals("text.txt", trace.header().sourceName());
        assertEquals(64, trace.header().sourceSha256().length());
        assertEquals(Granularity.SYSCALLS, trace.header().granularity());
    }

    @Test
    void a_damaged_compressed_text_is_named() throws IOException {
        byte[] bytes = Files.readAllBytes(RecordedPrograms.perfText("sqlite"));
        Path cut = directory.resolve("cut.txt.xz");
        Files.write(cut, Arrays.copyOf(bytes, bytes.length / 2));
        IOException e = assertThrows(IOException.class, () -> {
            try (TextInput in = TextInput.open(cut)) {
                PerfScriptImporter.run(in, target(), ImportOptions.DEFAULT);
            }
        });
        assertTrue(e.getMessage().contains("cut.txt.xz"), e.getMessage());
        assertFalse(Files.exists(target()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "jvm", "python", "redis", "sqlite"})
    void the_committed_trace_of_a_recorded_program_is_what_its_text_imports_to(String program) throws IOException {
        TraceFile committed = TraceFile.open(RecordedPrograms.trace(program));
        try (TextInput in = TextInput.open(RecordedPrograms.perfText(program))) {
            report = PerfScriptImporter.run(
                    in,
                    target(),
                    new ImportOptions(
                            committed.header().program(),
                            committed.header().command(),
                            committed.header().kernel(),
                            committed.header().tool(),
                            committed.header().howRecorded(),
                            false));
        }
        assertEquals(-1, Files.mismatch(RecordedPrograms.trace(program), target()), "import it again");
        assertEquals(committed.events(), report.events());
    }

    @Test
    void the_redis_recording_has_the_faults_and_calls_that_perf_counted() throws IOException {
        try (TextInput in = TextInput.open(RecordedPrograms.perfText("redis"))) {
            report = PerfScriptImporter.run(in, target(), ImportOptions.DEFAULT);
        }
        assertEquals(11_414, report.events(TraceEventKind.FAULT));
        assertEquals(199, report.events(TraceEventKind.MADVISE));
        assertEquals(1, report.events(TraceEventKind.FORK));
        assertEquals(4, report.events(TraceEventKind.THREAD));
        assertEquals(2, report.events(TraceEventKind.PROCESS_EXIT));
        assertTrue(report.text().contains("11825 events kept"), report.text());
    }

    private Path target() {
        return directory.resolve("out.mmt");
    }

    private List<String> importText(String text) throws IOException {
        return importText(text, ImportOptions.DEFAULT);
    }

    private List<String> importText(String text, ImportOptions options) throws IOException {
        try (TextInput in =
                TextInput.of("text.txt", new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)))) {
            report = PerfScriptImporter.run(in, target(), options);
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
