package org.polymm.api;

/**
 * Memory of a policy, kept by the engine: one row of 64-bit slots for a machine, an mm, a VMA or a folio.
 *
 * <p>The slots a policy uses are declared in its descriptor ({@link org.polymm.api.plugin.StateSlot}); every slot is 0 until
 * written. Rows are saved and rewound with the machine. A VMA that is split gives its row to both parts; the surviving part of a
 * merge keeps its own; a folio's row ends with the folio; a forked mm starts with a copy of its parent's row.
 *
 * <p>A row is valid during the call that handed it out.
 */
public interface PolicyMemory {

    /**
     * Reads a slot.
     *
     * @param slot the position of the slot among those the policy declared for this scope, from 0
     * @return its value, 0 if never written
     * @throws IndexOutOfBoundsException if the policy declared no such slot
     */
    long get(int slot);

    /**
     * Writes a slot.
     *
     * @param slot the position of the slot among those the policy declared for this scope, from 0
     * @param value the new value
     * @throws IndexOutOfBoundsException if the policy declared no such slot
     */
    void set(int slot, long value);
}
