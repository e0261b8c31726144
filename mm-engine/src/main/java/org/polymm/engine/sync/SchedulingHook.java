package org.polymm.engine.sync;

/**
 * Sees every scheduling point, and may run other simulated tasks in it: when a method returns, the task that entered it
 * is current again.
 */
public interface SchedulingHook {

    /**
     * The current task is about to touch shared state, or to take a lock.
     *
     * @param kind one of {@link Point}
     * @param object what is touched; equal numbers of one kind are the same thing
     */
    void point(int kind, long object);

    /**
     * The current task is about to take a lock: the scheduling point {@link Point#LOCK}, with what there is to know about it.
     *
     * @param mode {@link Sync#READ} or {@link Sync#WRITE}
     * @param waits whether it waits until it can have the lock; otherwise it only tries
     */
    default void lock(LockClass lockClass, int mode, int id, boolean waits) {
        point(Point.LOCK, Sync.lockObject(lockClass, id));
    }

    /**
     * In the step that it is in, the current task also touches something. Not a scheduling point: nothing else may run here.
     *
     * @param kind one of {@link Point}
     * @param object what is touched, as for {@link #point}
     */
    default void touched(int kind, long object) {}

    /**
     * The current task cannot have a lock, because another holds it. Called again while that stays so; it must let
     * others run, or throw if nobody can.
     *
     * @param mode {@link Sync#READ} or {@link Sync#WRITE}
     */
    void block(LockClass lockClass, int mode, int id);

    /** The current task got a lock or entered a section. */
    default void acquired(LockClass lockClass, int mode, int id) {}

    /**
     * The current task is about to give up a lock, to leave a section, or to turn an exclusive hold into a shared one. Others may run here:
     * it is a scheduling point for who must know how long something was held, and none for who only asks in which order things happen,
     * because nothing changes before it that would not change after.
     *
     * @param mode {@link Sync#READ} or {@link Sync#WRITE}, as it is held
     */
    default void releases(LockClass lockClass, int mode, int id) {}

    /** The current task gave up a lock or left a section. */
    default void released(LockClass lockClass, int id) {}

    /**
     * As {@link #released(LockClass, int)}, with how it was held.
     *
     * @param mode {@link Sync#READ} or {@link Sync#WRITE}
     */
    default void released(LockClass lockClass, int mode, int id) {
        released(lockClass, id);
    }

    /** The current task turned an exclusive hold into a shared one. */
    default void downgraded(LockClass lockClass, int id) {}

    /** The current task started a grace period, which waits for the sections of a kind that are open now. */
    default void graceStarted(LockClass section) {}
}
