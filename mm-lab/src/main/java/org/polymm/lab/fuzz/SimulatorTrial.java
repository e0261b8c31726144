package org.polymm.lab.fuzz;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.check.Invariant;
import org.polymm.engine.check.Violation;
import org.polymm.engine.machine.InvariantViolatedException;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.machine.MachineBlueprint;
import org.polymm.engine.machine.MachineBlueprint.CheckLevel;
import org.polymm.engine.policy.PolicyFailure;
import org.polymm.lab.program.Operation;
import org.polymm.lab.program.Outcome;
import org.polymm.lab.program.Settings;
import org.polymm.lab.program.UnmetException;
import org.polymm.lab.simulator.SimulatorSubject;

/**
 * Runs programs on a simulated machine, which is rewound between them, and holds it against what processes must read and against the
 * invariants: at the end of each program, or after every operation.
 */
final class SimulatorTrial implements Trial {

    private final SimulatorSubject subject;
    private final Settings settings;
    private final Settings limited;
    private final ExpectedMemory expected;
    private final ProgramShape shape;
    private final boolean every;

    /**
     * Makes the machine.
     *
     * @param blueprint what it is like; its level of checking says when to look
     * @param shape what programs look like
     */
    SimulatorTrial(MachineBlueprint blueprint, ProgramShape shape) throws UnmetException {
        every = blueprint.check() == CheckLevel.EVERY;
        this.shape = shape;
        subject = new SimulatorSubject(blueprint);
        settings = Settings.PLAIN.withThp(blueprint.thp());
        limited = new Settings(settings.thp(), 0, false, 0);
        subject.begin(settings, shape.window());
        expected = new ExpectedMemory(subject.machine(), shape);
    }

    Machine machine() {
        return subject.machine();
    }

    @Override
    public @Nullable Finding run(List<Operation> operations) throws UnmetException {
        subject.begin(ProgramGenerator.isLimited(operations) ? limited : settings, shape.window());
        expected.begin();
        int step = 0;
        try {
            for (int last = operations.size(); step < last; step++) {
                Operation operation = operations.get(step);
                Outcome outcome = subject.perform(operation);
                String wrong = expected.observe(operation, outcome, subject::mm);
                if (wrong == null && every) {
                    wrong = expected.firstWrong();
                }
                if (wrong != null) {
                    return new Finding(Invariant.CONTENTS_ARE_RIGHT.id(), step, wrong);
                }
            }
            return atEnd(operations.size() - 1);
        } catch (InvariantViolatedException violated) {
            Violation first = violated.violations().getFirst();
            return new Finding(first.invariant().id(), step, first.toString());
        } catch (PolicyFailure failure) {
            return new Finding(Finding.POLICY + failure.origin(), step, text(failure));
        } catch (RuntimeException unexpected) {
            return new Finding(
                    Finding.EXCEPTION + unexpected.getClass().getSimpleName(), step, unexpected + place(unexpected));
        }
    }

    private @Nullable Finding atEnd(int last) {
        String wrong = expected.firstWrong();
        if (wrong != null) {
            return new Finding(Invariant.CONTENTS_ARE_RIGHT.id(), last, wrong);
        }
        List<Violation> violations = subject.machine().check();
        return violations.isEmpty()
                ? null
                : new Finding(
                        violations.getFirst().invariant().id(),
                        last,
                        violations.getFirst().toString());
    }

    private static String text(RuntimeException failure) {
        String message = failure.getMessage();
        return message == null ? failure.toString() : message;
    }

    private static String place(RuntimeException unexpected) {
        StackTraceElement[] stack = unexpected.getStackTrace();
        return stack.length == 0 ? "" : "\n  at " + stack[0];
    }
}
