package org.polymm.lab.fuzz;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.polymm.lab.program.UnmetException;

/** What runs programs: which machines, under which settings. */
interface TestBench extends AutoCloseable {

    /** {@return what programs may ask for} */
    Capabilities capabilities();

    /** {@return what programs look like} */
    ProgramShape shape();

    /**
     * The machine for a program. The one before is not used any more.
     *
     * @param program its number
     * @return runs it as fast as the run wants it
     * @throws UnmetException if the machine lacks something
     */
    Trial trial(long program) throws UnmetException;

    /**
     * A machine on which to shrink a program.
     *
     * @param program its number
     * @return looks after every operation
     * @throws UnmetException if the machine lacks something
     */
    Trial closeTrial(long program) throws UnmetException;

    /**
     * What was set for a program.
     *
     * @param program its number
     * @return configuration keys and values that are not the defaults
     */
    SequencedMap<String, String> settings(long program);

    /** {@return how many dangerous decisions of policies were refused so far, by rule; without rules that refused none} */
    default SequencedMap<String, Long> refused() {
        return new LinkedHashMap<>();
    }

    /** {@return how many candidates a failure is worth when it is shrunk} */
    int mostTrials();

    @Override
    void close();
}
