package org.polymm.runtime.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NearestTest {

    private static final List<String> KNOWN = List.of("machine.memory", "machine.contents", "thp.enabled", "seed");

    @Test
    void oneEditOfEachKindCostsOne() {
        assertEquals(1, Nearest.distance("seed", "seeds"));
        assertEquals(1, Nearest.distance("seed", "see"));
        assertEquals(1, Nearest.distance("seed", "seen"));
        assertEquals(1, Nearest.distance("seed", "sede"), "neighbours that are swapped");
        assertEquals(0, Nearest.distance("seed", "seed"));
        assertEquals(4, Nearest.distance("", "seed"));
    }

    @Test
    void aMisspeltWordFindsWhatWasMeant() {
        assertEquals(Optional.of("machine.memory"), Nearest.to("machine.memroy", KNOWN));
        assertEquals(Optional.of("thp.enabled"), Nearest.to("THP.Enable", KNOWN));
    }

    @Test
    void aWordThatResemblesNothingFindsNothing() {
        assertEquals(Optional.empty(), Nearest.to("colour", KNOWN));
        assertEquals(Optional.empty(), Nearest.to("x", List.of("on", "a")));
    }

    @Test
    void ofTwoThatAreEquallyNearTheFirstIsMeant() {
        assertEquals(Optional.of("cat"), Nearest.to("bat", List.of("cat", "hat")));
    }

    @Test
    void aHintIsAQuestionOrNothing() {
        assertEquals("; did you mean seed?", Nearest.hint("sed", KNOWN));
        assertEquals("", Nearest.hint("colour", KNOWN));
    }
}
