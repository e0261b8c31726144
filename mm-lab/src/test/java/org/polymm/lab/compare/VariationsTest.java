package org.polymm.lab.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VariationsTest {
    @Test
    void varying_two_keys_gives_every_combination_with_the_last_varying_fastest() {
        List<PolicySetSpec> sets = Variations.product(List.of("thp.enabled=always,never", "machine.memory=1GiB,2GiB"));
        assertEquals(
                List.of(
                        "enabled=always memory=1GiB",
                        "enabled=always memory=2GiB",
                        "enabled=never memory=1GiB",
                        "enabled=never memory=2GiB"),
                sets.stream().map(PolicySetSpec::name).toList());
        assertEquals(
                Map.of("thp.enabled", "never", "machine.memory", "1GiB"),
                sets.get(2).overrides());
    }

    @Test
    void of_several_keys_a_policy_is_named_by_itself_and_a_value_with_what_it_belongs_to() {
        List<PolicySetSpec> sets = Variations.product(
                List.of("policy.cow-sizing.copy=copy/wide,copy/one-page", "mechanism.pt-reclaim=on"));
        assertEquals(
                List.of("copy/wide pt-reclaim=on", "copy/one-page pt-reclaim=on"),
                sets.stream().map(PolicySetSpec::name).toList());
    }

    @Test
    void a_comma_of_a_value_is_escaped() {
        List<PolicySetSpec> sets = Variations.product(List.of("policy.cow-sizing.orders.orders=2\\,4,9"));
        assertEquals(List.of("2,4", "9"), sets.stream().map(PolicySetSpec::name).toList());
    }

    @Test
    void an_added_column_has_a_name_and_several_keys() {
        PolicySetSpec set = Variations.added("wide: policy.cow-sizing.copy.use = copy/wide; thp.enabled=madvise");
        assertEquals("wide", set.name());
        assertEquals(Map.of("policy.cow-sizing.copy.use", "copy/wide", "thp.enabled", "madvise"), set.overrides());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "thp.enabled            | expected KEY=A,B",
                "=always,never          | expected KEY=A,B",
                "thp.enabled=           | a value is missing",
                "thp.enabled=always,    | a value is missing",
                "thp.enabled=never,never| a value is there twice"
            })
    void a_malformed_variation_says_what_is_expected(String option, String message) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> Variations.product(List.of(option)));
        assertTrue(e.getMessage().startsWith("--vary " + option), e.getMessage());
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }

    @Test
    void a_key_cannot_be_varied_twice() {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class,
                () -> Variations.product(List.of("thp.enabled=always,never", "thp.enabled=madvise")));
        assertTrue(e.getMessage().contains("thp.enabled is varied twice"), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "thp.enabled=never   | expected NAME:KEY=VALUE",
                "a:thp.enabled       | is not of the form KEY=VALUE",
                "a:b=1;b=2           | b is set twice"
            })
    void a_malformed_column_says_what_is_expected(String option, String message) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> Variations.added(option));
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }

    @Test
    void the_policy_sets_begin_with_mainline_which_sets_nothing_and_have_names_of_their_own() {
        assertEquals("mainline", PolicySets.all().getFirst().name());
        assertEquals(Map.of(), PolicySets.all().getFirst().overrides());
        assertTrue(PolicySets.all().size() >= 4);
        HashSet<String> names = new HashSet<>();
        for (PolicySetSpec set : PolicySets.all()) {
            assertTrue(names.add(set.name()), set.name());
            assertTrue(!set.summary().isBlank(), set.name());
            assertEquals(set, PolicySets.named(set.name()).orElseThrow());
        }
    }
}
