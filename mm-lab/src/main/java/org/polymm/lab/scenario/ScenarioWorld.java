package org.polymm.lab.scenario;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.check.Violation;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Sync;
import org.polymm.lab.explore.MachineWorld;
import org.polymm.lab.explore.World;
import org.polymm.lab.simulator.SimulatorSubject;

/** The machine of a scenario with the numbers that its processes, files and pins have there: tasks may make and end some. */
final class ScenarioWorld implements World {

    private final SimulatorSubject subject;
    private final MachineWorld machine;
    private final String legend;
    private List<String> violated = List.of();

    /** Where the set-up has ended. */
    ScenarioWorld(SimulatorSubject subject, Names names) {
        this.subject = subject;
        legend = new Legend(subject, names).text();
        machine = new MachineWorld(subject.machine());
    }

    /** The ids of the invariants that did not hold when they were last found not to. */
    List<String> violated() {
        return violated;
    }

    @Override
    public Sync sync() {
        return machine.sync();
    }

    @Override
    public Object save() {
        return subject.save();
    }

    @Override
    public void rewind(Object saved) {
        subject.rewind(saved);
    }

    @Override
    public List<String> violations() {
        List<Violation> found = subject.machine().check();
        if (found.isEmpty()) {
            return List.of();
        }
        violated = found.stream().map(each -> each.invariant().id()).distinct().toList();
        return found.stream().map(Violation::toString).toList();
    }

    @Override
    public @Nullable String gone(int kind, long object) {
        return machine.gone(kind, object);
    }

    @Override
    public boolean isNew(LockClass lockClass, int id) {
        return machine.isNew(lockClass, id);
    }

    @Override
    public String legend() {
        return legend;
    }

    @Override
    public List<String> history() {
        return machine.history();
    }
}
