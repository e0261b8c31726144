package org.polymm.lab.fuzz;

import java.util.SequencedMap;
import org.polymm.lab.program.UnmetException;

/** What runs programs: which machines, under which settings. Belongs to one thread; benches of several do not touch each other. */
interface TestBench {

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

    /** {@return how many programs, from a multiple of it on, are better run one after the other on one machine} */
    default int turn() {
        return 1;
    }

    /** {@return how many candidates a failure is worth when it is shrunk} */
    int mostTrials();
}
