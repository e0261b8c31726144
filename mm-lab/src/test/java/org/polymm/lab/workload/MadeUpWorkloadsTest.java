package org.polymm.lab.workload;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.polymm.lab.trace.Granularity;
import org.polymm.lab.trace.TraceEventKind;
import org.polymm.lab.trace.TraceFile;
import org.polymm.lab.trace.TraceSummary;

class MadeUpWorkloadsTest {

    @TempDir
    Path folder;

    @Test
    void every_name_opens_a_trace_of_every_access_that_says_it_is_made_up() throws IOException {
        for (String name : MadeUpWorkloads.names()) {
            TraceFile trace = MadeUpWorkloads.open(name);
            assertEquals(Granularity.ACCESSES, trace.header().granularity());
            assertTrue(trace.header().howRecorded().startsWith("made up: "), trace.header()::howRecorded);
            assertEquals("made-up workload " + name, trace.name());
        }
    }

    @Test
    void an_unknown_name_is_refused_with_the_known_ones() {
        String message = assertThrows(NoSuchFileException.class, () -> MadeUpWorkloads.open("heap"))
                .getMessage();
        assertTrue(message.contains("heap") && message.contains("locked-heap"), message);
    }

    @Test
    void the_locked_heap_is_the_same_to_the_last_byte_every_time() throws IOException {
        LockedHeap.write(folder.resolve("one"));
        LockedHeap.write(folder.resolve("two"));
        assertArrayEquals(Files.readAllBytes(folder.resolve("one")), Files.readAllBytes(folder.resolve("two")));
    }

    @Test
    void the_locked_heap_locks_unlocks_pins_unpins_and_cuts_vmas() throws IOException {
        Map<TraceEventKind, Long> events =
                TraceSummary.of(MadeUpWorkloads.open("locked-heap")).events();
        assertEquals(321, events.get(TraceEventKind.MLOCK));
        assertEquals(238, events.get(TraceEventKind.MUNLOCK));
        assertEquals(30, events.get(TraceEventKind.PIN));
        assertEquals(22, events.get(TraceEventKind.UNPIN));
        assertEquals(74, events.get(TraceEventKind.MPROTECT));
        assertEquals(2, events.get(TraceEventKind.PROCESS_EXIT));
        assertTrue(events.get(TraceEventKind.ACCESSED) > 90_000, events::toString);
    }
}
