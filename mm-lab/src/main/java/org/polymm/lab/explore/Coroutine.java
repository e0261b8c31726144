package org.polymm.lab.explore;

/** A computation that can stop in the middle and go on later. Made by {@link Coroutines}; belongs to one thread at a time. */
public interface Coroutine {

    /**
     * Runs it until it yields or ends.
     *
     * @return whether it has ended
     */
    boolean resume();

    /** It will never be resumed again. What it holds can go. */
    void abandon();
}
