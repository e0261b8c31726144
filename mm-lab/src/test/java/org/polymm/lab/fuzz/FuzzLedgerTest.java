package org.polymm.lab.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;

class FuzzLedgerTest {

    private static final Finding WRONG = new Finding("contents-are-right", 3, "7 was read where 8 was written");

    private static SequencedMap<String, Long> none() {
        return new LinkedHashMap<>();
    }

    @Test
    void turnsBeginAtMultiplesAndTheFirstMayBeShort() {
        FuzzLedger ledger = new FuzzLedger(5, Bounds.ofPrograms(100), 4);

        assertEquals(5, ledger.claim());
        assertEquals(8, ledger.endOfTurn(5));
        assertEquals(8, ledger.claim());
        assertEquals(12, ledger.claim());
    }

    @Test
    void programsThatRanAheadCountWhenThoseBelowThemHaveRun() {
        FuzzLedger ledger = new FuzzLedger(0, Bounds.ofPrograms(100), 1);
        ledger.ran(1, 20, new LinkedHashMap<>(Map.of("rule", 2L)), null);
        assertEquals(0, ledger.programs());

        ledger.ran(0, 10, new LinkedHashMap<>(Map.of("rule", 1L)), null);

        assertEquals(2, ledger.programs());
        assertEquals(30, ledger.operations());
        assertEquals(Map.of("rule", 3L), ledger.refused());
    }

    @Test
    void whatRanBehindTheEndOfABoundedRunDoesNotCountAndDoesNotFail() {
        FuzzLedger ledger = new FuzzLedger(0, new Bounds(25, 0, null), 1);
        ledger.ran(3, 10, none(), WRONG);
        ledger.ran(1, 10, none(), null);
        ledger.ran(2, 10, none(), null);
        assertTrue(ledger.wants(0));

        ledger.ran(0, 10, none(), null);

        assertFalse(ledger.wants(4));
        assertEquals(3, ledger.next());
        assertEquals(30, ledger.operations());
        assertEquals(-1, ledger.failed());
        assertNull(ledger.finding());
    }

    @Test
    void programsBelowOneThatFailedAreStillWantedAndTheLowestFailureIsTheOne() {
        FuzzLedger ledger = new FuzzLedger(0, Bounds.ofPrograms(100), 1);
        ledger.ran(2, 10, none(), new Finding("other", 0, ""));
        assertTrue(ledger.wants(1));
        assertFalse(ledger.wants(3));
        ledger.ran(0, 10, none(), null);

        ledger.ran(1, 10, none(), WRONG);

        assertEquals(1, ledger.failed());
        assertSame(WRONG, ledger.finding());
        assertEquals(2, ledger.next());
        assertFalse(ledger.wants(2));
    }

    @Test
    void aFailureThatRanAheadIsNotForgottenWhenTheRunIsStopped() {
        FuzzLedger ledger = new FuzzLedger(0, new Bounds(0, 0, Duration.ofHours(1)), 1);
        ledger.ran(0, 10, none(), null);
        ledger.ran(5, 10, none(), WRONG);

        ledger.stop();

        assertFalse(ledger.wants(1));
        assertEquals(5, ledger.failed());
        assertSame(WRONG, ledger.finding());
        assertEquals(1, ledger.next());
    }
}
