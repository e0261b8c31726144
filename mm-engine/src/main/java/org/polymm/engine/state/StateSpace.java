package org.polymm.engine.state;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * All mutable state of one machine, in the order in which its containers registered. Not thread-safe: one machine is
 * used by one thread at a time.
 */
public final class StateSpace {

    private Stateful[] parts = new Stateful[32];
    private int count;
    private Runnable[] caches = new Runnable[4];
    private int cacheCount;

    /**
     * Adds a container. Containers register themselves when they are built, which is while the machine is built.
     *
     * @throws IllegalArgumentException if a container of that name is registered already
     */
    public void register(Stateful part) {
        String name = part.name();
        for (int i = 0; i < count; i++) {
            if (parts[i].name().equals(name)) {
                throw new IllegalArgumentException("two containers of state are named '" + name
                        + "'; names tell them apart in differences, so each needs its own");
            }
        }
        if (count == parts.length) {
            parts = Arrays.copyOf(parts, count * 2);
        }
        parts[count++] = part;
    }

    /** Asks to be told after each rewind, to drop what was cached from the state. */
    public void onRewind(Runnable dropCache) {
        if (cacheCount == caches.length) {
            caches = Arrays.copyOf(caches, cacheCount * 2);
        }
        caches[cacheCount++] = dropCache;
    }

    /** Copies the whole state. */
    public Snapshot save() {
        Object[] captured = new Object[count];
        for (int i = 0; i < count; i++) {
            captured[i] = parts[i].capture();
        }
        return new Snapshot(this, captured);
    }

    /**
     * Makes the present state equal to a saved one. Allocates nothing once the machine has been as large as it was
     * when the state was saved.
     *
     * @throws IllegalArgumentException if the snapshot was taken from another space, or before the last container
     *     registered
     */
    public void rewind(Snapshot snapshot) {
        check(snapshot);
        Object[] captured = snapshot.parts;
        for (int i = 0; i < captured.length; i++) {
            parts[i].restore(captured[i]);
        }
        for (int i = 0; i < cacheCount; i++) {
            caches[i].run();
        }
    }

    /**
     * Compares the present state with a saved one.
     *
     * @return the name of the first container that differs and where it does, or null if all are equal
     * @throws IllegalArgumentException as {@link #rewind}
     */
    public @Nullable String firstDifference(Snapshot snapshot) {
        check(snapshot);
        for (int i = 0; i < count; i++) {
            String difference = parts[i].difference(snapshot.parts[i]);
            if (difference != null) {
                return parts[i].name() + ": " + difference;
            }
        }
        return null;
    }

    private void check(Snapshot snapshot) {
        if (snapshot.owner != this) {
            throw new IllegalArgumentException("the snapshot belongs to another machine; rewind the one that saved it");
        }
        if (snapshot.parts.length != count) {
            throw new IllegalArgumentException("the snapshot has " + snapshot.parts.length + " containers, the machine "
                    + count + "; '" + parts[snapshot.parts.length].name()
                    + "' registered after it was taken: save after the machine is complete");
        }
    }
}
