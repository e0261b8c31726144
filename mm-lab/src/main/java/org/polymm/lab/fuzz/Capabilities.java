package org.polymm.lab.fuzz;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.polymm.engine.mm.Mman;
import org.polymm.lab.program.Action;
import org.polymm.lab.program.Operation;
import org.polymm.lab.program.Settings;
import org.polymm.lab.program.Subject;
import org.polymm.lab.program.UnmetException;
import org.polymm.lab.program.Window;

/**
 * What programs may ask of the machines they run on. Immutable.
 *
 * @param abilities what there is beside the usual system calls
 * @param advices the MADV_ numbers that are known, ascending
 * @param swaps whether there is swap space, so that programs swap out on purpose
 */
public record Capabilities(Set<Ability> abilities, List<Integer> advices, boolean swaps) {

    private static final int HIGHEST_ADVICE = Mman.MADV_GUARD_REMOVE;

    /** Copies the collections. */
    public Capabilities {
        abilities = Set.copyOf(abilities);
        advices = List.copyOf(advices);
    }

    /**
     * Whether there is something.
     *
     * @param ability what
     * @return whether the machine has it
     */
    public boolean has(Ability ability) {
        return abilities.contains(ability);
    }

    /**
     * Asks a machine: an advice on an empty range does nothing and tells whether the advice is known, and so it is with the rest.
     *
     * @param subject is given a program of its own
     * @param window where it may map something
     * @return what it can do
     * @throws UnmetException if it cannot even run the simplest program
     */
    public static Capabilities of(Subject subject, Window window) throws UnmetException {
        List<Integer> advices = new ArrayList<>();
        subject.begin(Settings.PLAIN, window);
        subject.perform(Operation.of(Action.SPAWN, 0));
        for (int advice = 0; advice <= HIGHEST_ADVICE; advice++) {
            if (subject.perform(Operation.of(Action.MADVISE, 0, window.base(), 0, advice))
                    .isSuccess()) {
                advices.add(advice);
            }
        }
        Set<Ability> abilities = EnumSet.noneOf(Ability.class);
        for (Ability ability : Ability.values()) {
            if (answers(subject, window, ability)) {
                abilities.add(ability);
            }
        }
        return new Capabilities(abilities, advices, false);
    }

    /**
     * What both of two machines can do.
     *
     * @param other the other's
     * @return the intersection
     */
    public Capabilities and(Capabilities other) {
        Set<Ability> both = EnumSet.noneOf(Ability.class);
        for (Ability ability : Ability.values()) {
            if (has(ability) && other.has(ability)) {
                both.add(ability);
            }
        }
        return new Capabilities(
                both, advices.stream().filter(other.advices::contains).toList(), swaps && other.swaps);
    }

    /**
     * Without some abilities.
     *
     * @param unwanted which
     * @return the rest
     */
    public Capabilities without(Ability... unwanted) {
        Set<Ability> rest = new java.util.HashSet<>(abilities);
        rest.removeAll(Set.of(unwanted));
        return new Capabilities(rest, advices, swaps);
    }

    /**
     * The same with or without swap space.
     *
     * @param on whether there is any
     * @return the capabilities
     */
    public Capabilities swapping(boolean on) {
        return new Capabilities(abilities, advices, on);
    }

    private static boolean answers(Subject subject, Window window, Ability ability) {
        long base = window.base();
        try {
            subject.begin(
                    ability == Ability.LIMITS ? new Settings(new java.util.TreeMap<>(), 0, false, 0) : Settings.PLAIN,
                    window);
            subject.perform(Operation.of(Action.SPAWN, 0));
            subject.perform(Operation.of(
                    Action.MMAP,
                    0,
                    base,
                    Operation.PAGE,
                    3,
                    Mman.MAP_PRIVATE | Mman.MAP_ANONYMOUS | Mman.MAP_FIXED,
                    -1,
                    0));
            return subject.perform(
                            switch (ability) {
                                case REGULAR_FILES -> Operation.of(Action.FILE, 0, 0, 1, 0);
                                case MEMFD_FILES -> Operation.of(Action.FILE, 0, 0, 1, 1);
                                case PINS ->
                                    Operation.of(
                                            Action.PIN,
                                            0,
                                            base,
                                            Operation.PAGE,
                                            0,
                                            Action.PIN_WRITE | Action.PIN_LONGTERM);
                                case SHORT_PINS -> Operation.of(Action.PIN, 0, base, Operation.PAGE, 0, 0);
                                case REFERENCES -> Operation.of(Action.REFERENCE, 0, base, Operation.PAGE, 0);
                                case MLOCKALL -> Operation.of(Action.MLOCKALL, 0, Mman.MCL_CURRENT);
                                case LIMITS -> Operation.of(Action.LIMIT_MEMLOCK, 0, Operation.PAGE);
                                case SHRINK -> Operation.of(Action.SHRINK, 0);
                                case RECLAIM -> Operation.of(Action.RECLAIM, 0, 1);
                                case FAILURES -> Operation.of(Action.FAIL, 0, Action.NOTHING);
                            })
                    .isSuccess();
        } catch (UnmetException missing) {
            return false;
        }
    }
}
