package org.polymm.lab.fuzz;

import java.util.Collections;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import org.polymm.lab.program.Operation;
import org.polymm.lab.program.UnmetException;

/** Runs programs, each from the same beginning, and says what went wrong. */
interface Trial {

    /**
     * Runs a program.
     *
     * @param operations what it does
     * @return the first thing that went wrong; null if all was well
     * @throws UnmetException if the machine has no such operation
     */
    @Nullable
    Finding run(List<Operation> operations) throws UnmetException;

    /** {@return how many dangerous decisions of policies were refused in the last program, by rule; without rules that refused none} */
    default SequencedMap<String, Long> refused() {
        return Collections.emptySortedMap();
    }
}
