package org.polymm.lab.program;

import java.util.Arrays;

/**
 * What can be seen of all processes of a program in its {@link Window}: the part of a machine's state that any privileged reader of
 * {@code /proc} sees exactly.
 *
 * <p>Mutable and reused: whoever reads a machine back fills it from {@link #clear} on, process by process in the order of their numbers, and
 * then calls {@link #normalise}. Two normalised images are {@linkplain #sameAs equal} when an observer could not tell the machines apart.
 */
public final class MachineImage {

    /** Page: present. */
    public static final int PRESENT = 1;
    /** Page: swapped out, or another entry that is not present, such as a marker. */
    public static final int SWAPPED = 1 << 1;
    /** Page: of a file or of shared anonymous memory. */
    public static final int FILE = 1 << 2;
    /** Page: write-protected by userfaultfd. */
    public static final int UFFD_WP = 1 << 3;
    /** Page: mapped by one page-table entry in all. Not the exclusive flag of anonymous pages. */
    public static final int MAPPED_ONCE = 1 << 4;
    /** Page: anonymous. */
    public static final int ANON = 1 << 5;
    /** Page: of a large folio that is no hugetlb page. */
    public static final int LARGE = 1 << 6;
    /** Page: of a hugetlb page. */
    public static final int HUGETLB = 1 << 7;
    /** Page: merged by KSM. */
    public static final int KSM = 1 << 8;
    /** Page: the shared zero page, small or huge. */
    public static final int ZERO = 1 << 9;
    /** Page: its folio is mlocked. */
    public static final int MLOCKED = 1 << 10;

    /** VMA: readable. */
    public static final int VMA_READ = 1;
    /** VMA: writable. */
    public static final int VMA_WRITE = 1 << 1;
    /** VMA: executable. */
    public static final int VMA_EXEC = 1 << 2;
    /** VMA: MAP_SHARED. */
    public static final int VMA_SHARED = 1 << 3;
    /** VMA: VM_LOCKED. */
    public static final int VMA_LOCKED = 1 << 4;
    /** VMA: VM_HUGEPAGE. */
    public static final int VMA_HUGEPAGE = 1 << 5;
    /** VMA: VM_NOHUGEPAGE. */
    public static final int VMA_NOHUGEPAGE = 1 << 6;
    /** VMA: VM_DONTCOPY. */
    public static final int VMA_DONTCOPY = 1 << 7;
    /** VMA: VM_WIPEONFORK. */
    public static final int VMA_WIPEONFORK = 1 << 8;
    /** VMA: VM_MERGEABLE. */
    public static final int VMA_MERGEABLE = 1 << 9;

    private static final int ORDER_SHIFT = 11;
    private static final int MAPCOUNT_SHIFT = 16;
    private static final int FLAGS = (1 << ORDER_SHIFT) - 1;
    private static final int INDEX_BITS = 10;

    private final Window window;
    private int processCount;
    private int[] processes = new int[4];
    private int[] vmaEnds = new int[4];
    private long[] vmas = new long[3 * 16];
    private int vmaCount;
    private long[] pages;
    private long[] contents;
    private boolean hasContents;

    /**
     * Makes an image without processes.
     *
     * @param window what it shows
     */
    public MachineImage(Window window) {
        this.window = window;
        pages = new long[2 * window.pages()];
        contents = new long[window.pages()];
    }

    // ---------------------------------------------------------------- filling

    /**
     * Forgets everything.
     *
     * @param withContents whether contents will be given
     */
    public void clear(boolean withContents) {
        processCount = 0;
        vmaCount = 0;
        hasContents = withContents;
    }

