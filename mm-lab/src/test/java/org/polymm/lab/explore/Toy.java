package org.polymm.lab.explore;

import java.util.ArrayList;
import java.util.List;
import org.polymm.engine.state.IntVector;
import org.polymm.engine.state.Snapshot;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;

/** A world of a few shared variables and locks. Each access of a variable is a scheduling point. */
final class Toy implements World {

    private final StateSpace space = new StateSpace();
    private final Sync sync = new Sync(space);
    private final IntVector variables = IntVector.sized(space, "variables", 8);

    private int firstNew = Integer.MAX_VALUE;

    int read(int variable) {
        sync.point(Point.READ_COUNT, variable);
        return variables.get(variable);
    }

    void write(int variable, int value) {
        sync.point(Point.WRITE_COUNT, variable);
        variables.set(variable, value);
    }

    /** Without a scheduling point and unknown to the explorer: for what a lock covers, and for conditions. */
    int get(int variable) {
        return variables.get(variable);
    }

    /** As {@link #get}. */
    void set(int variable, int value) {
        variables.set(variable, value);
    }

    void lock(int id) {
        sync.nestedLock(LockClass.PTL, id);
    }

    void unlock(int id) {
        sync.unlock(LockClass.PTL, id);
    }

    String state() {
        List<Integer> values = new ArrayList<>();
        for (int i = 0; i < variables.size(); i++) {
            values.add(variables.get(i));
        }
        return values.toString();
    }

    @Override
    public Sync sync() {
        return sync;
    }

    /** From which number on locks are of things that each run makes anew. */
    void newFrom(int id) {
        firstNew = id;
    }

    @Override
    public boolean isNew(LockClass lockClass, int id) {
        return id >= firstNew;
    }

    @Override
    public Object save() {
        return space.save();
    }

    @Override
    public void rewind(Object saved) {
        space.rewind((Snapshot) saved);
    }

    @Override
    public List<String> violations() {
        return List.of();
    }
}
