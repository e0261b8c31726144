package org.polymm.testkit.junit;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.polymm.api.collapse.CollapsePolicy;
import org.polymm.api.collapse.TableMoveDecision;
import org.polymm.api.plugin.Slot;
import org.polymm.testkit.Contracts;
import org.polymm.testkit.Planted;

class ContractTestsTest {

    private static final Planted UNSAFE = Planted.plugin(
            Slot.COLLAPSE_TABLE_MOVE, () -> (CollapsePolicy.TableMove) move -> TableMoveDecision.UNCHECKED);
    private static final Planted SOUND = Planted.plugin(
            Slot.COLLAPSE_TABLE_MOVE, () -> (CollapsePolicy.TableMove) move -> TableMoveDecision.MOVE_ENTRIES);

    @Test
    void there_is_a_test_for_the_plugin_and_one_for_each_contract() {
        List<String> names = flat(ContractTests.of(SOUND)).stream()
                .map(test -> test.getDisplayName().replaceFirst(":.*", ""))
                .toList();
        assertEquals(
                List.of(
                        "plugin-keeps-its-description",
                        "no-mutable-fields",
                        "answers-in-range",
                        "keeps-no-view",
                        "deterministic",
                        "no-dangerous-decision"),
                names);
    }

    @Test
    void a_sound_policy_passes_all() {
        for (DynamicTest test : flat(ContractTests.of(SOUND))) {
            assertDoesNotThrow(() -> test.getExecutable().execute(), test.getDisplayName());
        }
    }

    @Test
    void a_broken_contract_fails_and_says_how() {
        DynamicTest last = flat(ContractTests.of(UNSAFE)).getLast();
        AssertionError error =
                assertThrows(AssertionError.class, () -> last.getExecutable().execute());
        assertTrue(error.getMessage().contains("planted/policy breaks no-dangerous-decision"), error.getMessage());
    }

    @Test
    void a_policy_known_to_break_a_contract_must_break_it() {
        DynamicTest expected = flat(ContractTests.of(UNSAFE)
                        .exceptThatBreaks("planted/policy", Contracts.NO_DANGEROUS_DECISION))
                .getLast();
        assertDoesNotThrow(() -> expected.getExecutable().execute());
        DynamicTest needless = flat(ContractTests.of(SOUND)
                        .exceptThatBreaks("planted/policy", Contracts.NO_DANGEROUS_DECISION))
                .getLast();
        assertThrows(AssertionError.class, () -> needless.getExecutable().execute());
    }

    private static List<DynamicTest> flat(ContractTests tests) {
        return tests.tests().flatMap(ContractTestsTest::leaves).toList();
    }

    private static Stream<DynamicTest> leaves(DynamicNode node) {
        return node instanceof DynamicContainer container
                ? container.getChildren().flatMap(ContractTestsTest::leaves)
                : Stream.of((DynamicTest) node);
    }
}
