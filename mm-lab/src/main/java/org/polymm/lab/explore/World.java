package org.polymm.lab.explore;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Sync;

/**
 * What the tasks of a program work on: a machine, or in tests less than one. All that changes in it is put back by a rewind.
 *
 * <p>Belongs to one thread at a time.
 */
public interface World {

    /** {@return where its scheduling points are} */
    Sync sync();

    /** {@return a copy of its state, locks and tasks included} */
    Object save();

    /**
     * Goes back.
     *
     * @param saved what {@link #save} returned
     */
    void rewind(Object saved);

    /**
     * Looks for what must never be, at a moment when no task is in the middle of anything.
     *
     * @return what does not hold, a sentence each; empty if all is well
     */
    List<String> violations();

    /**
     * Whether a task is touching something that is gone: the contents of a free frame, the references of a freed folio.
     *
     * @param kind one of {@link org.polymm.engine.sync.Point}
     * @param object what is touched in this step
     * @return what is wrong with that, in words; null if nothing is
     */
    default @Nullable String gone(int kind, long object) {
        return null;
    }

    /**
     * Whether what a lock belongs to was made after the last rewind: its number may stand for something else in another run. Who does not
     * know says yes; the order of such locks is watched within each run, and not over all.
     *
     * @param lockClass the class of the lock
     * @param id its number
     * @return whether it is new, or may be
     */
    default boolean isNew(LockClass lockClass, int id) {
        return true;
    }

    /**
     * {@return what the numbers of locks, tables and the like are called where the tasks begin, in a line or several; may be empty}
     */
    default String legend() {
        return "";
    }

    /**
     * What happened before a violation, for its report.
     *
     * @return lines, the latest last; may be empty
     */
    default List<String> history() {
        return List.of();
    }
}
