package org.polymm.lab.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.check.Invariant;
import org.polymm.engine.check.LockedPages;
import org.polymm.engine.check.Violation;
import org.polymm.engine.machine.InvariantViolatedException;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.machine.MachineBlueprint;
import org.polymm.engine.machine.MachineBlueprint.CheckLevel;
import org.polymm.engine.policy.PolicyFailure;
import org.polymm.lab.program.Action;
import org.polymm.lab.program.Operation;
import org.polymm.lab.program.Outcome;
import org.polymm.lab.program.Settings;
import org.polymm.lab.program.Subject;
import org.polymm.lab.program.UnmetException;
import org.polymm.lab.simulator.SimulatorSubject;

/**
 * Runs programs on a simulated machine, which is rewound between them, and holds it against what processes must read and against the
 * invariants: at the end of each program, or after every operation.
 */
final class SimulatorTrial implements Trial {

    private final SimulatorSubject simulator;
    private final Subject performer;
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
     * @throws UnmetException if the machine has no room for such programs
     */
    SimulatorTrial(MachineBlueprint blueprint, ProgramShape shape) throws UnmetException {
        this(blueprint, shape, simulator -> simulator);
    }

    /**
     * Makes the machine, and has somebody else carry the operations out on it.
     *
     * @param blueprint what it is like; its level of checking says when to look
     * @param shape what programs look like
     * @param performers who does what programs say, of the machine on which they do
     * @throws UnmetException if the machine has no room for such programs
     */
    SimulatorTrial(MachineBlueprint blueprint, ProgramShape shape, Function<SimulatorSubject, Subject> performers)
            throws UnmetException {
        every = blueprint.check() == CheckLevel.EVERY;
        this.shape = shape;
        simulator = new SimulatorSubject(blueprint);
        performer = performers.apply(simulator);
        settings = Settings.PLAIN.withThp(blueprint.thp());
        limited = new Settings(settings.thp(), 0, false, 0);
        simulator.begin(settings, shape.window());
        expected = new ExpectedMemory(simulator.machine(), shape);
    }

    @Override
    public SequencedMap<String, Long> refused() {
        return simulator.refused();
    }

    @Override
    public @Nullable Finding run(List<Operation> operations) throws UnmetException {
        performer.begin(ProgramGenerator.isLimited(operations) ? limited : settings, shape.window());
        expected.begin();
        Machine machine = simulator.machine();
        LockedPages locked = new LockedPages(machine.spaces(), machine.pageTables());
        boolean swaps = machine.swap().isOn();
        int step = 0;
        try {
            for (int last = operations.size(); step < last; step++) {
                Operation operation = operations.get(step);
                String wrong = isPossible(operation) ? carryOut(operation) : null;
                if (wrong != null) {
                    return new Finding(Invariant.CONTENTS_ARE_RIGHT.id(), step, wrong);
                }
                Finding found = swaps ? lookAtLocked(locked, operation, step) : null;
                if (found == null && (every || step == last - 1)) {
                    found = look(step);
                }
                if (found != null) {
                    return found;
                }
            }
            return null;
        } catch (InvariantViolatedException violated) {
            Violation first = violated.violations().getFirst();
            return new Finding(first.invariant().id(), step, first.toString());
        } catch (PolicyFailure failure) {
            return new Finding(Finding.POLICY + failure.origin(), step, text(failure));
        } catch (RuntimeException | AssertionError unexpected) {
            return new Finding(
                    Finding.EXCEPTION + unexpected.getClass().getSimpleName(), step, unexpected + place(unexpected));
        }
    }

    /** Nobody does what a process was to do that does not live, because fork had no memory for it. */
    private boolean isPossible(Operation operation) {
        return switch (operation.action()) {
            case SPAWN, FILE, SHRINK, RECLAIM, FAIL -> true;
            default -> simulator.mm(operation.process()) != 0;
        };
    }

    private @Nullable String carryOut(Operation operation) throws UnmetException {
        Outcome outcome = performer.perform(operation);
        return expected.observe(operation, outcome, simulator::mm, simulator::pin);
    }

    private static @Nullable Finding lookAtLocked(LockedPages locked, Operation operation, int step) {
        List<Violation> found = new ArrayList<>();
        if (operation.action() != Action.MREMAP) {
            locked.check(found);
        }
        locked.note();
        return found.isEmpty()
                ? null
                : new Finding(
                        found.getFirst().invariant().id(),
                        step,
                        found.getFirst().toString());
    }

    private @Nullable Finding look(int step) {
        List<Violation> violations = simulator.machine().check();
        if (!violations.isEmpty()) {
            Violation first = violations.getFirst();
            return new Finding(first.invariant().id(), step, first.toString());
        }
        Violation pin = expected.firstWrongPin(simulator::pin);
        if (pin != null) {
            return new Finding(pin.invariant().id(), step, pin.toString());
        }
        String wrong = expected.firstWrong();
        return wrong == null ? null : new Finding(Invariant.CONTENTS_ARE_RIGHT.id(), step, wrong);
    }

    private static String text(RuntimeException failure) {
        String message = failure.getMessage();
        return message == null ? failure.toString() : message;
    }

    private static String place(Throwable unexpected) {
        StackTraceElement[] stack = unexpected.getStackTrace();
        return stack.length == 0 ? "" : "\n  at " + stack[0];
    }
}
