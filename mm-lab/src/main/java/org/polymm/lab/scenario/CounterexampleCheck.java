package org.polymm.lab.scenario;

import org.jspecify.annotations.Nullable;
import org.polymm.lab.explore.FailureKind;
import org.polymm.lab.program.UnmetException;

/**
 * Some order of the tasks before goes wrong. The explorer answers that, from all orders; one run cannot.
 *
 * @param expected how it goes wrong; null if in any way
 */
record CounterexampleCheck(@Nullable FailureKind expected) implements Check {

    @Override
    public Kind kind() {
        return Kind.ENGINE_ONLY;
    }

    @Override
    public @Nullable String failure(View view) throws UnmetException {
        throw new UnmetException("this is one order of the tasks; polymm explore looks at all of them");
    }
}
