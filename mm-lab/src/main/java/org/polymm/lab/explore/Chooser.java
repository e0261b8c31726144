package org.polymm.lab.explore;

/** A way through the interleavings of a program: says in each run who is next, and after it whether and how there is another. */
abstract class Chooser {

    /** Nobody: the run is not worth going on with. */
    static final int CUT = -1;

    /** A run begins, at the start of the program. */
    abstract void begin(Execution run);

    /**
     * Says which task takes the next step. At least one can.
     *
     * @param run of which {@link Execution#steps} steps are over
     * @return a task that is enabled, or {@link #CUT}
     */
    abstract int next(Execution run);

    /**
     * A run is over.
     *
     * @return whether there is another
     */
    abstract boolean advance(Execution run);

    /** {@return whether every interleaving that it is to cover has been covered, once {@link #advance} has said no} */
    abstract boolean isExhaustive();
}
