package org.polymm.lab.scenario;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Under what a scenario runs: what expectations may depend on, and what a verdict says it was reached under.
 *
 * @param machine {@code simulator} or {@code linux}
 * @param policies the id of the policy of every slot
 * @param switches the state of every mechanism switch, and {@code safety}
 */
public record Circumstances(String machine, SortedMap<String, String> policies, SortedMap<String, String> switches) {

    /** The machine that runs simulated. */
    public static final String SIMULATOR = "simulator";
    /** The host's kernel. */
    public static final String LINUX = "linux";

    /** Copies the maps. */
    public Circumstances {
        policies = Collections.unmodifiableSortedMap(new TreeMap<>(policies));
        switches = Collections.unmodifiableSortedMap(new TreeMap<>(switches));
    }

    /**
     * The simulator under some policies.
     *
     * @param policies the id of the policy of every slot
     * @return the circumstances
     */
    public static Circumstances simulator(Map<String, String> policies) {
        return new Circumstances(SIMULATOR, new TreeMap<>(policies), new TreeMap<>());
    }

    /** Whether something holds. */
    boolean hold(String name, String value) {
        return name.equals(org.polymm.lab.scenario.syntax.Circumstance.MACHINE)
                ? machine.equals(value)
                : value.equals(policies.get(name)) || value.equals(switches.get(name));
    }
}
