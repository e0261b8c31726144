package org.polymm.engine.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.polymm.api.ScanResult;
import org.polymm.engine.state.Snapshot;
import org.polymm.engine.state.StateSpace;

class EventLogTest {

    private final StateSpace space = new StateSpace();

    @Test
    void events_are_told_in_words_oldest_first() {
        EventLog log = new EventLog(space, 8);
        log.record(EventKind.FORK, 1, 2, 0);
        log.record(EventKind.FAULT, 2, 0x7f00_0000_1000L, 1);
        assertEquals(List.of("0 mm 1 forks mm 2", "1 mm 2 faults at 0x7f0000001000, access 1"), log.tail(10));
        assertEquals(List.of("1 mm 2 faults at 0x7f0000001000, access 1"), log.tail(1));
    }

    @Test
    void a_full_log_forgets_the_oldest() {
        EventLog log = new EventLog(space, 4);
        for (int i = 0; i < 11; i++) {
            log.record(EventKind.NOTE, i, 0, 0);
        }
        assertEquals(7, log.oldest());
        assertEquals(7, log.a(7));
        assertEquals(10, log.a(10));
        assertThrows(IndexOutOfBoundsException.class, () -> log.a(6));
        assertThrows(IndexOutOfBoundsException.class, () -> log.a(11));
    }

    @Test
    void capacity_zero_keeps_nothing() {
        EventLog log = new EventLog(space, 0);
        log.record(EventKind.NOTE, 1, 2, 3);
        assertFalse(log.isOn());
        assertEquals(0, log.next());
        assertEquals(List.of(), log.tail(5));
    }

    @Test
    void a_rewind_forgets_what_was_written_since() {
        EventLog log = new EventLog(space, 4);
        log.record(EventKind.NOTE, 1, 0, 0);
        Snapshot saved = space.save();
        for (int i = 0; i < 9; i++) {
            log.record(EventKind.NOTE, 100 + i, 0, 0);
        }
        assertNotNull(space.firstDifference(saved));
        space.rewind(saved);
        assertNull(space.firstDifference(saved));
        assertEquals(List.of("0 note 1 0 0"), log.tail(4));
    }

    @ParameterizedTest
    @EnumSource
    void every_kind_of_event_has_a_text_without_open_places(EventKind kind) {
        String text = EventLog.describe(kind, 1, 2, 3);
        assertFalse(text.contains("{") || text.contains("}"), text);
        assertFalse(text.isBlank());
    }

    @Test
    void results_of_scans_and_verdicts_of_reclaim_have_their_names() {
        assertEquals(
                "mm 1 range 0x200000 collapses with SCAN_PTE_UFFD_WP",
                EventLog.describe(EventKind.COLLAPSE_SCAN, 1, 0x200000, ScanResult.PTE_UFFD_WP.ordinal()));
        assertEquals("reclaim activates folio 7", EventLog.describe(EventKind.RECLAIM, 7, 1, 0));
    }
}
