package org.polymm.engine.frame;

/** Makes free memory when an allocation finds none. */
@FunctionalInterface
public interface Reclaimer {

    /** Nothing can be reclaimed. */
    Reclaimer NONE = order -> false;

    /**
     * Tries to free memory.
     *
     * @param order of the allocation that failed
     * @return whether it made progress, so that the allocation is worth another try
     */
    boolean reclaim(int order);
}
