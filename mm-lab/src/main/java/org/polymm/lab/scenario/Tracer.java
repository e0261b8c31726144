package org.polymm.lab.scenario;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.polymm.lab.program.MachineImage;
import org.polymm.lab.program.Outcome;

/** Tells of each operation what it changed, and draws address maps. */
public final class Tracer implements ScenarioRunner.Watcher {

    private final Scenario scenario;
    private final boolean changes;
    private final boolean draw;
    private final Consumer<String> out;
    private final MachineImage before;

    /**
     * A tracer.
     *
     * @param scenario what runs
     * @param changes whether to tell what each operation changed
     * @param draw whether to draw an address map after each operation
     * @param out takes text, lines ended
     */
    public Tracer(Scenario scenario, boolean changes, boolean draw, Consumer<String> out) {
        this.scenario = scenario;
        this.changes = changes;
        this.draw = draw;
        this.out = out;
        before = new MachineImage(scenario.window());
    }

    @Override
    public boolean wantsImages() {
        return true;
    }

    @Override
    public void after(Item.Act act, Outcome outcome, @Nullable MachineImage image) {
        StringBuilder text = new StringBuilder();
        text.append(act.at().line())
                .append(": ")
                .append(act.text())
                .append("    ")
                .append(Ending.text(outcome));
        if (outcome.value() != 0) {
            text.append(", value 0x").append(Long.toHexString(outcome.value()));
        }
        text.append('\n');
        if (image != null) {
            if (changes) {
                for (ImageDiff.Change change : ImageDiff.between(before, image, scenario.names())) {
                    text.append("     ")
                            .append(scenario.names().process(change.process()))
                            .append(change.where().isEmpty() ? "" : "." + change.where())
                            .append(": ")
                            .append(change.before())
                            .append(" -> ")
                            .append(change.after())
                            .append('\n');
                }
            }
            if (draw) {
                text.append(AddressMap.draw(image, scenario.names()));
            }
            before.copyFrom(image);
        }
        out.accept(text.toString());
    }

    @Override
    public void checked(Item.Expect expect, @Nullable String failure) {
        if (changes) {
            out.accept(expect.at().line() + ": " + expect.text() + "    "
                    + (failure == null ? "holds" : "DOES NOT HOLD: " + failure) + "\n");
        }
    }
}
