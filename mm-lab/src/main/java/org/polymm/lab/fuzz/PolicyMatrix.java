package org.polymm.lab.fuzz;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import org.polymm.api.plugin.PolicyDescriptor;
import org.polymm.api.plugin.Slot;
import org.polymm.runtime.compose.StandardKeys;
import org.polymm.runtime.plugin.AvailablePolicy;
import org.polymm.runtime.plugin.Catalogue;

/** Combinations of policies. */
final class PolicyMatrix {

    /** Many enough to have every pair of policies several times, few enough to go round. */
    private static final int MOST = 512;

    /** Has no common divisor with any number of combinations that it does not divide, being prime. */
    private static final long STRIDE = 1_000_003;

    private PolicyMatrix() {}

    /**
     * Combinations, without the policies whose summary calls them faulty.
     *
     * @param catalogue what there is
     * @return overrides of the configuration, each with one policy for every slot that has a choice
     */
    static List<SequencedMap<String, String>> of(Catalogue catalogue) {
        List<Slot> slots = new ArrayList<>();
        List<List<String>> choices = new ArrayList<>();
        long combinations = 1;
        for (Slot slot : Slot.values()) {
            List<String> sound = catalogue.policies(slot).stream()
                    .map(AvailablePolicy::descriptor)
                    .filter(policy -> !isFaulty(policy))
                    .map(PolicyDescriptor::id)
                    .sorted()
                    .toList();
            if (sound.size() > 1) {
                slots.add(slot);
                choices.add(sound);
                combinations *= sound.size();
            }
        }
        List<SequencedMap<String, String>> sets = new ArrayList<>();
        for (long index = 0; index < Math.min(combinations, MOST); index++) {
            sets.add(combination(slots, choices, index * STRIDE % combinations));
        }
        return sets;
    }

    private static boolean isFaulty(PolicyDescriptor policy) {
        return policy.summary().toLowerCase(Locale.ROOT).contains("faulty");
    }

    private static SequencedMap<String, String> combination(List<Slot> slots, List<List<String>> choices, long number) {
        SequencedMap<String, String> overrides = new LinkedHashMap<>();
        long rest = number;
        for (int slot = 0; slot < slots.size(); slot++) {
            List<String> ids = choices.get(slot);
            overrides.put(StandardKeys.use(slots.get(slot)).name(), ids.get((int) (rest % ids.size())));
            rest /= ids.size();
        }
        return overrides;
    }
}
