package org.polymm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.polymm.api.OrderSet;
import org.polymm.api.Policy;
import org.polymm.api.collapse.CollapsePolicy;
import org.polymm.api.collapse.TableMoveDecision;
import org.polymm.api.plugin.Option;
import org.polymm.api.plugin.OptionValues;
import org.polymm.api.plugin.PluginDescriptor;
import org.polymm.api.plugin.PolicyDescriptor;
import org.polymm.api.plugin.PolicyPlugin;
import org.polymm.api.plugin.Provenance;
import org.polymm.api.plugin.Slot;
import org.polymm.api.plugin.SpiLevel;
import org.polymm.api.split.FolioSplitPolicy;
import org.polymm.api.split.SplitPlan;

class ContractRunnerTest {

    private record KeepPin() implements FolioSplitPolicy.Pin {
        @Override
        public SplitPlan onLongTermPin(org.polymm.api.split.LongTermPin pin) {
            return SplitPlan.keep();
        }
    }

    private record Move(TableMoveDecision decision) implements CollapsePolicy.TableMove {
        @Override
        public TableMoveDecision onTableMove(Facts move) {
            return decision;
        }
    }

    @Test
    void a_sound_plugin_keeps_all_contracts() {
        ContractReport report = ContractRunner.check(Planted.plugin(Slot.FOLIO_SPLIT_PIN, KeepPin::new));
        assertEquals(List.of(), report.breaches());
        assertTrue(report.isUsable());
        assertEquals("planted: 6 of 6 contracts kept\n", report.text());
    }

    @Test
    void a_dangerous_policy_is_usable_and_named() {
        ContractReport report = ContractRunner.check(
                Planted.plugin(Slot.COLLAPSE_TABLE_MOVE, () -> new Move(TableMoveDecision.UNCHECKED)));
        assertTrue(report.isUsable());
        assertEquals(1, report.breaches().size());
        assertTrue(
                report.text().startsWith("UNSAFE  planted/policy  no-dangerous-decision: onTableMove"), report.text());
    }

    @Test
    void a_policy_that_breaks_a_rule_is_not_usable() {
        ContractReport report =
                ContractRunner.check(Planted.plugin(Slot.FOLIO_SPLIT_PIN, () -> (FolioSplitPolicy.Pin) pin -> null));
        assertFalse(report.isUsable());
        assertTrue(report.text().contains("BROKEN  planted/policy  answers-in-range: onLongTermPin"), report.text());
    }

    @Test
    void a_policy_in_the_wrong_role_is_found_before_anything_is_asked() {
        ContractReport report = ContractRunner.check(Planted.plugin(Slot.COLLAPSE_CHOICE, KeepPin::new));
        assertFalse(report.isUsable());
        assertEquals(1, report.results().size());
        assertTrue(
                report.text().contains("does not implement " + CollapsePolicy.Choice.class.getName()), report.text());
    }

    @Test
    void a_policy_that_cannot_be_made_is_found() {
        ContractReport report = ContractRunner.check(Planted.plugin(Slot.FOLIO_SPLIT_PIN, () -> {
            throw new IllegalStateException("planted");
        }));
        assertTrue(report.text().contains("could not be made with its defaults"), report.text());
    }

    @Test
    void a_plugin_that_describes_itself_twice_differently_or_makes_what_it_does_not_describe_is_found() {
        PolicyPlugin fickle = new PolicyPlugin() {
            private int calls;

            @Override
            public PluginDescriptor describe() {
                calls++;
                return new PluginDescriptor(
                        "fickle",
                        "1." + calls,
                        new SpiLevel(0, 1),
                        "tests",
                        List.of(PolicyDescriptor.of(
                                "pin/fickle", Slot.FOLIO_SPLIT_PIN, "no sentence", new Provenance("", ""))));
            }

            @Override
            public Policy create(String policyId, OptionValues options) {
                return new KeepPin();
            }
        };
        assertEquals(
                List.of(
                        "describe() said two different things",
                        "pin/fickle has a summary that is no sentence: 'no sentence'",
                        "pin/fickle does not say where it comes from",
                        "made a policy that it does not describe"),
                PluginContract.breaches(fickle));
    }

    @Test
    void each_option_is_tried_at_its_extremes() {
        PolicyPlugin plugin = new PolicyPlugin() {
            @Override
            public PluginDescriptor describe() {
                return new PluginDescriptor(
                        "optional",
                        "1",
                        new SpiLevel(0, 1),
                        "tests",
                        List.of(PolicyDescriptor.of(
                                        "pin/optional",
                                        Slot.FOLIO_SPLIT_PIN,
                                        "Has options.",
                                        new Provenance("a test", ""))
                                .withOptions(
                                        Option.ofBoolean("flag", true, "a flag"),
                                        Option.ofNumber("number", 5, 2, 8, "a number"),
                                        Option.ofOrders("orders", OrderSet.of(2), "orders"),
                                        Option.ofChoice("word", "a", List.of("a", "b"), "a word"))));
            }

            @Override
            public Policy create(String policyId, OptionValues options) {
                return new KeepPin();
            }
        };
        assertEquals(
                List.of(
                        Map.of(),
                        Map.of("flag", "false"),
                        Map.of("number", "2"),
                        Map.of("number", "8"),
                        Map.of("orders", "9"),
                        Map.of("orders", "2,3,4"),
                        Map.of("word", "b")),
                PolicyUnderTest.allOf(plugin).stream()
                        .map(PolicyUnderTest::options)
                        .toList());
    }
}
