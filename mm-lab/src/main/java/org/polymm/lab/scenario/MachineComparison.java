package org.polymm.lab.scenario;

import java.util.List;
import java.util.Optional;
import org.polymm.engine.machine.InvariantViolatedException;
import org.polymm.lab.program.MachineImage;
import org.polymm.lab.program.Outcome;
import org.polymm.lab.program.Subject;
import org.polymm.lab.program.UnmetException;

/**
 * Carries a scenario out on two machines at once and finds the first operation after which an observer could tell them apart.
 *
 * <p>Belongs to the subjects' thread.
 */
public final class MachineComparison {

    private final Subject first;
    private final Subject second;

    /**
     * Where two machines part.
     *
     * @param act the operation
     * @param first how it ended on the first machine
     * @param second how it ended on the second
     * @param differences what differs afterwards, one a line, with both states; empty if only the results differ
     */
    public record Divergence(Item.Act act, String first, String second, List<Difference> differences) {
        /** Copies the list. */
        public Divergence {
            differences = List.copyOf(differences);
        }
    }

    /**
     * A difference between two images.
     *
     * @param where of what
     * @param first on the first machine
     * @param second on the second
     */
    public record Difference(String where, String first, String second) {}

    /**
     * A comparison.
     *
     * @param first a machine, perhaps one that looks at its invariants
     * @param second another, which does not
     */
    public MachineComparison(Subject first, Subject second) {
        this.first = first;
        this.second = second;
    }

    /**
     * Compares. An operation that breaks an invariant of the first machine is the last one: no machine but the simulator has invariants, what
     * there is to see must still be the same, and whether it was to break is for its own verdict to say.
     *
     * @param scenario one that leaves no order open
     * @return where the machines part; nothing if nowhere
     * @throws UnmetException if one of them cannot run it
     */
    public Optional<Divergence> compare(Scenario scenario) throws UnmetException {
        first.begin(scenario.settings(), scenario.window());
        second.begin(scenario.settings(), scenario.window());
        MachineImage kept = new MachineImage(scenario.window());
        for (Item item : scenario.items()) {
            if (!(item instanceof Item.Act act)) {
                continue;
            }
            String one;
            boolean isBroken = false;
            try {
                one = perform(first, act);
            } catch (InvariantViolatedException e) {
                one = String.valueOf(e.getMessage());
                isBroken = true;
            }
            String other = perform(second, act);
            kept.copyFrom(first.image(true));
            MachineImage image = second.image(true);
            if (!isBroken && !one.equals(other) || !kept.sameAs(image)) {
                return Optional.of(new Divergence(act, one, other, differences(kept, image, scenario.names())));
            }
            if (isBroken) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static String perform(Subject subject, Item.Act act) throws UnmetException {
        Outcome outcome = subject.perform(act.operation());
        return Ending.text(outcome) + (outcome.value() == 0 ? "" : ", value 0x" + Long.toHexString(outcome.value()));
    }

    private static List<Difference> differences(MachineImage one, MachineImage other, Names names) {
        return ImageDiff.between(one, other, names).stream()
                .map(change -> new Difference(
                        names.process(change.process()) + (change.where().isEmpty() ? "" : "." + change.where()),
                        change.before(),
                        change.after()))
                .toList();
    }
}
