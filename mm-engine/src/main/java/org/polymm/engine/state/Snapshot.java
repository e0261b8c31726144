package org.polymm.engine.state;

/**
 * A saved state of a {@link StateSpace}: an opaque value that is only good for the space that made it. It never
 * changes, and any number of them may exist at a time.
 */
public final class Snapshot {

    final StateSpace owner;
    final Object[] parts;

    Snapshot(StateSpace owner, Object[] parts) {
        this.owner = owner;
        this.parts = parts;
    }
}
