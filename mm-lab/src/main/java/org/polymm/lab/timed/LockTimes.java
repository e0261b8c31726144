package org.polymm.lab.timed;

import java.util.HashMap;
import java.util.Map;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Sync;

/**
 * How long locks were held and waited for, by kind of lock and by whose task it was; and what came of tries.
 *
 * <p>Locks are told apart by the {@link Way} they were asked for. Sections (RCU, interrupts off) are not kept: nobody waits to enter
 * one.
 */
public final class LockTimes {

    private static final int CLASSES = LockClass.values().length;
    private static final int ROLES = Role.values().length;

    private static final int WAYS = Way.values().length;

    private record Hold(long since, Way way) {}

    private final Times[] held = times(CLASSES * ROLES * 2 * WAYS);
    private final Times[] waited = times(CLASSES * ROLES);
    private final Times[] waitedForCollapse = times(CLASSES * ROLES);
    private final long[] tries = new long[CLASSES * ROLES * 2 * WAYS];
    private final long[] failures = new long[CLASSES * ROLES * 2 * WAYS];
    private final Map<Long, Hold>[] holds;

    @SuppressWarnings({"unchecked", "rawtypes"})
    LockTimes(int tasks) {
        holds = new Map[tasks];
        for (int task = 0; task < tasks; task++) {
            holds[task] = new HashMap<>();
        }
    }

    private static Times[] times(int count) {
        Times[] times = new Times[count];
        for (int i = 0; i < count; i++) {
            times[i] = new Times();
        }
        return times;
    }

    private static long key(LockClass of, int id) {
        return (long) of.rank() << 32 | id & 0xffffffffL;
    }

    private static int at(LockClass of, Role role) {
        return of.rank() * ROLES + role.ordinal();
    }

    private static int at(LockClass of, Role role, int mode, Way way) {
        return (at(of, role) * 2 + mode) * WAYS + way.ordinal();
    }

    // ---- what the scheduler tells

    void tried(Role role, LockClass of, int mode, Way way) {
        tries[at(of, role, mode, way)]++;
    }

    void failed(Role role, LockClass of, int mode, Way way) {
        failures[at(of, role, mode, way)]++;
    }

    void waited(Role role, LockClass of, long nanos, boolean forCollapse) {
        waited[at(of, role)].add(nanos);
        if (forCollapse) {
            waitedForCollapse[at(of, role)].add(nanos);
        }
    }

    void acquired(int task, LockClass of, int id, long now, Way way) {
        holds[task].put(key(of, id), new Hold(now, way));
    }

    /** The hold ends, or goes on in another mode: then {@link #acquired} follows. */
    Way released(int task, Role role, LockClass of, int mode, int id, long now) {
        Hold hold = holds[task].remove(key(of, id));
        if (hold == null) {
            return Way.WAITED;
        }
        held[at(of, role, mode, hold.way)].add(now - hold.since);
        return hold.way;
    }

    boolean holdsAny(int task) {
        return !holds[task].isEmpty();
    }

    boolean isHeldBy(int task, LockClass of, int id) {
        return holds[task].containsKey(key(of, id));
    }

    // ---- what is known

    /**
     * How long locks were held.
     *
     * @param of their kind
     * @param role whose tasks
     * @param mode {@link Sync#READ} or {@link Sync#WRITE}
     * @param way how they had been asked for
     */
    public Times held(LockClass of, Role role, int mode, Way way) {
        return held[at(of, role, mode, way)];
    }

    /** How long tasks waited for locks of a kind that they could not have at once. */
    public Times waited(LockClass of, Role role) {
        return waited[at(of, role)];
    }

    /** Those waits that began while a task of {@link Role#COLLAPSE} held the lock. */
    public Times waitedForCollapse(LockClass of, Role role) {
        return waitedForCollapse[at(of, role)];
    }

    /**
     * How often tasks tried for locks of a kind, without waiting.
     *
     * @param mode {@link Sync#READ} or {@link Sync#WRITE}
     * @param way how
     */
    public long tries(LockClass of, Role role, int mode, Way way) {
        return tries[at(of, role, mode, way)];
    }

    /** How many of these tries failed. */
    public long failures(LockClass of, Role role, int mode, Way way) {
        return failures[at(of, role, mode, way)];
    }
}
