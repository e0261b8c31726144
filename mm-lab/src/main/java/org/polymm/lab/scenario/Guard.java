package org.polymm.lab.scenario;

import java.util.List;
import org.polymm.lab.scenario.syntax.Circumstance;

/**
 * Under which circumstances something is so.
 *
 * @param all what must hold, all of it; empty for always
 * @param negated whether it must not
 */
public record Guard(List<Circumstance> all, boolean negated) {

    /** In any case. */
    public static final Guard ALWAYS = new Guard(List.of(), false);

    /** Copies the list. */
    public Guard {
        all = List.copyOf(all);
    }

    /**
     * Looks at the circumstances.
     *
     * @param circumstances what is
     * @return whether it is so
     */
    public boolean holds(Circumstances circumstances) {
        boolean is = all.stream()
                .allMatch(
                        one -> circumstances.hold(one.name().text(), one.value().text()));
        return is != negated || all.isEmpty();
    }
}
