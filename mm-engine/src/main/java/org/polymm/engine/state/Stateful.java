package org.polymm.engine.state;

import org.jspecify.annotations.Nullable;

/** A container of machine state that can be saved, put back and compared. */
public interface Stateful {

    /** The name in error messages and differences, unique in its space; for example {@code vma.records}. */
    String name();

    /**
     * Copies the present state. The copy must share nothing mutable with the container, and may be restored any number
     * of times.
     */
    Object capture();

    /**
     * Makes the present state equal to a captured one. Allocates nothing once the container has been as large as the
     * captured state.
     *
     * @param captured what {@link #capture()} of this same container returned
     */
    void restore(Object captured);

    /**
     * The first word in which the present state differs from a captured one.
     *
     * @return where, what was saved and what is there now, or null if the two are equal
     */
    @Nullable
    String difference(Object captured);
}
