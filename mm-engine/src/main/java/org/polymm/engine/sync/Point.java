package org.polymm.engine.sync;

/**
 * Kinds of scheduling points: what the current task is about to do that another task could notice. Only accesses outside
 * the lock that covers the thing need a point.
 */
public final class Point {

    /** Wait for, or try, a lock; the object is {@link Sync#lockObject}. */
    public static final int LOCK = 0;
    /** Read a page-table entry without its lock; the object is {@code table << 16 | index}. */
    public static final int READ_PTE = 1;
    /** Write a page-table entry that others read without the lock; the object is {@code table << 16 | index}. */
    public static final int WRITE_PTE = 2;
    /** Read an entry of an upper table without its lock; the object is {@code table << 16 | index}. */
    public static final int READ_PMD = 3;
    /** Write an entry of an upper table that others read without the lock. */
    public static final int WRITE_PMD = 4;
    /** Read a reference count or a pin count outside its lock; the object is the folio. */
    public static final int READ_COUNT = 5;
    /** Change a reference count or a pin count; the object is the folio. */
    public static final int WRITE_COUNT = 6;
    /** Read flags of a folio outside the folio lock; the object is the folio. */
    public static final int READ_FLAGS = 7;
    /** Change flags of a folio. */
    public static final int WRITE_FLAGS = 8;
    /** Read a sequence count; the object is its owner. */
    public static final int READ_SEQ = 9;
    /** Begin or end a write under a sequence count. */
    public static final int WRITE_SEQ = 10;
    /** Read a field of a VMA or an mm without its lock; the object is the VMA or mm. */
    public static final int READ_VMA = 11;
    /** Change a field of a VMA or an mm that is read without its lock. */
    public static final int WRITE_VMA = 12;
    /** Read the page cache without its lock; the object is {@code file << 36 | index}. */
    public static final int READ_CACHE = 13;
    /** Change the page cache. */
    public static final int WRITE_CACHE = 14;
    /** Flush translations of another processor; the object is the mm. */
    public static final int TLB_FLUSH = 15;
    /** A step of a retraction procedure of a policy; the object is the step's number. */
    public static final int STEP = 16;
    /** Read or write memory as the program does; the object is the page frame number. */
    public static final int READ_MEMORY = 17;
    /** Write memory as the program, or a device, does; the object is the page frame number. */
    public static final int WRITE_MEMORY = 18;
    /** Read a mapcount outside its lock; the object is the page or the folio. */
    public static final int READ_MAPCOUNT = 19;
    /** Change a mapcount; the object is the page or the folio. */
    public static final int WRITE_MAPCOUNT = 20;

    private static final String[] NAMES = {
        "lock", "read pte", "write pte", "read pmd", "write pmd", "read count", "write count", "read flags",
        "write flags", "read seq", "write seq", "read vma", "write vma", "read cache", "write cache", "tlb flush",
        "step", "read memory", "write memory", "read mapcount", "write mapcount"
    };

    private Point() {}

    /** How many kinds there are; kinds are 0 to this less one. */
    public static int kinds() {
        return NAMES.length;
    }

    /** The name of a kind, for reports. */
    public static String name(int kind) {
        return NAMES[kind];
    }

    /** Whether two accesses of the same object can matter to each other when this is one of them and a read the other. */
    public static boolean isWrite(int kind) {
        return family(kind) == kind;
    }

    /**
     * The kind without the direction of access: accesses are to the same thing if families and objects are equal. For
     * {@link #READ_PTE} and {@link #WRITE_PTE} it is {@link #WRITE_PTE}, and so on.
     */
    public static int family(int kind) {
        return switch (kind) {
            case READ_PTE,
                    READ_PMD,
                    READ_COUNT,
                    READ_FLAGS,
                    READ_SEQ,
                    READ_VMA,
                    READ_CACHE,
                    READ_MEMORY,
                    READ_MAPCOUNT -> kind + 1;
            default -> kind;
        };
    }

    /**
     * The kind that reads what a family is about.
     *
     * @param family what {@link #family} returned
     * @return the kind that reads; the family itself if it has none
     */
    public static int readOf(int family) {
        return family > 0 && family(family - 1) == family ? family - 1 : family;
    }
}
