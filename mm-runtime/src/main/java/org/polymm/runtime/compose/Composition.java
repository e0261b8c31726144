package org.polymm.runtime.compose;

import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.polymm.api.plugin.Slot;
import org.polymm.engine.machine.MachineBlueprint;
import org.polymm.runtime.config.EffectiveConfiguration;
import org.polymm.runtime.config.EffectiveValue;
import org.polymm.runtime.config.Key;
import org.polymm.runtime.config.Problem;

/**
 * A configuration and the policies it chose, validated: everything that is fixed before a machine runs. Immutable; may be used by any
 * number of threads, as long as the laboratory it comes from is open.
 */
public final class Composition {

    private final EffectiveConfiguration configuration;
    private final Map<Slot, ChosenPolicy> policies;
    private final MachineBlueprint blueprint;

    @Inject
    Composition(EffectiveConfiguration configuration, Map<Slot, ChosenPolicy> policies, MachineBlueprint blueprint) {
        this.configuration = configuration;
        this.policies = new EnumMap<>(policies);
        this.blueprint = blueprint;
    }

    /** {@return every key with its value and where that comes from} */
    public EffectiveConfiguration configuration() {
        return configuration;
    }

    /** {@return the policy of every slot, in the order of the slots} */
    public List<ChosenPolicy> policies() {
        return new ArrayList<>(policies.values());
    }

    /**
     * The policy of a slot.
     *
     * @param slot the slot
     * @return the policy
     */
    public ChosenPolicy policy(Slot slot) {
        ChosenPolicy policy = policies.get(slot);
        if (policy == null) {
            throw new IllegalStateException("slot " + slot + " is empty");
        }
        return policy;
    }

    /** {@return what machines are made from} */
    public MachineBlueprint blueprint() {
        return blueprint;
    }

    /** {@return what is not as by default, for a heading that tells two compositions apart} */
    public List<EffectiveValue> differences() {
        return configuration.values().stream()
                .filter(value -> value.isSet()
                        && value.setAside() == null
                        && !value.text().equals(value.defaultText()))
                .toList();
    }

    /** {@return what is written and has no effect, and what is odd about the chosen plugins} */
    public List<Problem> warnings() {
        List<Problem> warnings = new ArrayList<>();
        for (EffectiveValue value : configuration.values()) {
            if (value.setAside() != null) {
                warnings.add(new Problem(value.origin(), value.key(), "is set aside: " + value.setAside()));
            }
        }
        for (Key<?> key : StandardKeys.withoutEffect()) {
            EffectiveValue value = configuration.value(key.name());
            if (!configuration.get(key).equals(key.defaultValue())) {
                warnings.add(new Problem(value.origin(), value.key(), "has no effect: " + key.help()));
            }
        }
        policies.values().stream()
                .map(ChosenPolicy::plugin)
                .distinct()
                .forEach(plugin -> plugin.warnings()
                        .forEach(warning -> warnings.add(Problem.general("plugin " + plugin + ": " + warning))));
        return warnings;
    }

    /**
     * Runs machines of this composition with a context class loader that sees the Java platform alone.
     *
     * <p>Plugins describe themselves and create their policies with their own loader as context class loader. Decisions are hot, and the
     * policies of one machine come from several plugins, so that loader is not switched round every decision. Instead it is set once for
     * the run, to a loader through which a policy that looks something up against the rules finds neither the host's libraries nor another
     * plugin's.
     *
     * @param run what to run on this thread
     * @param <T> what it answers
     * @return its answer
     */
    public <T> T run(Supplier<T> run) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
        try {
            return run.get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
