package org.polymm.lab.fuzz;

import org.polymm.lab.program.Action;
import org.polymm.lab.program.MachineImage;
import org.polymm.lab.program.Operation;
import org.polymm.lab.program.Outcome;
import org.polymm.lab.program.Settings;
import org.polymm.lab.program.Subject;
import org.polymm.lab.program.UnmetException;
import org.polymm.lab.program.Window;

/** A machine with a bug: what devices write goes nowhere, as it does when a process no longer has the page that was pinned. */
record DeafDevice(Subject machine) implements Subject {

    @Override
    public Outcome perform(Operation operation) throws UnmetException {
        return operation.action() == Action.DEVICE_WRITE ? Outcome.DONE : machine.perform(operation);
    }

    @Override
    public String name() {
        return machine.name() + " with a device whose writes are lost";
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
