package org.polymm.lab.scenario;

import org.jspecify.annotations.Nullable;
import org.polymm.lab.program.UnmetException;

/** Something that is looked at after an operation. Immutable. */
public interface Check {

    /** Where it can be looked at, and how sure the answer is. */
    enum Kind {
        /** Every machine gives the same answer. */
        EXACT,
        /** A counter of the whole machine: other programs move it too, so that a difference is a hint. The simulator has no others. */
        DELTA,
        /** Only the simulator can tell. */
        ENGINE_ONLY
    }

    /** {@return where it can be looked at} */
    Kind kind();

    /**
     * Looks.
     *
     * @param view the machine after the operation
     * @return what was seen instead of what was expected; null if it holds
     * @throws UnmetException if this machine cannot tell
     */
    @Nullable
    String failure(View view) throws UnmetException;
}
