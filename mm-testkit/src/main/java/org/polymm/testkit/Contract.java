package org.polymm.testkit;

import java.util.Optional;
import org.polymm.api.plugin.Slot;

/** Something that policies promise. Immutable; needs no test framework. */
public interface Contract {

    /** How binding a contract is. */
    enum Rank {
        /** Every policy keeps it; one that does not cannot be used. */
        RULE,
        /**
         * A sound policy keeps it. One that does not can be run in a laboratory, which reports the damage; faulty
         * proposals are kept for that.
         */
        SAFETY
    }

    /** {@return a name in lower case with dashes, such as {@code keeps-no-view}} */
    String id();

    /** {@return the promise, in one sentence} */
    String sentence();

    /** {@return how binding it is} */
    Rank rank();

    /**
     * Tells whether policies for a slot have anything to do with it.
     *
     * @param slot a slot
     * @return whether they have
     */
    boolean appliesTo(Slot slot);

    /**
     * Looks for a breach.
     *
     * @param policy the policy
     * @param seed what random facts are drawn from; the same seed finds the same
     * @return what the policy did wrong and when; empty if nothing was found
     */
    Optional<String> breach(PolicyUnderTest policy, long seed);
}
