package org.polymm.engine.fault;

/** Brings pages back from swap: {@code do_swap_page}. Declared here because faults find swap entries; implemented by whoever writes them. */
public interface SwapFaults {

    /** A machine without swap. */
    SwapFaults NONE = new SwapFaults() {
        @Override
        public int swapIn(int mm, int vma, long address, int flags, long entry) {
            throw new IllegalStateException("a swap entry is mapped at 0x" + Long.toHexString(address) + " of mm " + mm
                    + ", and this machine has no swap");
        }

        @Override
        public int swapInShmem(int file, long index, long entry) {
            throw new IllegalStateException(
                    "page " + index + " of file " + file + " is swapped out, and this machine has no swap");
        }

        @Override
        public void tryFreeSwap(int head) {
            throw new IllegalStateException("folio " + head + " is in the swap cache, and this machine has no swap");
        }
    };

    /**
     * Maps the page of a swap entry.
     *
     * @param mm the address space
     * @param vma the VMA
     * @param address the faulting address, in bytes
     * @param flags see {@link FaultFlags}
     * @param entry the swap entry that was found, without the page-table lock
     * @return a {@link FaultResult}
     */
    int swapIn(int mm, int vma, long address, int flags, long entry);

    /**
     * Puts a swapped-out shmem page back into the page cache.
     *
     * @param file the file
     * @param index the page's index
     * @param entry what the page cache holds there
     * @return the page with a reference for the caller, or {@link FaultResult#OOM}
     */
    int swapInShmem(int file, long index, long entry);

    /**
     * Takes a folio out of the swap cache and frees its slot, if no swap entry refers to it any more: {@code folio_free_swap}. The folio is
     * locked.
     *
     * @param head a folio in the swap cache
     */
    void tryFreeSwap(int head);
}
