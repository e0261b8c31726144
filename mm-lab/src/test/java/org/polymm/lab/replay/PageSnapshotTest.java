package org.polymm.lab.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageSnapshotTest {
    private static final String HEAD = "# t=12.000000034 pid=7 label=after it\n";

    @TempDir
    Path directory;

    @Test
    void a_snapshot_has_areas_and_anonymous_pages_with_whether_they_are_mapped_once() throws IOException {
        PageSnapshot snapshot = read(HEAD
                + "00010000-00014000 rw-p 00000000 00:00 0 \n"
                + " rss=8 pss=8\n"
                + " runs: 0+1=PX 2+2=P\n"
                + "00020000-00022000 r--p 00001000 fe:00 42                   /lib/a b.so\n"
                + " runs: 0+2=PFX\n"
                + "7ff00000-7ff01000 rw-p 00000000 00:00 0                    [stack]\n"
                + " runs: 0+1=PX\n");
        assertEquals("after it", snapshot.label());
        assertEquals(7, snapshot.process());
        assertEquals(12_000_000_034L, snapshot.nanos());
        assertEquals(
                List.of("", "/lib/a b.so", "[stack]"),
                snapshot.areas().stream().map(PageSnapshot.Area::name).toList());
        assertEquals(Map.of(0x10L, true, 0x12L, false, 0x13L, false), snapshot.anonymous());
    }

    @Test
    void a_prediction_differs_by_pages_that_are_missing_or_too_many_or_shared_otherwise() throws IOException {
        PageSnapshot snapshot = read(HEAD
                + "00010000-00014000 rw-p 00000000 00:00 0 \n"
                + " runs: 0+3=PX\n"
                + "7ff00000-7ff01000 rw-p 00000000 00:00 0                    [stack]\n");
        assertEquals(List.of(), snapshot.differences(Map.of(0x10L, true, 0x11L, true, 0x12L, true)));
        assertEquals(
                List.of(
                        "0x11000: recorded mapped once, replayed shared or the zero page",
                        "0x12000: recorded mapped once, replayed absent",
                        "0x13000: recorded absent, replayed mapped once"),
                snapshot.differences(Map.of(0x10L, true, 0x11L, false, 0x13L, true, 0x7ff00L, true)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00010000-00014000 rw-p 00000000 00:00 0 \n",
                HEAD + "nothing of a snapshot\n",
                HEAD + " runs: 0+1=P\n",
                HEAD + "00010000-00014000 rw-p 00000000 00:00 0 \n runs: 0-1=P\n"
            })
    void a_line_that_is_none_of_a_snapshot_is_named_by_file_and_number(String text) {
        IOException e = assertThrows(IOException.class, () -> read(text));
        assertTrue(e.getMessage().contains("snapshots.txt:" + text.lines().count()), e.getMessage());
    }

    private PageSnapshot read(String text) throws IOException {
        Path file = directory.resolve("snapshots.txt");
        Files.writeString(file, text);
        return PageSnapshot.readAll(file).getFirst();
    }
}
