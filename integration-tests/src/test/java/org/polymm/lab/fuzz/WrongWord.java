package org.polymm.lab.fuzz;

import org.polymm.lab.program.Action;
import org.polymm.lab.program.MachineImage;
import org.polymm.lab.program.Operation;
import org.polymm.lab.program.Outcome;
import org.polymm.lab.program.Settings;
import org.polymm.lab.program.Subject;
import org.polymm.lab.program.UnmetException;
import org.polymm.lab.program.Window;
import org.polymm.lab.simulator.SimulatorSubject;

/** A machine that loses what is written: the word of one page changes after each store. */
final class WrongWord implements Subject {

    private final SimulatorSubject simulator;
    private final long address;

    WrongWord(SimulatorSubject simulator, long address) {
        this.simulator = simulator;
        this.address = address;
    }

    @Override
    public Outcome perform(Operation operation) throws UnmetException {
        Outcome outcome = simulator.perform(operation);
        if (operation.action() == Action.WRITE) {
            int pfn = simulator.machine().inspect().folio(simulator.mm(operation.process()), address);
            simulator.machine().memory().contents().write(pfn, operation.c() + 1);
        }
        return outcome;
    }

    @Override
    public String name() {
        return "forgetful " + simulator.name();
    }

    @Override
    public void begin(Settings settings, Window window) throws UnmetException {
        simulator.begin(settings, window);
    }

    @Override
    public MachineImage image(boolean contents) {
        return simulator.image(contents);
    }

    @Override
    public void close() {
        simulator.close();
    }
}
