package org.polymm.engine.policy;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.polymm.api.plugin.Slot;
import org.polymm.engine.state.LongVector;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.sync.Sync;

/**
 * What stands between a machine and policies that fail or decide dangerously.
 *
 * <p>A policy that throws or answers out of range is not asked again: the safe answer of each decision's type is taken from there on. Under
 * {@link FailureMode#STOP} the operation is carried to its end that way, so that no lock stays taken and no count half changed, and ends
 * with a {@link PolicyFailure}: see {@link #throwIfFailed}.
 *
 * <p>An answer may be in range and still break a rule once the mechanism looks closer: {@link #refuses}.
 */
public abstract sealed class PolicyGuard permits Decisions {

    final Sync sync;
    private final PolicySet set;
    private final SafetyMode safety;
    private final FailureMode failureMode;

    /** 1 for a slot whose policy failed and is not asked again. */
    private final LongVector failed;

    private final LongVector asked;
    private final LongVector refused;

    /** The failure with which the operation under way is to end. */
    private @Nullable PolicyFailure pending;

    PolicyGuard(StateSpace space, Sync sync, PolicySet set, SafetyMode safety, FailureMode failureMode) {
        this.sync = sync;
        this.set = set;
        this.safety = safety;
        this.failureMode = failureMode;
        failed = vector(space, "policy.failed", Slot.values().length);
        asked = vector(space, "policy.asked", Slot.values().length);
        refused = vector(space, "policy.refused", SafetyRule.values().length);
        space.onRewind(() -> pending = null);
    }

    private static LongVector vector(StateSpace space, String name, int size) {
        LongVector vector = new LongVector(space, name, size);
        vector.ensureSize(size);
        return vector;
    }

    /**
     * The mechanism found that carrying out a decision breaks a rule.
     *
     * @param rule the rule
     * @return true if the decision must not be carried out: it was counted, take the safe answer; false to carry it out
     */
    public final boolean refuses(SafetyRule rule) {
        if (safety == SafetyMode.OBSERVE) {
            return false;
        }
        refused.set(rule.ordinal(), refused.get(rule.ordinal()) + 1);
        return true;
    }

    /**
     * How many decisions were refused under a rule.
     *
     * @param rule the rule
     * @return a count since the machine was made
     */
    public final long refusals(SafetyRule rule) {
        return refused.get(rule.ordinal());
    }

    /**
     * How often the policy of a slot was asked.
     *
     * @param slot the slot
     * @return a count since the machine was made
     */
    public final long asked(Slot slot) {
        return asked.get(slot.ordinal());
    }

    /**
     * Whether the policy of a slot failed and is not asked any more.
     *
     * @param slot the slot
     * @return whether the safe answers are in force
     */
    public final boolean hasFallenBack(Slot slot) {
        return failed.get(slot.ordinal()) != 0;
    }

    /**
     * Ends an operation during which a policy failed under {@link FailureMode#STOP}; called when nothing is half done any more.
     *
     * @throws PolicyFailure naming the first policy that failed, once
     */
    public final void throwIfFailed() {
        PolicyFailure failure = pending;
        if (failure != null) {
            pending = null;
            throw failure;
        }
    }

    /** {@return the policies} */
    public final PolicySet policies() {
        return set;
    }

    final boolean isAsked(Slot slot) {
        int index = slot.ordinal();
        asked.increment(index, 1);
        return failed.get(index) == 0;
    }

    /** The question for decisions that are made seldom enough to make an object of. */
    final <T> T ask(Slot slot, String name, Supplier<@Nullable T> question, T safe) {
        T answer = null;
        String call = name.substring(name.lastIndexOf('.') + 1);
        if (isAsked(slot)) {
            sync.enterDecision(name);
            try {
                answer = question.get();
            } catch (RuntimeException | Error thrown) {
                thrown(slot, call, thrown);
            } finally {
                sync.exitDecision();
            }
            if (answer == null) {
                answeredNull(slot, call);
            }
        }
        return answer == null ? safe : answer;
    }

    final void answeredNull(Slot slot, String call) {
        if (failed.get(slot.ordinal()) == 0) {
            fail(slot, call, "it answered null", null);
        }
    }

    final void outOfRange(Slot slot, String call, String problem) {
        fail(slot, call, "its answer " + problem, null);
    }

    /** A policy threw. What the virtual machine throws is nobody's fault and goes on, but for a stack that a policy let overflow. */
    final void thrown(Slot slot, String call, Throwable thrown) {
        if (thrown instanceof VirtualMachineError fatal && !(thrown instanceof StackOverflowError)) {
            throw fatal;
        }
        fail(slot, call, "it threw " + thrown, thrown);
    }

    final void fail(Slot slot, String call, String problem, @Nullable Throwable cause) {
        failed.set(slot.ordinal(), 1);
        if (failureMode == FailureMode.STOP && pending == null) {
            String role = slot.role().getName();
            pending = new PolicyFailure(
                    set.origin(slot),
                    role.substring(role.lastIndexOf('.') + 1).replace('$', '.') + '.' + call,
                    problem,
                    cause);
        }
    }
}
