package org.polymm.engine.state;

/**
 * The shape of page tables and of the buddy allocator: four levels of tables of {@code 1 << tableShift} entries over
 * 4 KiB pages.
 *
 * <pre>
 *   tableShift 9 (x86-64)            tableShift 3 (small, for exhaustive exploration)
 *     47 bits of user address          23 bits of user address: 8 MiB
 *     PMD maps 512 pages, 2 MiB        PMD maps 8 pages, 32 KiB
 *     largest buddy order 10           largest buddy order 4
 * </pre>
 *
 * @param tableShift log2 of the entries of a page table: 9 or 3
 */
public record Geometry(int tableShift) {

    /** log2 of the size of a base page, in bytes. */
    public static final int PAGE_SHIFT = 12;

    /** Size of a base page, in bytes. */
    public static final long PAGE_SIZE = 1L << PAGE_SHIFT;

    /** As x86-64 with 4-level page tables. */
    public static final Geometry X86_64 = new Geometry(9);

    /** Tables of eight entries: the same mechanism with a state small enough to explore every interleaving. */
    public static final Geometry SMALL = new Geometry(3);

    /** Checks the shift. */
    public Geometry {
        if (tableShift != 9 && tableShift != 3) {
            throw new IllegalArgumentException(
                    "a page table has 512 entries (shift 9) or 8 (shift 3), not 1 << " + tableShift);
        }
    }

    /** log2 of the size of a base page, in bytes: 12. */
    public int pageShift() {
        return PAGE_SHIFT;
    }

    /** Entries of a page table, at every level. */
    public int entries() {
        return 1 << tableShift;
    }

    /** Order of a folio that one PMD entry maps: 9 or 3. */
    public int pmdOrder() {
        return tableShift;
    }

    /** Base pages that one PMD entry maps: 512 or 8. */
    public int pmdPages() {
        return 1 << tableShift;
    }

    /** Bytes that one PMD entry maps. */
    public long pmdSize() {
        return PAGE_SIZE << tableShift;
    }

    /** log2 of {@link #pmdSize()}. */
    public int pmdShift() {
        return PAGE_SHIFT + tableShift;
    }

    /** Largest order of the buddy allocator: 10 or 4. */
    public int maxOrder() {
        return tableShift == 9 ? 10 : 4;
    }

    /** Levels of page tables: 4. Level 0 is the leaf (PTE table), 1 the PMD table, 3 the root. */
    public int levels() {
        return 4;
    }

    /** log2 of the bytes that one entry of a table at a level maps; level 0 is the leaf. */
    public int shift(int level) {
        return PAGE_SHIFT + level * tableShift;
    }

    /** Which entry of a table at a level an address selects; level 0 is the leaf. */
    public int index(int level, long address) {
        return (int) (address >>> (PAGE_SHIFT + level * tableShift)) & ((1 << tableShift) - 1);
    }

    /** The first address above user space, in bytes, exclusive: half of what the tables can map. */
    public long taskSize() {
        return 1L << (PAGE_SHIFT + 4 * tableShift - 1);
    }

    /** Size of a folio of an order, in bytes. */
    public static long bytes(int order) {
        return PAGE_SIZE << order;
    }
}
