package org.polymm.lab.explore;

import java.util.List;
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
     * What happened before a violation, for its report.
     *
     * @return lines, the latest last; may be empty
     */
    default List<String> history() {
        return List.of();
    }
}
