package org.polymm.lab.scenario;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.polymm.api.plugin.Slot;
import org.polymm.lab.scenario.syntax.Circumstance;

/**
 * Under what a scenario says that it goes wrong: {@code expect if KEY = VALUE and ... : counterexample}. Whoever finds nothing under that finds
 * nothing anywhere.
 */
public final class Controls {

    private static final String SAFETY = "safety";

    private Controls() {}

    /**
     * Reads a scenario.
     *
     * @param scenario the scenario
     * @return what is to be set, by names of policy slots, mechanisms and {@code safety}, for each of them; empty if it says nothing of the kind
     */
    public static List<SequencedMap<String, String>> of(Scenario scenario) {
        List<SequencedMap<String, String>> controls = new ArrayList<>();
        for (Item item : scenario.items()) {
            if (item instanceof Item.Expect expect && expect.check() instanceof CounterexampleCheck) {
                Guard guard = expect.guard();
                boolean isSet =
                        guard.all().stream().noneMatch(one -> one.name().text().equals(Circumstance.MACHINE));
                if (!guard.all().isEmpty() && !guard.negated() && isSet) {
                    controls.add(settings(guard));
                }
            }
        }
        return controls;
    }

    private static SequencedMap<String, String> settings(Guard guard) {
        SequencedMap<String, String> settings = new LinkedHashMap<>();
        for (Circumstance one : guard.all()) {
            settings.put(key(one.name().text()), one.value().text());
        }
        return settings;
    }

    /** The configuration key that a circumstance is about. */
    private static String key(String name) {
        if (name.equals(SAFETY)) {
            return name;
        }
        for (Slot slot : Slot.values()) {
            if (name.equals(slot.key())) {
                return "policy." + name;
            }
        }
        return "mechanism." + name;
    }
}
