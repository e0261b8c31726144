package org.polymm.engine.mm;

/** Counts page-table entries that refer to swap slots, as the swap map does. */
public interface SwapEntries {

    /** A machine without swap: no entry refers to a slot, so to be asked is an error. */
    SwapEntries NONE = new SwapEntries() {
        @Override
        public void duplicate(int slot) {
            throw new IllegalStateException("an entry refers to swap slot " + slot + " of a machine without swap");
        }

        @Override
        public void free(int slot) {
            throw new IllegalStateException("an entry refers to swap slot " + slot + " of a machine without swap");
        }
    };

    /**
     * One more entry refers to a slot: {@code swap_duplicate}.
     *
     * @param slot the slot
     */
    void duplicate(int slot);

    /**
     * One entry fewer refers to a slot: {@code free_swap_and_cache}. The last one frees it, with the folio in the swap cache.
     *
     * @param slot the slot
     */
    void free(int slot);
}
