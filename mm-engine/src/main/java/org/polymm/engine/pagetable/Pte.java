package org.polymm.engine.pagetable;

/**
 * The encoding of page-table entries. An entry is a {@code long}; 0 is "none".
 *
 * <pre>
 *   present       63  52         12 11 10  9  8  7  6  5  4  3  2  1  0
 *                 NX   |   pfn    | S  W  Z  .  H  D  A  .  .  U  W  1     S soft-dirty, W(10) uffd-wp, Z special (zero page), H huge,
 *                                                                          D dirty, A accessed, U user, W(1) write
 *   not present        | offset,  | S  W  .  X  .  D  A  t  t  t  t  0     t type, X exclusive (swap entries); D and A are what a
 *                      | pfn or   |                                        migrated page's entry had
 *                      | markers  |
 * </pre>
 *
 * An entry of a PMD table is a table (present, not huge), a huge leaf (present and huge), a migration entry, or none. A present entry
 * without {@link #USER} belongs to a mapping with PROT_NONE: it maps its page and no access may use it.
 *
 * <p>Pure functions; thread-safe.
 */
public final class Pte {

    /** The entry of nothing. */
    public static final long NONE = 0;

    /** The entry is used by the hardware. */
    public static final long PRESENT = 1;
    /** Writing is allowed. */
    public static final long WRITE = 1 << 1;
    /** User access is allowed; clear under PROT_NONE. */
    public static final long USER = 1 << 2;
    /** The entry was used since the bit was last cleared. */
    public static final long ACCESSED = 1 << 5;
    /** The entry was used for a write since the bit was last cleared. */
    public static final long DIRTY = 1 << 6;
    /** At PMD level: a leaf and no table. */
    public static final long HUGE = 1 << 7;
    /** Maps a page without a struct page of its own to count: the shared zero page, or the huge zero folio. */
    public static final long SPECIAL = 1 << 9;
    /** Write-protected by userfaultfd. In present entries and in swap and migration entries. */
    public static final long UFFD_WP = 1 << 10;
    /** Written since clear_refs. In present entries and in swap and migration entries. */
    public static final long SOFT_DIRTY = 1 << 11;
    /** Execution is not allowed. */
    public static final long NO_EXEC = 1L << 63;

    /** In a swap entry: no other entry refers to this slot, and the page was exclusive when it was unmapped. */
    public static final long SWAP_EXCLUSIVE = 1 << 8;

    /** Marker: userfaultfd write-protection of a page that is not mapped. */
    public static final int MARKER_UFFD_WP = 1;
    /** Marker: poisoned, an access gets SIGBUS. */
    public static final int MARKER_POISON = 1 << 1;
    /** Marker: a guard region, an access gets SIGSEGV. */
    public static final int MARKER_GUARD = 1 << 2;

    /** Where the frame number, swap offset or marker kinds begin. */
    public static final int PAYLOAD_SHIFT = 12;

    /** What the entry of the next page of the same folio has more than the entry before it. */
    public static final long NEXT_PAGE = 1L << PAYLOAD_SHIFT;

    /** The bits of a present entry that mprotect replaces. */
    public static final long PROTECTION = WRITE | USER | NO_EXEC;

    private static final int TYPE_SHIFT = 1;
    private static final long TYPE_MASK = 0xFL << TYPE_SHIFT;
    private static final long SWAP = 1L << TYPE_SHIFT;
    private static final long MIGRATION_READ = 2L << TYPE_SHIFT;
    private static final long MIGRATION_READ_EXCLUSIVE = 3L << TYPE_SHIFT;
    private static final long MIGRATION_WRITE = 4L << TYPE_SHIFT;
    private static final long MARKER = 5L << TYPE_SHIFT;

    private Pte() {}

    /**
     * Makes a present entry.
     *
     * @param pfn the frame
     * @param bits the other bits without {@link #PRESENT}
     * @return the entry
     */
    public static long present(int pfn, long bits) {
        return (long) pfn << PAYLOAD_SHIFT | bits | PRESENT;
    }

    /**
     * The frame of a present or a migration entry.
     *
     * @param entry the entry
     * @return the frame number; at PMD level the head of the folio
     */
    public static int pfn(long entry) {
        return (int) (entry >>> PAYLOAD_SHIFT);
    }

    /**
     * Tells whether nothing is there.
     *
     * @param entry an entry of any level
     * @return whether it is none
     */
    public static boolean isNone(long entry) {
        return entry == NONE;
    }

    /**
     * Tells whether the hardware would use the entry, or would if PROT_NONE did not forbid it.
     *
     * @param entry an entry of any level
     * @return whether it is present
     */
    public static boolean isPresent(long entry) {
        return (entry & PRESENT) != 0;
    }

    /**
     * Tells whether an entry of an upper table leads to another table.
     *
     * @param entry an entry of a PGD, PUD or PMD table
     * @return whether it is a table
     */
    public static boolean isTable(long entry) {
        return (entry & (PRESENT | HUGE)) == PRESENT;
    }

