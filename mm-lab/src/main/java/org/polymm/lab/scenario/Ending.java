package org.polymm.lab.scenario;

import org.jspecify.annotations.Nullable;
import org.polymm.lab.program.Outcome;

/**
 * How an operation is to end.
 *
 * @param guard when {@code expected} is meant
 * @param expected the end
 * @param otherwise the end if the guard does not hold
 * @param value the word that must be read; null if it does not matter
 */
public record Ending(
        Guard guard, End expected, End otherwise, @Nullable Long value) {

    /** Success. */
    public static final Ending SUCCESS = new Ending(Guard.ALWAYS, End.OK, End.OK, null);

    /** Anything. */
    public static final Ending ANY = new Ending(Guard.ALWAYS, End.ANY, End.ANY, null);

    /**
     * One way to end.
     *
     * @param any whether anything will do
     * @param errno the error; 0 for none
     * @param signal the signal; 0 for none
     */
    public record End(boolean any, int errno, int signal) {
        /** Success. */
        public static final End OK = new End(false, 0, 0);
        /** Anything. */
        public static final End ANY = new End(true, 0, 0);

        @Override
        public String toString() {
            return any ? "any" : errno != 0 ? ErrnoNames.name(errno) : signal != 0 ? ErrnoNames.signal(signal) : "ok";
        }
    }

    /**
     * Holds an outcome against it.
     *
     * @param outcome what happened
     * @param circumstances under what
     * @return what is wrong; null if nothing is
     */
    @Nullable
    String failure(Outcome outcome, Circumstances circumstances) {
        End end = guard.holds(circumstances) ? expected : otherwise;
        if (end.any()) {
            return null;
        }
        if (outcome.errno() != end.errno() || outcome.signal() != end.signal()) {
            return "ended with " + text(outcome) + ", expected " + end;
        }
        if (value != null && outcome.isSuccess() && outcome.value() != value) {
            return "saw " + outcome.value() + ", expected " + value;
        }
        return null;
    }

    /**
     * Says how something ended.
     *
     * @param outcome the outcome
     * @return such as {@code ok}, {@code EINVAL} or {@code SIGSEGV at its page 3}
     */
    static String text(Outcome outcome) {
        if (outcome.signal() != 0) {
            return ErrnoNames.signal(outcome.signal()) + " at its page " + outcome.page();
        }
        return outcome.errno() == 0 ? "ok" : ErrnoNames.name(outcome.errno());
    }
}
