package org.polymm.lab.scenario;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.polymm.api.plugin.Slot;
import org.polymm.runtime.compose.StandardKeys;

/** What a scenario can ask of the simulator and not of the host's kernel, which is as it is. */
public final class HostNeeds {

    private HostNeeds() {}

    /** {@return the circumstances on the host: mainline's policies, which are the defaults} */
    public static Circumstances circumstances() {
        TreeMap<String, String> policies = new TreeMap<>();
        Arrays.stream(Slot.values())
                .forEach(slot -> policies.put(slot.key(), StandardKeys.use(slot).defaultText()));
        return new Circumstances(Circumstances.LINUX, policies, new TreeMap<>());
    }

    /**
     * Looks for what the host's kernel cannot be.
     *
     * @param scenario the scenario
     * @return what it is; null if there is nothing
     */
    public static @Nullable String unmet(Scenario scenario) {
        for (Map.Entry<String, String> wanted : scenario.configuration().entrySet()) {
            String key = wanted.getKey();
            if (key.equals(StandardKeys.PAGE_TABLE_ENTRIES.name())
                    && wanted.getValue().equals("512")) {
                continue;
            }
            if (key.startsWith("policy.")) {
                boolean mainline = Arrays.stream(Slot.values())
                        .map(StandardKeys::use)
                        .anyMatch(use ->
                                use.name().equals(key) && use.defaultText().equals(wanted.getValue()));
                if (!mainline) {
                    return "needs " + key + "=" + wanted.getValue() + ": the host's kernel has mainline's policies";
                }
            } else {
                return "needs " + key + "=" + wanted.getValue() + ": only the simulator can be made like that";
            }
        }
        return null;
    }
}
