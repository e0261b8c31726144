package org.polymm.lab.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class CrossTableTest {

    @Test
    void many_scenarios_under_few_policies_have_a_row_each() {
        CrossTable table = new CrossTable(List.of("on", "off"));
        table.scenario("races/first-race.mms", List.of("holds", "broken: some-invariant"));
        table.scenario("races/second-race.mms", List.of("holds", "holds"));
        table.scenario("races/third-race.mms", List.of("holds", "holds"));

        assertEquals("""
                scenario     on     off
                first-race   holds  broken: some-invariant
                second-race  holds  holds
                third-race   holds  holds
                """, table.text());
    }

    @Test
    void few_scenarios_under_many_policies_have_a_column_each() {
        CrossTable table = new CrossTable(List.of("retract/one", "retract/two", "retract/three"));
        table.scenario("r05.mms", List.of("holds", "broken: some-invariant", "holds"));

        assertEquals("""
                variation      r05
                retract/one    holds
                retract/two    broken: some-invariant
                retract/three  holds
                """, table.text());
    }

    @Test
    void a_scenario_without_an_outcome_for_each_variation_is_refused() {
        CrossTable table = new CrossTable(List.of("on", "off"));

        assertThrows(IllegalArgumentException.class, () -> table.scenario("a.mms", List.of("holds")));
    }
}
