package org.polymm.lab.lackey;

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
import java.util.stream.Stream;
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
import org.polymm.lab.trace.TraceEventKind;
import org.polymm.lab.trace.TraceField;
import org.polymm.lab.trace.TraceFile;

class LackeyImporterTest {
    private static final String REPEATED = "access to the page that the last access of its kind went to";

    @TempDir
    Path directory;

    private ImportReport report = new ImportReport();

    @Test
    void what_was_used_and_never_mapped_is_mapped_at_the_start() throws IOException {
        List<String> events = importText("""
                ==7== Lackey, an example Valgrind tool
                ==7== Using Valgrind-3.19.0 and LibVEX; rerun with -h for copyright info
                ==7== Command: /bin/a\\ b c
                I  00401000,3
                 L 00403008,8
                 S 1fff000cf8,8
                 M 00405ff8,16
                SYSCALL[7,1](231) exit_group( 2 ) --> [pre-success] Success(0x0)
                """);
        assertEquals(
                List.of(
                        "0 7/7 PROCESS NAME=0",
                        "0 7/7 EXEC NAME=0",
                        "0 7/7 INITIAL_MAP ADDRESS=0x401000 LENGTH=0x3000 PROT=5 FLAGS=0x2 FILE=1 OFFSET=0 AREA=0",
                        "0 7/7 INITIAL_MAP ADDRESS=0x405000 LENGTH=0x2000 PROT=3 FLAGS=0x2 FILE=2 OFFSET=0 AREA=0",
                        "0 7/7 INITIAL_MAP ADDRESS=0x1fff000000 LENGTH=0x1000 PROT=3 FLAGS=0x122 FILE=0 OFFSET=0 AREA=2",
                        "0 7/7 EXEC_DONE NAME=0",
                        "1 7/7 ACCESSED ADDRESS=0x401000 LENGTH=0x3 ACCESS=2",
                        "1 7/7 ACCESSED ADDRESS=0x403008 LENGTH=0x8 ACCESS=0",
                        "1 7/7 ACCESSED ADDRESS=0x1fff000cf8 LENGTH=0x8 ACCESS=1",
                        "1 7/7 ACCESSED ADDRESS=0x405ff8 LENGTH=0x10 ACCESS=3",
                        "1 7/7 EXIT_GROUP STATUS=2",
                        "1 7/7 PROCESS_EXIT"),
                events);
        TraceFile trace = TraceFile.open(target());
        assertEquals(Granularity.ACCESSES, trace.header().granularity());
        assertEquals("/bin/a b c", trace.header().command());
        assertEquals("Valgrind-3.19.0 lackey", trace.header().tool());
    }

    @Test
    void an_access_is_left_out_if_the_last_one_of_its_kind_went_to_the_same_page() throws IOException {
        List<String> events = importText("""
                 S 1fff000cf8,8
                 L 1fff000cf8,8
                 S 1fff000000,4
                 L 1fff001000,4
                 L 1fff001000,4
                 L 1fff000cf8,8
                """);
        assertEquals(
                List.of(
                        "ADDRESS=0x1fff000cf8 LENGTH=0x8 ACCESS=1",
                        "ADDRESS=0x1fff000cf8 LENGTH=0x8 ACCESS=0",
                        "ADDRESS=0x1fff001000 LENGTH=0x4 ACCESS=0",
                        "ADDRESS=0x1fff000cf8 LENGTH=0x8 ACCESS=0"),
                accesses(events));
        assertEquals(new ImportReport.Skipped(2, 3), report.skipped().get(REPEATED));
    }

    @Test
    void after_a_system_call_every_access_counts_again() throws IOException {
        List<String> events = importText("""
                 S 1fff000cf8,8
                SYSCALL[7,1](11) sys_munmap ( 0x7000, 4096 )[sync] --> Success(0x0)
                 S 1fff000cf8,8
                """);
        assertEquals(2, accesses(events).size());
    }

