package org.polymm.runtime.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyRegistryTest {

    private static final Key<Long> SEED = Key.number("seed", 1, 0, 9, "A seed.");

    private static String refusal(Key<?> first, Key<?> second) {
        KeyRegistry.Builder builder = KeyRegistry.builder().declare(first);
        return assertThrows(IllegalArgumentException.class, () -> builder.declare(second))
                .getMessage();
    }

    @Test
    void keysStayInTheOrderInWhichTheyWereDeclared() {
        KeyRegistry registry = KeyRegistry.builder()
                .declare(SEED)
                .declare(Key.flag("b.flag", "on", "A flag."))
                .declare(Key.flag("a.flag", "on", "A flag."))
                .build();

        assertEquals(List.of("seed", "b.flag", "a.flag"), List.copyOf(registry.names()));
        assertEquals(SEED, registry.find("seed").orElseThrow());
        assertTrue(registry.find("b").isEmpty());
    }

    @Test
    void anotherModuleAddsItsKeysToACopy() {
        KeyRegistry base =
                KeyRegistry.builder().declare(SEED).group("cost", "Costs.").build();

        KeyRegistry more = base.toBuilder()
                .declare(Key.decimal("cost.fault", "0.5", 0, 1000, "Nanoseconds."))
                .build();

        assertEquals(List.of("seed", "cost.fault"), List.copyOf(more.names()));
        assertEquals(List.of("seed"), List.copyOf(base.names()));
        assertEquals("Costs.", more.groupHelp("cost"));
    }

    @Test
    void aKeyIsDeclaredOnce() {
        assertEquals("key seed is declared twice", refusal(SEED, SEED));
    }

    @Test
    void aKeyIsNoGroupOfAnother() {
        Key<Boolean> inner = Key.flag("seed.inner", "on", "A flag.");

        assertEquals("of the keys seed and seed.inner one is a group of the other", refusal(SEED, inner));
        assertEquals("of the keys seed.inner and seed one is a group of the other", refusal(inner, SEED));
    }

    @Test
    void twoKeysDoNotShareAVariable() {
        String refusal = refusal(Key.flag("a.b-c", "on", "A flag."), Key.flag("a.b_c", "on", "A flag."));

        assertEquals("keys a.b-c and a.b_c would both be set by the variable POLYMM_A_B_C", refusal);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A", "a..b", "a.", ".a", "a b", "1a", "a/b"})
    void aMalformedNameIsRefused(String name) {
        assertThrows(IllegalArgumentException.class, () -> Key.flag(name, "on", "A flag."));
    }

    @Test
    void aDefaultThatIsNotOfTheTypeIsRefused() {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> Key.number("seed", 10, 0, 9, "A seed."));

        assertEquals(
                "the default of key seed '10' will not do: expected a whole number from 0 to 9", refused.getMessage());
    }

    @Test
    void theVariableFollowsFromTheName() {
        assertEquals(
                "POLYMM_THP_HUGEPAGES_64KB",
                Key.flag("thp.hugepages-64kB", "on", "A flag.").variable());
    }

    @Test
    void aVariableOfTheLauncherIsNoKey() {
        KeyRegistry registry =
                KeyRegistry.builder().otherVariable("POLYMM_JAVA_OPTS").build();

        assertTrue(registry.isOtherVariable("POLYMM_JAVA_OPTS"));
        assertFalse(registry.isOtherVariable("POLYMM_SEED"));
        assertTrue(registry.toBuilder().build().isOtherVariable("POLYMM_JAVA_OPTS"));
    }
}
