package org.polymm.lab.program;

import java.util.LinkedHashMap;
import java.util.SequencedMap;

/** A machine that can be looked into further than any kernel lets anybody look. */
public interface Internals {

    /**
     * Tells a fact of a page.
     *
     * @param process its number
     * @param address any address in the page
     * @param fact what to tell
     * @return a number, or 1 and 0 for yes and no; 0 where no page is
     */
    long fact(int process, long address, EngineFact fact);

    /** {@return how many dangerous decisions of policies were refused so far, by rule; without rules that refused none} */
    default SequencedMap<String, Long> refused() {
        return new LinkedHashMap<>();
    }
}
