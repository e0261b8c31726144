package org.polymm.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.polymm.engine.check.Invariant;
import org.polymm.engine.check.Violation;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.mm.Mman;
import org.polymm.runtime.Laboratory;

/** A scheme that guesses at sharing is caught where its guess is wrong, and the one that replaced it is not. */
class FaultySchemeIT {

    private static final long PAGE = 4096;
    private static final long FOLIO = 16 * PAGE;

    /** A folio of 16 pages is shared by two processes, and each of them lets go of another half. */
    private static List<Violation> eachProcessKeepsAnotherHalf(String scheme) {
        try (Laboratory laboratory = Plugins.open()) {
            Machine machine = laboratory
                    .compose(
                            Map.of(
                                    "policy.mapcount.folio.use", scheme,
                                    "thp.enabled", "never",
                                    "thp.hugepages-64kB", "always"),
                            "test")
                    .blueprint()
                    .create();
            int parent = machine.spawn();
            long start = machine.mmap(
                    parent, 1L << 30, FOLIO, 3, Mman.MAP_PRIVATE | Mman.MAP_ANONYMOUS | Mman.MAP_FIXED, 0, 0);
            machine.touch(parent, start, 1);
            assertEquals(4, machine.inspect().folioOrder(parent, start));
            int child = machine.fork(parent);
            machine.munmap(parent, start, FOLIO / 2);
            machine.munmap(child, start + FOLIO / 2, FOLIO / 2);
            return machine.check();
        }
    }

    @Test
    void theGuessByTheFirstPageMissesAnOwner() {
        List<Violation> found = eachProcessKeepsAnotherHalf("mapcount/page-mapcount");

        assertTrue(
                found.stream().anyMatch(violation -> violation.invariant() == Invariant.SCHEME_MISSES_NO_SHARING),
                found.toString());
    }

    @Test
    void trackingOwnersMissesNone() {
        assertEquals(List.of(), eachProcessKeepsAnotherHalf("mapcount/mm-id"));
    }

    @Test
    void walkingForOwnersMissesNone() {
        assertEquals(List.of(), eachProcessKeepsAnotherHalf("mapcount/exact"));
    }
}
