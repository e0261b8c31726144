package org.polymm.lab.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.polymm.lab.RecordedPrograms;

class TraceFileTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void a_random_event_stream_of_every_kind_comes_back_as_it_was_written(long seed) throws IOException {
        Path file = directory.resolve("random.mmt");
        List<String> written = RandomTraces.write(file, seed, 4000);
        assertEquals(written, RandomTraces.read(file), "seed " + seed);
        TraceFile trace = TraceFile.open(file);
        assertEquals(4000, trace.events());
        assertEquals(Files.size(file), trace.bytes());
        assertEquals(RandomTraces.HEADER, trace.header());
    }

    @Test
    void a_trace_of_many_blocks_comes_back_whole() throws IOException {
        Path file = directory.resolve("long.mmt");
        List<String> written = RandomTraces.write(file, 42, 60_000);
        assertTrue(Files.size(file) > 10 * MmtFormat.MAX_PAYLOAD_BYTES, "the trace has many blocks");
        assertEquals(written, RandomTraces.read(file));
    }

    @Test
    void an_empty_trace_is_a_trace() throws IOException {
        Path file = directory.resolve("empty.mmt");
        RandomTraces.write(file, 1, 0);
        assertEquals(0, TraceFile.open(file).events());
        assertEquals(List.of(), RandomTraces.read(file));
    }

    @Test
    void a_cursor_at_the_end_stays_at_the_end() throws IOException {
        Path file = directory.resolve("end.mmt");
        RandomTraces.write(file, 1, 3);
        try (TraceCursor cursor = TraceFile.open(file).cursor()) {
            for (int i = 0; i < 3; i++) {
                assertTrue(cursor.next());
            }
            assertFalse(cursor.next());
            assertFalse(cursor.next());
        }
    }

    @Test
    void a_flipped_bit_at_any_offset_is_noticed_when_the_trace_is_opened() throws IOException {
        Path file = directory.resolve("good.mmt");
        RandomTraces.write(file, 7, 15);
        byte[] good = Files.readAllBytes(file);
        Path bad = directory.resolve("bad.mmt");
        for (int offset = 0; offset < good.length; offset++) {
            for (int bit = 0; bit < 8; bit += 3) {
                byte[] bytes = good.clone();
                bytes[offset] ^= (byte) (1 << bit);
                Files.write(bad, bytes);
                TraceFormatException e = assertThrows(
                        TraceFormatException.class, () -> TraceFile.open(bad), "byte " + offset + " bit " + bit);
                assertTrue(e.getMessage().contains("bad.mmt"), e.getMessage());
                assertTrue(e.offset() <= good.length, e.getMessage());
            }
        }
    }

    @Test
    void a_trace_cut_off_at_any_length_is_noticed_when_it_is_opened() throws IOException {
        Path file = directory.resolve("good.mmt");
        RandomTraces.write(file, 8, 15);
        byte[] good = Files.readAllBytes(file);
        Path bad = directory.resolve("cut.mmt");
        for (int length = 0; length < good.length; length++) {
            Files.write(bad, Arrays.copyOf(good, length));
            TraceFormatException e =
                    assertThrows(TraceFormatException.class, () -> TraceFile.open(bad), "length " + length);
            assertTrue(e.getMessage().contains("truncated"), e.getMessage());
            assertEquals(length, e.offset());
        }
    }

    @Test
    void bytes_after_the_end_of_a_trace_are_noticed() throws IOException {
        Path file = directory.resolve("more.mmt");
        RandomTraces.write(file, 9, 10);
        byte[] good = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(good, good.length + 1));
        TraceFormatException e = assertThrows(TraceFormatException.class, () -> TraceFile.open(file));
        assertEquals(good.length, e.offset());
    }

    @Test
    void a_file_of_another_kind_is_refused_by_name_and_says_what_would_make_a_trace() throws IOException {
        Path file = directory.resolve("notes.txt");
        Files.writeString(file, "these are notes and no trace at all");
        TraceFormatException e = assertThrows(TraceFormatException.class, () -> TraceFile.open(file));
        assertTrue(e.getMessage().contains("notes.txt"), e.getMessage());
        assertTrue(e.getMessage().contains("polymm import"), e.getMessage());
    }

    @Test
    void a_trace_of_another_major_version_is_refused_with_both_versions() throws IOException {
        Path file = directory.resolve("future.mmt");
        RandomTraces.write(file, 9, 10);
        byte[] bytes = Files.readAllBytes(file);
        bytes[MmtFormat.magic().length] = 9;
        Files.write(file, bytes);
        TraceFormatException e = assertThrows(TraceFormatException.class, () -> TraceFile.open(file));
        assertTrue(e.getMessage().contains("trace format 9.0"), e.getMessage());
        assertTrue(e.getMessage().contains("reads 1.x"), e.getMessage());
    }

    @Test
    void a_missing_file_and_a_directory_are_named() {
        NoSuchFileException missing =
                assertThrows(NoSuchFileException.class, () -> TraceFile.open(directory.resolve("none.mmt")));
        assertTrue(missing.getMessage().contains("none.mmt"), missing.getMessage());
        IOException isDirectory = assertThrows(IOException.class, () -> TraceFile.open(directory));
        assertTrue(isDirectory.getMessage().contains("is a directory"), isDirectory.getMessage());
    }

    @Test
    void an_unfinished_trace_leaves_nothing_and_an_older_file_as_it_was() throws IOException {
        Path file = directory.resolve("old.mmt");
        Files.writeString(file, "old");
        try (TraceWriter writer = TraceWriter.create(file)) {
            writer.write(new TraceEvent().become(TraceEventKind.THREAD_EXIT).at(1, 2, 3));
        }
        assertEquals("old", Files.readString(file));
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(List.of(file), files.toList());
        }
    }

    @Test
    void a_finished_trace_is_alone_in_its_directory() throws IOException {
        Path file = directory.resolve("one.mmt");
        RandomTraces.write(file, 1, 10);
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(List.of(file), files.toList());
        }
    }

    @Test
    void a_writer_refuses_time_that_goes_back_and_names_that_were_never_defined() throws IOException {
        try (TraceWriter writer = TraceWriter.create(directory.resolve("x.mmt"))) {
            TraceEvent event =
                    new TraceEvent().become(TraceEventKind.THREAD_EXIT).at(10, 1, 1);
            writer.write(event);
            assertThrows(IllegalArgumentException.class, () -> writer.write(event.at(9, 1, 1)));
            event.become(TraceEventKind.COMM, 5).at(11, 1, 1);
            assertThrows(IllegalArgumentException.class, () -> writer.write(event));
        }
    }

    @Test
    void an_event_has_only_the_fields_of_its_kind() {
        TraceEvent event = new TraceEvent().become(TraceEventKind.MUNMAP, 0x1000, 0x2000, -22);
        assertEquals(0x1000, event.address());
        assertTrue(event.failed());
        assertThrows(IllegalArgumentException.class, () -> event.get(TraceField.PROT));
        assertThrows(IllegalArgumentException.class, () -> event.become(TraceEventKind.MUNMAP, 1));
    }

    @Test
    void every_bundled_recording_can_be_opened_and_says_where_it_comes_from() throws IOException {
        assertEquals(RecordedPrograms.NAMES, BundledTraces.names());
        assertTrue(BundledTraces.names().contains(BundledTraces.DEFAULT));
        for (String name : BundledTraces.names()) {
            TraceHeader header = BundledTraces.open(name).header();
            assertEquals(name, header.program());
            assertEquals(name + ".perf.txt.xz", header.sourceName());
            assertFalse(header.command().isEmpty());
            assertFalse(header.kernel().isEmpty());
        }
        NoSuchFileException e = assertThrows(NoSuchFileException.class, () -> BundledTraces.open("reddis"));
        assertTrue(e.getMessage().contains("gcc, jvm, python, redis, sqlite"), e.getMessage());
    }

    @Test
    void numbers_of_kinds_in_files_never_change() {
        assertEquals(0, TraceEventKind.PROCESS.ordinal());
        assertEquals(5, TraceEventKind.FORK.ordinal());
        assertEquals(10, TraceEventKind.MMAP.ordinal());
        assertEquals(24, TraceEventKind.FAULT.ordinal());
        assertEquals(25, TraceEventKind.ACCESSED.ordinal());
        assertTrue(TraceEventKind.values().length <= MmtFormat.DEFINE_NAME);
        assertTrue(TraceField.values().length <= Long.SIZE);
    }
}
