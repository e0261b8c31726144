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
     * The current task cannot have a lock, because another holds it. Called again while that stays so; it must let
     * others run, or throw if nobody can.
     *
     * @param mode {@link Sync#READ} or {@link Sync#WRITE}
     */
    void block(LockClass lockClass, int mode, int id);

    /** The current task got a lock or entered a section. */
    default void acquired(LockClass lockClass, int mode, int id) {}

    /** The current task gave up a lock or left a section. */
    default void released(LockClass lockClass, int id) {}
}
