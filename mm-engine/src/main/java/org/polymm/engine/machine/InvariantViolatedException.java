package org.polymm.engine.machine;

import java.util.List;
import org.polymm.engine.check.Violation;

/** A machine that checks itself found that something does not hold. */
public final class InvariantViolatedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<Violation> violations;

    InvariantViolatedException(String after, List<Violation> violations, List<String> history) {
        super(text(after, violations, history));
        this.violations = List.copyOf(violations);
    }

    private static String text(String after, List<Violation> violations, List<String> history) {
        StringBuilder text = new StringBuilder("after ").append(after).append(":");
        violations.forEach(violation -> text.append("\n  ").append(violation));
        if (!history.isEmpty()) {
            text.append("\nwhat happened before, latest last:");
            history.forEach(event -> text.append("\n  ").append(event));
        }
        return text.toString();
    }

    /** {@return what does not hold} */
    public List<Violation> violations() {
        return violations;
    }
}