    /**
     * Goes on with the next process. Its VMAs and pages are empty so far.
     *
     * @param process its number, higher than that of the one before
     */
    public void process(int process) {
        if (processCount > 0 && processes[processCount - 1] >= process) {
            throw new IllegalArgumentException("process " + process + " after " + processes[processCount - 1]);
        }
        if (processCount == processes.length) {
            processes = Arrays.copyOf(processes, 2 * processCount);
            vmaEnds = Arrays.copyOf(vmaEnds, 2 * processCount);
        }
        int size = window.pages();
        if (pages.length < 2 * size * (processCount + 1)) {
            pages = Arrays.copyOf(pages, 2 * pages.length);
            contents = Arrays.copyOf(contents, 2 * contents.length);
        }
        Arrays.fill(pages, 2 * size * processCount, 2 * size * (processCount + 1), 0);
        Arrays.fill(contents, size * processCount, size * (processCount + 1), 0);
        processes[processCount] = process;
        vmaEnds[processCount++] = vmaCount;
    }

    /**
     * Adds a VMA to the last process.
     *
     * @param start its first address in bytes, not below that of the one before
     * @param end the address after its last
     * @param bits VMA_ bits
     */
    public void vma(long start, long end, int bits) {
        if (vmas.length < 3 * (vmaCount + 1)) {
            vmas = Arrays.copyOf(vmas, 2 * vmas.length);
        }
        vmas[3 * vmaCount] = start;
        vmas[3 * vmaCount + 1] = end;
        vmas[3 * vmaCount + 2] = bits;
        vmaEnds[processCount - 1] = ++vmaCount;
    }

    /**
     * Says what is at a page of the last process; a page of which nothing is said is empty.
     *
     * @param page its index in the window
     * @param bits page bits
     * @param folio what names its folio on this machine, such as the head's page frame number; 0 if none, as for what is not present and for
     *     zero pages
     * @param index the page's index in its folio
     * @param order the order of its folio
     * @param mapcount how many page-table entries map the page, as kpagecount shows it
     */
    public void page(int page, int bits, long folio, int index, int order, int mapcount) {
        int at = 2 * ((processCount - 1) * window.pages() + page);
        pages[at] = bits & FLAGS | (long) order << ORDER_SHIFT | (long) mapcount << MAPCOUNT_SHIFT;
        pages[at + 1] = folio == 0 ? 0 : folio << INDEX_BITS | index;
    }

    /**
     * Says what a page of the last process holds.
     *
     * @param page its index in the window
     * @param token its first word
     */
    public void holds(int page, long token) {
        contents[(processCount - 1) * window.pages() + page] = token;
    }

    /** Renames folios by order of first appearance: 1, 2, …. */
    public void normalise() {
        int words = 2 * processCount * window.pages();
        FolioNames names = new FolioNames(words / 2);
        for (int at = 1; at < words; at += 2) {
            long word = pages[at];
            if (word != 0) {
                pages[at] = names.name(word >>> INDEX_BITS) << INDEX_BITS | word & (1 << INDEX_BITS) - 1;
            }
        }
    }

    // ---------------------------------------------------------------- reading

    /** {@return what it shows} */
    public Window window() {
        return window;
    }

    /** {@return how many processes there are} */
    public int processCount() {
        return processCount;
    }

    /**
     * The number of a process.
     *
     * @param slot from 0 to {@link #processCount} - 1
     * @return its number in the program
     */
    public int processAt(int slot) {
        return processes[slot];
    }

    /**
     * Where a process is in the image.
     *
     * @param process its number in the program
     * @return its slot; -1 if it does not live
     */
    public int slotOf(int process) {
        return Math.max(-1, Arrays.binarySearch(processes, 0, processCount, process));
    }

    /**
     * How many VMAs a process has in the window.
     *
     * @param slot of the process
     * @return their number
     */
    public int vmaCount(int slot) {
        return vmaEnds[slot] - firstVma(slot);
    }

    private int firstVma(int slot) {
        return slot == 0 ? 0 : vmaEnds[slot - 1];
    }

    /**
     * A VMA's first address.
     *
     * @param slot of the process
     * @param index of the VMA, lowest first
     * @return in bytes
     */
    public long vmaStart(int slot, int index) {
        return vmas[3 * (firstVma(slot) + index)];
    }

    /**
     * The address after a VMA's last.
     *
     * @param slot of the process
     * @param index of the VMA
     * @return in bytes
     */
    public long vmaEnd(int slot, int index) {
        return vmas[3 * (firstVma(slot) + index) + 1];
    }

