package org.polymm.lab.fuzz;

import java.util.Map;
import org.polymm.engine.state.Errno;
import org.polymm.lab.program.Action;
import org.polymm.lab.program.MachineImage;
import org.polymm.lab.program.Operation;
import org.polymm.lab.program.Outcome;
import org.polymm.lab.program.Settings;
import org.polymm.lab.program.Subject;
import org.polymm.lab.program.UnmetException;
import org.polymm.lab.program.Window;

/** Counts the operations that end for want of memory, by what they are. */
record Shortages(Subject machine, Map<Action, Integer> failed) implements Subject {

    @Override
    public Outcome perform(Operation operation) throws UnmetException {
        Outcome outcome = machine.perform(operation);
        if (outcome.errno() == Errno.ENOMEM || outcome.signal() == Outcome.KILLED) {
            failed.merge(operation.action(), 1, Integer::sum);
        }
        return outcome;
    }

    @Override
    public String name() {
        return machine.name();
    }

    @Override
    public void begin(Settings settings, Window window) throws UnmetException {
        machine.begin(settings, window);
    }

    @Override
    public MachineImage image(boolean contents) {
        return machine.image(contents);
    }

    @Override
    public void close() {
        machine.close();
    }
}