    @Test
    void an_mmap_gets_the_file_that_its_descriptor_was_opened_for() throws IOException {
        importText("""
                I  00401000,3
                SYSCALL[7,1](257) sys_openat ( 4294967196, 0x4034bb0(/lib/x (1), y.so), 524288 ) --> [async] ...
                SYSCALL[7,1](257) ... [async] --> Success(0x4)
                SYSCALL[7,1](9) sys_mmap ( 0x0, 8192, 3, 2, 4, 4096 ) --> [pre-success] Success(0x4835000)
                SYSCALL[7,1](3) sys_close ( 4 )[sync] --> Success(0x0)
                SYSCALL[7,1](9) sys_mmap ( 0x0, 8192, 3, 2, 4, 0 ) --> [pre-success] Success(0x4845000)
                SYSCALL[7,1](9) sys_mmap ( 0x0, 8192, 3, 34, 4294967295, 0 ) --> [pre-success] Success(0x4855000)
                 S 04855000,8
                """);
        List<String> maps = new ArrayList<>();
        try (TraceCursor cursor = TraceFile.open(target()).cursor()) {
            while (cursor.next()) {
                if (cursor.event().kind() == TraceEventKind.MMAP) {
                    long file = cursor.event().get(TraceField.FILE);
                    maps.add(file == 0 ? "none" : cursor.file(file).name());
                }
            }
        }
        assertEquals(List.of("/lib/x (1), y.so", "fd 4", "none"), maps);
        assertEquals(1, report.events(TraceEventKind.INITIAL_MAP), "what mmap mapped is no part of the image");
    }

    @Test
    void the_heap_is_known_from_brk_and_failures_are_kept() throws IOException {
        List<String> events = importText("""
                SYSCALL[7,1](12) sys_brk ( 0x0 ) --> [pre-success] Success(0x4035000)
                SYSCALL[7,1](12) sys_brk ( 0x4056000 ) --> [pre-success] Success(0x4056000)
                 S 04055000,8
                SYSCALL[7,1](28) sys_madvise ( 0x7000, 4096, 4 )[sync] --> Failure(0xc)
                """);
        assertEquals(0, report.events(TraceEventKind.INITIAL_MAP));
        assertEquals("0 7/7 MADVISE ADDRESS=0x7000 LENGTH=0x1000 ADVICE=4 RESULT=-12", events.getLast());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "I  0040100z,3",
                " L 00401000",
                " S 00401000,",
                " S 00401000,x",
                "SYSCALL[8,1](12) sys_brk ( 0x0 ) --> [pre-success] Success(0x4035000)",
                "SYSCALL[7,1](11) sys_munmap ( 0x0 )[sync] --> Success(0x0)",
                "words"
            })
    void a_line_that_cannot_be_read_is_named_with_its_number(String line) throws IOException {
        String text = "SYSCALL[7,1](12) sys_brk ( 0x0 ) --> [pre-success] Success(0x4035000)\n" + line + "\n";
        ImportException error = assertThrows(ImportException.class, () -> importText(text));
        assertEquals(2, error.line());
        assertTrue(error.getMessage().startsWith("test.txt:2: "), error.getMessage());
        assertTrue(error.getMessage().contains("expected"), error.getMessage());
        assertFalse(Files.exists(target()));
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(0, files.count(), "nothing is left behind");
        }
    }

    @Test
    void nothing_is_dropped_silently() throws IOException {
        importText("""
                I  00401000,3
                SYSCALL[7,1](334) unimplemented (by the kernel) syscall: 334! (ni_syscall)
                 --> [pre-fail] Failure(0x26)
                SYSCALL[7,1](0) ... [async] --> Success(0x4)
                SYSCALL[7,1](56) sys_clone ( 1200011, 0x0, 0x0, 0x4d13a10, 0x0 ) --> [pre-success] Success(0x9)
                SYSCALL[7,1](0) sys_read ( 4, 0x1ffefff3a8, 832 ) --> [async] ...
                """);
        assertEquals(
                List.of(
                        "clone (a thread's accesses are in this text, a child's in one of its own)",
                        "read that did not return",
                        "remark of Valgrind",
                        "result of a system call that was never begun",
                        "system call that Valgrind does not know or does not print in full",
                        "the program's end is not in the text: it may be cut off"),
                report.skipped().keySet().stream().sorted().toList());
    }

    @Test
    void the_recording_is_imported_whole() throws IOException {
        try (TextInput in = TextInput.open(RecordedPrograms.lackeyText())) {
            report = LackeyImporter.run(in, target(), ImportOptions.DEFAULT);
        }
        assertEquals(4_682_672, report.lines());
        assertEquals(34, report.events(TraceEventKind.MMAP));
        assertEquals(4, report.events(TraceEventKind.BRK));
        assertEquals(
                4_682_445,
                report.events(TraceEventKind.ACCESSED) + report.skipped(REPEATED),
                "every access is an event or counted");
    }

    private static List<String> accesses(List<String> events) {
        return events.stream()
                .filter(event -> event.contains("ACCESSED"))
                .map(event -> event.substring(event.indexOf("ADDRESS=")))
                .toList();
    }

    private Path target() {
        return directory.resolve("test.mmt");
    }

    private List<String> importText(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        try (TextInput in = TextInput.of("test.txt", new ByteArrayInputStream(bytes))) {
            report = LackeyImporter.run(in, target(), ImportOptions.DEFAULT);
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