    /**
     * A VMA's properties.
     *
     * @param slot of the process
     * @param index of the VMA
     * @return VMA_ bits
     */
    public int vmaBits(int slot, int index) {
        return (int) vmas[3 * (firstVma(slot) + index) + 2];
    }

    /**
     * A page's bits.
     *
     * @param slot of the process
     * @param page its index in the window
     * @return page bits; 0 if there is nothing
     */
    public int bits(int slot, int page) {
        return (int) pages[2 * (slot * window.pages() + page)] & FLAGS;
    }

    /**
     * The order of a page's folio.
     *
     * @param slot of the process
     * @param page its index in the window
     * @return the order; 0 for a base page, and where there is none
     */
    public int order(int slot, int page) {
        return (int) (pages[2 * (slot * window.pages() + page)] >>> ORDER_SHIFT) & 31;
    }

    /**
     * How many page-table entries map a page.
     *
     * @param slot of the process
     * @param page its index in the window
     * @return as kpagecount shows it
     */
    public int mapcount(int slot, int page) {
        return (int) (pages[2 * (slot * window.pages() + page)] >>> MAPCOUNT_SHIFT);
    }

    /**
     * The name of a page's folio, once the image is normalised.
     *
     * @param slot of the process
     * @param page its index in the window
     * @return from 1; 0 if there is none
     */
    public long folio(int slot, int page) {
        return pages[2 * (slot * window.pages() + page) + 1] >>> INDEX_BITS;
    }

    /**
     * A page's index in its folio.
     *
     * @param slot of the process
     * @param page its index in the window
     * @return from 0
     */
    public int folioIndex(int slot, int page) {
        return (int) pages[2 * (slot * window.pages() + page) + 1] & (1 << INDEX_BITS) - 1;
    }

    /** {@return whether contents were read} */
    public boolean hasContents() {
        return hasContents;
    }

    /**
     * What a page holds.
     *
     * @param slot of the process
     * @param page its index in the window
     * @return its first word; 0 where no page is present
     */
    public long content(int slot, int page) {
        return contents[slot * window.pages() + page];
    }

    /**
     * Compares two normalised images. Contents are compared if both have them.
     *
     * @param other of the same window
     * @return whether an observer could tell them apart
     */
    public boolean sameAs(MachineImage other) {
        int all = processCount * window.pages();
        return processCount == other.processCount
                && vmaCount == other.vmaCount
                && Arrays.equals(processes, 0, processCount, other.processes, 0, processCount)
                && Arrays.equals(vmaEnds, 0, processCount, other.vmaEnds, 0, processCount)
                && Arrays.equals(vmas, 0, 3 * vmaCount, other.vmas, 0, 3 * vmaCount)
                && Arrays.equals(pages, 0, 2 * all, other.pages, 0, 2 * all)
                && (!hasContents || !other.hasContents || Arrays.equals(contents, 0, all, other.contents, 0, all));
    }

    /**
     * Becomes a copy.
     *
     * @param other of the same window
     */
    public void copyFrom(MachineImage other) {
        processCount = other.processCount;
        vmaCount = other.vmaCount;
        hasContents = other.hasContents;
        processes = other.processes.clone();
        vmaEnds = other.vmaEnds.clone();
        vmas = other.vmas.clone();
        pages = other.pages.clone();
        contents = other.contents.clone();
    }

    /** Gives folios short names: an open-addressed table, because images are normalised thousands of times a second. */
    private static final class FolioNames {
        private final long[] keys;
        private final long[] names;
        private long last;

        FolioNames(int most) {
            int size = Integer.highestOneBit(Math.max(8, most)) * 4;
            keys = new long[size];
            names = new long[size];
        }

        long name(long folio) {
            int mask = keys.length - 1;
            int at = (int) (folio * 0x9E37_79B9_7F4A_7C15L >>> 40) & mask;
            while (keys[at] != 0 && keys[at] != folio) {
                at = at + 1 & mask;
            }
            if (keys[at] == 0) {
                keys[at] = folio;
                names[at] = ++last;
            }
            return names[at];
        }
    }
}
