package org.polymm.lab.scenario;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.polymm.lab.program.Settings;
import org.polymm.lab.simulator.SimulatorSubject;
import org.polymm.runtime.Laboratory;
import org.polymm.runtime.compose.ChosenPolicy;
import org.polymm.runtime.compose.Composition;
import org.polymm.runtime.compose.StandardKeys;
import org.polymm.runtime.config.EffectiveValue;

/**
 * Simulated machines for scenarios, each checked after every operation.
 *
 * <p>What a scenario says is stronger than the configuration; what it leaves open is as configured. Huge page settings are the exception:
 * what neither the scenario nor somebody's explicit setting names is off, so that a scenario means the same on every machine.
 *
 * <p>Used by one thread. Close the laboratory after the last machine was used.
 */
public final class SimulatorBench {

    /** Enough for what scenarios do, and quick to check. */
    private static final String MEMORY = "64MiB";

    /** Memory that is rewound in a microsecond. */
    private static final String LITTLE = "256KiB";
    /** The same for tables of 512 entries. */
    private static final String FEW_HUGE = "16MiB";

    private static final String EVENTS = "64";
    private static final String THP = "thp.";
    private static final String SHMEM = "shmem/";

    private final Laboratory laboratory;
    private final boolean exploring;
    private final Map<Map<String, String>, Machine> machines = new LinkedHashMap<>();

    /**
     * A machine for a scenario.
     *
     * @param composition what it is made of
     * @param subject the machine
     * @param circumstances under what it runs
     */
    public record Machine(Composition composition, SimulatorSubject subject, Circumstances circumstances) {}

    /**
     * A bench.
     *
     * @param laboratory the configuration and the plugins
     */
    public SimulatorBench(Laboratory laboratory) {
        this(laboratory, false);
    }

    private SimulatorBench(Laboratory laboratory, boolean exploring) {
        this.laboratory = laboratory;
        this.exploring = exploring;
    }

    /**
     * A bench whose machines are as small as tasks that run in every order need them, and are looked at where no task is in the middle of a
     * call, not after every operation.
     *
     * @param laboratory the configuration and the plugins
     * @return the bench
     */
    public static SimulatorBench forExploring(Laboratory laboratory) {
        return new SimulatorBench(laboratory, true);
    }

    /**
     * The machine that a scenario asks for.
     *
     * @param scenario the scenario
     * @return a machine; the same for every scenario that asks for the same
     * @throws org.polymm.runtime.config.ConfigurationException if it asks for what is not there
     */
    public Machine machine(Scenario scenario) {
        Machine known = machines.get(scenario.configuration());
        if (known == null) {
            known = make(scenario);
            machines.put(scenario.configuration(), known);
        }
        return known;
    }

    private Machine make(Scenario scenario) {
        Map<String, String> overrides = new LinkedHashMap<>(scenario.configuration());
        Composition configured = laboratory.compose(overrides, scenario.file());
        boolean small = configured.blueprint().geometry().entries() == 8;
        if (!configured.configuration().value(StandardKeys.MEMORY.name()).isSet() && (exploring || !small)) {
            overrides.put(StandardKeys.MEMORY.name(), exploring ? small ? LITTLE : FEW_HUGE : MEMORY);
        }
        overrides.put(StandardKeys.CHECK_LEVEL.name(), exploring ? "quiet" : "every");
        overrides.put(StandardKeys.CONTENTS.name(), "on");
        if (!configured.configuration().value(StandardKeys.EVENT_LOG.name()).isSet()) {
            overrides.put(StandardKeys.EVENT_LOG.name(), EVENTS);
        }
        Composition composition = laboratory.compose(overrides, scenario.file());
        return new Machine(composition, new SimulatorSubject(composition), circumstances(composition));
    }

    private static Circumstances circumstances(Composition composition) {
        TreeMap<String, String> policies = new TreeMap<>();
        for (ChosenPolicy policy : composition.policies()) {
            policies.put(policy.descriptor().slot().key(), policy.id());
        }
        TreeMap<String, String> switches = new TreeMap<>();
        for (EffectiveValue value : composition.configuration().values()) {
            if (value.key().startsWith(SettingsResolver.SWITCHES)) {
                switches.put(value.key().substring(SettingsResolver.SWITCHES.length()), value.text());
            }
        }
        switches.put(
                StandardKeys.SAFETY.name(),
                composition.configuration().value(StandardKeys.SAFETY.name()).text());
        return new Circumstances(Circumstances.SIMULATOR, policies, switches);
    }

    /**
     * A scenario's settings, with those huge page settings that somebody made explicitly and the scenario does not name.
     *
     * @param scenario the scenario
     * @return the scenario to run
     * @throws org.polymm.runtime.config.ConfigurationException if the configuration has mistakes
     */
    public Scenario asConfigured(Scenario scenario) {
        Composition configured = machine(scenario).composition();
        TreeMap<String, String> thp = new TreeMap<>();
        for (EffectiveValue value : configured.configuration().values()) {
            if (value.isSet() && value.key().startsWith(THP)) {
                String path = value.key().substring(THP.length()).replace('.', '/');
                String file = path.startsWith(SHMEM)
                        ? path.substring(SHMEM.length()) + "/shmem_enabled"
                        : path.startsWith("hugepages-") ? path + "/enabled" : path;
                thp.put(file, configured.blueprint().thp().getOrDefault(file, value.text()));
            }
        }
        thp.putAll(scenario.settings().thp());
        Settings settings = scenario.settings().withThp(thp);
        return new Scenario(
                scenario.file(),
                scenario.title(),
                scenario.sources(),
                settings,
                scenario.configuration(),
                scenario.window(),
                scenario.names(),
                scenario.items());
    }
}
