package org.polymm.lab.explore;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.check.Violation;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.machine.MachineBlueprint.CheckLevel;
import org.polymm.engine.state.Snapshot;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;

/** A machine, explored. Its invariants are looked at where {@link Program} says, not after each call. */
public final class MachineWorld implements World {

    private static final int HISTORY = 20;

    private final Machine machine;

    /**
     * Explores a machine.
     *
     * @param machine which
     * @throws IllegalArgumentException if it checks itself after every call: while one task is between two calls another may be in the middle
     *     of one, where invariants need not hold
     */
    public MachineWorld(Machine machine) {
        if (machine.blueprint().check() == CheckLevel.EVERY) {
            throw new IllegalArgumentException(
                    "a machine that checks itself after every call cannot be explored: while one task is between"
                            + " two calls another is in the middle of one; make it from a blueprint with check level QUIET");
        }
        this.machine = machine;
    }

    /** {@return the machine} */
    public Machine machine() {
        return machine;
    }

    @Override
    public Sync sync() {
        return machine.sync();
    }

    @Override
    public Object save() {
        return machine.save();
    }

    @Override
    public void rewind(Object saved) {
        machine.rewind((Snapshot) saved);
    }

    @Override
    public List<String> violations() {
        return machine.check().stream().map(Violation::toString).toList();
    }

    @Override
    public @Nullable String gone(int kind, long object) {
        int family = Point.family(kind);
        if (family != Point.WRITE_MEMORY && family != Point.WRITE_COUNT && family != Point.WRITE_MAPCOUNT) {
            return null;
        }
        int pfn = (int) object;
        return machine.memory().frames().isAllocated(pfn)
                ? null
                : Point.name(kind) + " of page " + pfn + ", which is free: whoever freed it did not know of this user";
    }

    @Override
    public boolean isNew(LockClass lockClass, int id) {
        return switch (lockClass) {
            case PMD_LOCK, PTL -> machine.pageTables().isNew(id);
            case MMAP_LOCK -> machine.pageTables().isNew(machine.spaces().mms().pgd(id));
            default -> true;
        };
    }

    @Override
    public List<String> history() {
        return machine.events().tail(HISTORY);
    }
}
