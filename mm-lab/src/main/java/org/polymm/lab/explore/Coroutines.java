package org.polymm.lab.explore;

/**
 * Makes coroutines of one kind.
 *
 * <p>The code of a simulated kernel is deep and ordinary Java; a task of it stops wherever a scheduling point is. So a coroutine keeps its
 * whole stack. The JDK has just that, below virtual threads, in a package that it does not export ({@code jdk.internal.vm}); a switch costs
 * some 90 ns. Where the package is not to be had, virtual threads take turns, at two to five times the price.
 *
 * <p>What runs in a coroutine may hold no monitor, no lock of {@code java.util.concurrent} and no thread-local across a yield.
 */
public abstract sealed class Coroutines permits ContinuationCoroutines, ThreadCoroutines {

    /** {@return the fastest kind that this JVM has} */
    public static Coroutines best() {
        return ContinuationCoroutines.isAvailable() ? new ContinuationCoroutines() : new ThreadCoroutines();
    }

    /**
     * Makes a coroutine, which does not run yet.
     *
     * @param body what it does
     * @return the coroutine
     */
    public abstract Coroutine create(Runnable body);

    /** Stops the coroutine that runs, until it is resumed. To be called inside one. */
    public abstract void suspend();

    /**
     * Does something that resumes coroutines.
     *
     * @param work what; its exceptions pass through
     */
    public abstract void run(Runnable work);

    /** {@return what it is, for reports} */
    public abstract String description();
}
