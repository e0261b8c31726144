package org.polymm.api.split;

import java.util.ArrayList;
import java.util.List;
import org.polymm.api.Errno;
import org.polymm.api.OrderSet;

/**
 * What to do about a large folio: an action, and what to do instead if it fails.
 *
 * <p>Plans are immutable; build them once and answer with the same instance: {@code SplitPlan.split().orElse(SplitPlan.defer())}.
 */
public final class SplitPlan {

    /** The kinds of action. Open: constants may be added. */
    public enum Action {
        /** Leave the folio as it is. Cannot fail. */
        KEEP,
        /** Put it on the deferred split queue. Cannot fail (order 1 is left alone). */
        DEFER,
        /** Split it to base pages now. Fails if it is pinned or has references beyond its mappings. */
        SPLIT,
        /** Copy the pages that this process maps into new folios and map those instead. Fails as a whole, before any page is replaced. */
        UNSHARE,
        /** Have the system call fail. */
        FAIL
    }

    /** What an {@link Action#UNSHARE} checks before it replaces a page. */
    public enum UnshareCheck {
        /** Replace only pages without the exclusive flag; fails at a page that has it. */
        ONLY_SHARED,
        /** Clear the exclusive flag in step with GUP-fast first, then replace; fails at a page that may be pinned. */
        SHARE_THEN_COPY,
        /** Replace whatever is there: a dangerous decision. */
        UNCHECKED
    }

    /** Which of the folio's pages an {@link Action#UNSHARE} replaces. */
    public enum UnshareReach {
        /** Those that the VMA of the event maps; the rest stays where it is. */
        VMA,
        /** Those on both sides of the cut: the process lets go of the folio. */
        BOTH_SIDES
    }

    /**
     * One link of the chain.
     *
     * @param action the action
     * @param attempts how often to try, at least 1
     * @param order for {@link Action#UNSHARE} the largest order of a new folio, -1 for the old folio's own; the engine makes naturally
     *     aligned pieces no larger than that
     * @param check for {@link Action#UNSHARE}
     * @param reach for {@link Action#UNSHARE}
     * @param errno for {@link Action#FAIL}
     */
    public record Step(Action action, int attempts, int order, UnshareCheck check, UnshareReach reach, Errno errno) {}

    private static final SplitPlan KEEP = single(Action.KEEP);
    private static final SplitPlan DEFER = single(Action.DEFER);
    private static final SplitPlan SPLIT = single(Action.SPLIT);

    /** The answer that is always safe: leave the folio as it is. */
    public static final SplitPlan SAFE = KEEP;

    private final List<Step> steps;

    private SplitPlan(List<Step> steps) {
        this.steps = List.copyOf(steps);
    }

    private static SplitPlan single(Action action) {
        return of(action, 1, -1, UnshareCheck.ONLY_SHARED, UnshareReach.VMA, Errno.EAGAIN);
    }

    private static SplitPlan of(
            Action action, int attempts, int order, UnshareCheck check, UnshareReach reach, Errno errno) {
        if (order < -1 || order == 1 || order > OrderSet.MAX_ORDER) {
            throw new IllegalArgumentException(
                    "order " + order + " is neither -1 (the folio's own) nor one that an anonymous folio can have");
        }
        return new SplitPlan(List.of(new Step(action, attempts, order, check, reach, errno)));
    }

    /** {@return the plan to leave the folio alone} */
    public static SplitPlan keep() {
        return KEEP;
    }

    /** {@return the plan to queue the folio for a deferred split} */
    public static SplitPlan defer() {
        return DEFER;
    }

    /** {@return the plan to split the folio now, tried once} */
    public static SplitPlan split() {
        return SPLIT;
    }

    /**
     * The plan to split now, tried several times.
     *
     * @param attempts how often to try, at least 1
     * @return the plan
     * @throws IllegalArgumentException if attempts is not positive
     */
    public static SplitPlan splitRetrying(int attempts) {
        if (attempts < 1) {
            throw new IllegalArgumentException("a split tried " + attempts + " times");
        }
        return of(Action.SPLIT, attempts, -1, UnshareCheck.ONLY_SHARED, UnshareReach.VMA, Errno.EAGAIN);
    }

    /**
     * The plan to copy the pages that the VMA of the event maps into new memory.
     *
     * @param order the largest order of a new folio, from 0 but not 1; -1 for the old folio's own
     * @param check what is checked first
     * @return the plan
     * @throws IllegalArgumentException if the order is none of these
     */
    public static SplitPlan unshare(int order, UnshareCheck check) {
        return of(Action.UNSHARE, 1, order, check, UnshareReach.VMA, Errno.EAGAIN);
    }

    /**
     * The plan to copy the folio's pages on both sides of the cut into new memory, so that this process maps none of them any more.
     *
     * @param order the largest order of a new folio, from 0 but not 1; -1 for the old folio's own
     * @param check what is checked first
     * @return the plan
     * @throws IllegalArgumentException if the order is none of these
     */
    public static SplitPlan unshareBothSides(int order, UnshareCheck check) {
        return of(Action.UNSHARE, 1, order, check, UnshareReach.BOTH_SIDES, Errno.EAGAIN);
    }

    /**
     * The plan to have the system call fail.
     *
     * @param errno the error
     * @return the plan
     */
    public static SplitPlan fail(Errno errno) {
        return of(Action.FAIL, 1, -1, UnshareCheck.ONLY_SHARED, UnshareReach.VMA, errno);
    }

    /**
     * This plan, and another for when all of it failed.
     *
     * @param next the fallback
     * @return the longer plan
     */
    public SplitPlan orElse(SplitPlan next) {
        List<Step> chain = new ArrayList<>(steps);
        chain.addAll(next.steps);
        return new SplitPlan(chain);
    }

    /** {@return the actions in the order they are tried, never empty} */
    public List<Step> steps() {
        return steps;
    }

    /** {@return whether the plan begins with leaving the folio alone} */
    public boolean isKeep() {
        return steps.getFirst().action() == Action.KEEP;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Step step : steps) {
            text.append(text.isEmpty() ? "" : " else ").append(step.action());
        }
        return text.toString();
    }
}
