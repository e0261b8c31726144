package org.polymm.engine.state;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** The state of every mechanism of a machine. Immutable. */
public final class Mechanisms {

    /** As in Linux 6.18. */
    public static final Mechanisms MAINLINE = new Mechanisms(new EnumMap<>(Mechanism.class));

    private final Map<Mechanism, String> set;

    private Mechanisms(Map<Mechanism, String> set) {
        this.set = set;
    }

    /**
     * The same with one changed.
     *
     * @param mechanism which
     * @param state one of its states
     * @return the mechanisms
     * @throws IllegalArgumentException if it has no such state
     */
    public Mechanisms with(Mechanism mechanism, String state) {
        if (!mechanism.states().contains(state)) {
            throw new IllegalArgumentException(
                    "mechanism " + mechanism.key() + " is one of " + mechanism.states() + ", not '" + state + "'");
        }
        Map<Mechanism, String> changed = new EnumMap<>(Mechanism.class);
        changed.putAll(set);
        changed.put(mechanism, state);
        return new Mechanisms(changed);
    }

    /**
     * The state of a mechanism.
     *
     * @param mechanism which
     * @return its state
     */
    public String of(Mechanism mechanism) {
        return set.getOrDefault(mechanism, mechanism.states().getFirst());
    }

    /**
     * Asks for a state. What runs often asks once, when it is made.
     *
     * @param mechanism which
     * @param state one of its states
     * @return whether it is in it
     */
    public boolean is(Mechanism mechanism, String state) {
        if (!mechanism.states().contains(state)) {
            throw new IllegalArgumentException("mechanism " + mechanism.key() + " has no state '" + state + "'");
        }
        return of(mechanism).equals(state);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Mechanisms mechanisms && mechanisms.set.equals(set);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(set);
    }

    @Override
    public String toString() {
        return set.toString();
    }
}
