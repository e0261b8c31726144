package org.polymm.lab.scenario;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.polymm.lab.program.Action;
import org.polymm.lab.program.MachineImage;
import org.polymm.lab.program.Operation;
import org.polymm.lab.program.Outcome;
import org.polymm.lab.program.Settings;
import org.polymm.lab.program.Subject;
import org.polymm.lab.program.UnmetException;
import org.polymm.lab.program.Window;

/** A machine that does nothing and shows what a test painted. Every operation adds one to every counter of vmstat. */
class FakeSubject implements Subject {

    private final Map<Action, Outcome> outcomes = new HashMap<>();
    private final Map<Action, String> unmet = new HashMap<>();
    private Consumer<MachineImage> painter = image -> {};
    private MachineImage image = new MachineImage(new Window(Window.BASE, 1));
    private int operations;

    FakeSubject painted(Consumer<MachineImage> paint) {
        painter = paint;
        return this;
    }

    FakeSubject ending(Action action, Outcome outcome) {
        outcomes.put(action, outcome);
        return this;
    }

    FakeSubject without(Action action, String reason) {
        unmet.put(action, reason);
        return this;
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public void begin(Settings settings, Window window) {
        image = new MachineImage(window);
        operations = 0;
    }

    @Override
    public Outcome perform(Operation operation) throws UnmetException {
        if (unmet.containsKey(operation.action())) {
            throw new UnmetException(unmet.get(operation.action()));
        }
        operations++;
        return outcomes.getOrDefault(operation.action(), Outcome.DONE);
    }

    @Override
    public MachineImage image(boolean contents) {
        image.clear(contents);
        painter.accept(image);
        image.normalise();
        return image;
    }

    @Override
    public long smaps(int process, long start, long end, String field) {
        return field.equals("Rss") ? 16 << 10 : 0;
    }

    @Override
    public long status(int process, String field) {
        return 8 << 10;
    }

    @Override
    public long vmstat(String counter) throws UnmetException {
        if (counter.equals("pgreuse")) {
            throw new UnmetException("fake does not show pgreuse");
        }
        return operations;
    }

    @Override
    public void close() {
        operations = 0;
    }
}