    /**
     * Tells whether an entry of a PMD table maps a folio itself.
     *
     * @param entry an entry of a PMD table
     * @return whether it is a present leaf
     */
    public static boolean isHuge(long entry) {
        return (entry & (PRESENT | HUGE)) == (PRESENT | HUGE);
    }

    /**
     * Tells whether a present entry allows writing.
     *
     * @param entry an entry
     * @return whether it is present and writable
     */
    public static boolean isWritable(long entry) {
        return (entry & (PRESENT | WRITE)) == (PRESENT | WRITE);
    }

    /**
     * Tells whether an entry maps the shared zero page or the huge zero folio.
     *
     * @param entry an entry
     * @return whether it is present and special
     */
    public static boolean isZeroPage(long entry) {
        return (entry & (PRESENT | SPECIAL)) == (PRESENT | SPECIAL);
    }

    /**
     * Tells whether an entry maps a page that takes part in mapcounts and rmap.
     *
     * @param entry an entry
     * @return whether it is present and not special
     */
    public static boolean isNormalPage(long entry) {
        return (entry & (PRESENT | SPECIAL)) == PRESENT;
    }

    /**
     * Tells whether an access goes through without a fault.
     *
     * @param entry an entry of a leaf table, or a huge leaf
     * @param write whether the access writes
     * @param exec whether the access fetches an instruction
     * @return whether the hardware is content
     */
    public static boolean permits(long entry, boolean write, boolean exec) {
        long need = PRESENT | USER | (write ? WRITE : 0);
        long forbidden = exec ? NO_EXEC : 0;
        return (entry & (need | forbidden)) == need;
    }

    /**
     * Gives a present entry another protection, as mprotect does, and leaves all else as it is.
     *
     * @param entry a present entry
     * @param protection some of {@link #WRITE}, {@link #USER}, {@link #NO_EXEC}
     * @return the entry
     */
    public static long withProtection(long entry, long protection) {
        return entry & ~PROTECTION | protection & PROTECTION;
    }

    /**
     * The entry of one page out of a huge leaf that is split into a table.
     *
     * @param huge a present huge leaf of a folio; the huge zero folio is split into entries of the zero page instead
     * @param page which page, from 0
     * @return the entry of a leaf table
     */
    public static long pageOfHuge(long huge, int page) {
        return (huge & ~HUGE) + page * NEXT_PAGE;
    }

    // ---- entries that are not present

    /**
     * Makes a swap entry.
     *
     * @param offset the slot
     * @param exclusive whether the page was exclusive
     * @return the entry
     */
    public static long swap(int offset, boolean exclusive) {
        return (long) offset << PAYLOAD_SHIFT | SWAP | (exclusive ? SWAP_EXCLUSIVE : 0);
    }

    /**
     * Tells whether an entry is a swap entry.
     *
     * @param entry an entry
     * @return whether it is one
     */
    public static boolean isSwap(long entry) {
        return (entry & (PRESENT | TYPE_MASK)) == SWAP;
    }

    /**
     * The slot of a swap entry.
     *
     * @param entry a swap entry
     * @return the offset in the swap area
     */
    public static int swapOffset(long entry) {
        return (int) (entry >>> PAYLOAD_SHIFT);
    }

    /**
     * Tells whether a swap entry carries the exclusive bit.
     *
     * @param entry an entry
     * @return whether it is an exclusive swap entry
     */
    public static boolean isExclusiveSwap(long entry) {
        return (entry & (PRESENT | TYPE_MASK | SWAP_EXCLUSIVE)) == (SWAP | SWAP_EXCLUSIVE);
    }

    /**
     * Makes the migration entry that replaces a present one.
     *
     * @param entry the present entry of an anonymous or a file page; huge stays huge in the payload only
     * @param exclusive whether the page was exclusive
     * @return the migration entry: writable, readable-exclusive or readable, with the other bits kept
     */
    public static long migration(long entry, boolean exclusive) {
        long type = (entry & WRITE) != 0 ? MIGRATION_WRITE : exclusive ? MIGRATION_READ_EXCLUSIVE : MIGRATION_READ;
        return entry & ~(NO_EXEC | (1L << PAYLOAD_SHIFT) - 1)
                | entry & (ACCESSED | DIRTY | UFFD_WP | SOFT_DIRTY)
                | type;
    }

    /**
     * Tells whether an entry stands for a page that is being migrated or split.
     *
     * @param entry an entry of a leaf or PMD table
     * @return whether it is a migration entry of any kind
     */
    public static boolean isMigration(long entry) {
        long type = entry & (PRESENT | TYPE_MASK);
        return type == MIGRATION_READ || type == MIGRATION_READ_EXCLUSIVE || type == MIGRATION_WRITE;
    }

