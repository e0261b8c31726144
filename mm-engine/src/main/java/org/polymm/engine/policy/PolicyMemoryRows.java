package org.polymm.engine.policy;

import org.polymm.api.PolicyMemory;
import org.polymm.engine.state.LongVector;
import org.polymm.engine.state.StateSpace;

/**
 * One policy's memory for one scope: a row of slots per handle, in an array of the machine's.
 *
 * <p>A row belongs to a handle, and handles are reused: whoever frees a handle clears its row.
 */
final class PolicyMemoryRows implements PolicyMemory {

    private final String owner;
    private final int width;
    private final LongVector values;
    private int row;

    PolicyMemoryRows(StateSpace space, String owner, int width) {
        this.owner = owner;
        this.width = width;
        values = new LongVector(space, "policy.memory." + owner, 16);
    }

    PolicyMemoryRows at(int handle) {
        values.ensureSize((handle + 1) * width);
        row = handle * width;
        return this;
    }

    void clear(int handle) {
        if ((handle + 1) * width <= values.size()) {
            for (int slot = 0; slot < width; slot++) {
                values.set(handle * width + slot, 0);
            }
        }
    }

    void copy(int from, int to) {
        for (int slot = 0; slot < width; slot++) {
            long value = at(from).get(slot);
            at(to).set(slot, value);
        }
    }

    @Override
    public long get(int slot) {
        return values.get(row + checked(slot));
    }

    @Override
    public void set(int slot, long value) {
        values.set(row + checked(slot), value);
    }

    private int checked(int slot) {
        if (slot < 0 || slot >= width) {
            throw new IndexOutOfBoundsException(owner + " declared " + width + " slots; there is no slot " + slot);
        }
        return slot;
    }
}
