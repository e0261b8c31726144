package org.polymm.engine.state;

/** How containers grow: by doubling, never beyond what a Java array holds. */
final class Capacity {

    private static final int LARGEST = Integer.MAX_VALUE - 8;

    private Capacity() {}

    /**
     * The next capacity of a container that is full.
     *
     * @throws IllegalStateException if no array is large enough
     */
    static int grown(String name, int present, int atLeast) {
        if (atLeast < 0 || atLeast > LARGEST) {
            throw new IllegalStateException("the container '" + name + "' cannot grow to "
                    + Integer.toUnsignedString(atLeast) + " words; an array holds " + LARGEST);
        }
        return (int) Math.max(atLeast, Math.min(LARGEST, 2L * present));
    }
}