    /**
     * Tells whether a migration entry will be writable again.
     *
     * @param entry an entry
     * @return whether it is a writable migration entry
     */
    public static boolean isWritableMigration(long entry) {
        return (entry & (PRESENT | TYPE_MASK)) == MIGRATION_WRITE;
    }

    /**
     * Tells whether the page of a migration entry was exclusive.
     *
     * @param entry an entry
     * @return whether it is a writable or a readable-exclusive migration entry
     */
    public static boolean isExclusiveMigration(long entry) {
        long type = entry & (PRESENT | TYPE_MASK);
        return type == MIGRATION_READ_EXCLUSIVE || type == MIGRATION_WRITE;
    }

    /**
     * Turns a migration entry into a readable one of a page that may be shared, as fork does.
     *
     * @param entry a migration entry
     * @return the weaker migration entry
     */
    public static long asReadableMigration(long entry) {
        return entry & ~TYPE_MASK | MIGRATION_READ;
    }

    /**
     * Turns a migration entry into a readable one and keeps exclusiveness, as mprotect does.
     *
     * @param entry a migration entry
     * @return the migration entry without write permission
     */
    public static long asReadOnlyMigration(long entry) {
        return isWritableMigration(entry) ? entry & ~TYPE_MASK | MIGRATION_READ_EXCLUSIVE : entry;
    }

    /**
     * Makes a marker.
     *
     * @param kinds one or more of the {@code MARKER_} bits
     * @return the entry
     */
    public static long marker(int kinds) {
        return (long) kinds << PAYLOAD_SHIFT | MARKER;
    }

    /**
     * Tells whether an entry is a marker.
     *
     * @param entry an entry
     * @return whether it is one
     */
    public static boolean isMarker(long entry) {
        return (entry & (PRESENT | TYPE_MASK)) == MARKER;
    }

    /**
     * The kinds of a marker.
     *
     * @param entry an entry
     * @return some of the {@code MARKER_} bits; 0 if it is no marker
     */
    public static int markers(long entry) {
        return isMarker(entry) ? (int) (entry >>> PAYLOAD_SHIFT) : 0;
    }

    /**
     * Tells whether userfaultfd write-protects the page, mapped or not.
     *
     * @param entry an entry of any kind
     * @return whether the bit or the marker is there
     */
    public static boolean isUffdWp(long entry) {
        return isMarker(entry) ? (markers(entry) & MARKER_UFFD_WP) != 0 : (entry & UFFD_WP) != 0;
    }

    // ---- runs

    /**
     * How many entries map consecutive pages and are otherwise alike.
     *
     * @param table the row of a leaf table
     * @param index where the run begins, a present entry
     * @param limit how many entries to look at most; the caller keeps it inside the table and the folio
     * @param ignored bits in which the entries may differ
     * @return the length of the run, at least 1
     */
    public static int run(long[] table, int index, int limit, long ignored) {
        long expected = table[index] & ~ignored;
        int length = 1;
        while (length < limit) {
            expected += NEXT_PAGE;
            if ((table[index + length] & ~ignored) != expected) {
                break;
            }
            length++;
        }
        return length;
    }

    /**
     * Describes an entry for messages.
     *
     * @param entry an entry of any level
     * @return such as {@code pfn 12 WUAD} or {@code swap 7 exclusive}
     */
    public static String describe(long entry) {
        if (isNone(entry)) {
            return "none";
        }
        StringBuilder text = new StringBuilder();
        if (isPresent(entry)) {
            text.append(isZeroPage(entry) ? "zero page" : "pfn " + pfn(entry)).append(' ');
            letter(text, entry, WRITE, 'W');
            letter(text, entry, USER, 'U');
            letter(text, entry, ACCESSED, 'A');
            letter(text, entry, DIRTY, 'D');
            letter(text, entry, HUGE, 'H');
            letter(text, entry, NO_EXEC, 'N');
        } else if (isSwap(entry)) {
            text.append("swap ").append(swapOffset(entry)).append(isExclusiveSwap(entry) ? " exclusive" : "");
        } else if (isMigration(entry)) {
            text.append("migration of pfn ")
                    .append(pfn(entry))
                    .append(isWritableMigration(entry) ? " writable" : isExclusiveMigration(entry) ? " exclusive" : "");
        } else {
            text.append("marker");
            text.append((markers(entry) & MARKER_UFFD_WP) != 0 ? " uffd-wp" : "");
            text.append((markers(entry) & MARKER_POISON) != 0 ? " poison" : "");
            text.append((markers(entry) & MARKER_GUARD) != 0 ? " guard" : "");
            return text.toString();
        }
        return text.append((entry & UFFD_WP) != 0 ? " uffd-wp" : "").toString();
    }

    private static void letter(StringBuilder text, long entry, long bit, char letter) {
        if ((entry & bit) != 0) {
            text.append(letter);
        }
    }
}
