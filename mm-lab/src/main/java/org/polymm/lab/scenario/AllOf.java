package org.polymm.lab.scenario;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.polymm.lab.program.UnmetException;

/** Several checks of one line. */
record AllOf(List<Check> checks) implements Check {

    AllOf {
        checks = List.copyOf(checks);
    }

    @Override
    public Kind kind() {
        return checks.stream().anyMatch(check -> check.kind() == Kind.ENGINE_ONLY) ? Kind.ENGINE_ONLY : Kind.EXACT;
    }

    @Override
    public @Nullable String failure(View view) throws UnmetException {
        for (Check check : checks) {
            String failure = check.failure(view);
            if (failure != null) {
                return failure;
            }
        }
        return null;
    }
}
