package org.polymm.linux;

import java.util.Arrays;

/**
 * All that can be seen of the workers in a part of their address space. Mutable and reused: {@link #read} fills it, and allocates only while it
 * grows.
 *
 * <p>Page frame numbers are the host's: they tell which pages are the same and which neighbours, and nothing else, and no two runs have the
 * same. The active, referenced, LRU, dirty, writeback, idle and swap cache flags of a frame depend on time and on what else the host does; they
 * are here because they are, not to be compared.
 */
public final class HostSnapshot {
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
    /** VMA: VM_UFFD_MISSING. */
    public static final int VMA_UFFD_MISSING = 1 << 10;
    /** VMA: VM_UFFD_WP. */
    public static final int VMA_UFFD_WP = 1 << 11;
    /** VMA: VM_UFFD_MINOR. */
    public static final int VMA_UFFD_MINOR = 1 << 12;
    /** VMA: VM_HUGETLB. */
    public static final int VMA_HUGETLB = 1 << 13;

    /** Page map: present. */
    public static final long PRESENT = 1L << 63;
    /** Page map: swapped out, or another entry that is not present: a marker, a migration entry. */
    public static final long SWAPPED = 1L << 62;
    /** Page map: of a file, or of shared anonymous memory. */
    public static final long FILE = 1L << 61;
    /** Page map: write-protected by userfaultfd. */
    public static final long UFFD_WP = 1L << 57;
    /** Page map: mapped by one page-table entry in all. Not the exclusive flag of anonymous pages. */
    public static final long MAPPED_ONCE = 1L << 56;

    /** Frame: anonymous. */
    public static final long KPF_ANON = 1L << 12;
    /** Frame: has room in swap space. */
    public static final long KPF_SWAPBACKED = 1L << 14;
    /** Frame: the first of a large folio. */
    public static final long KPF_COMPOUND_HEAD = 1L << 15;
    /** Frame: a further one of a large folio. */
    public static final long KPF_COMPOUND_TAIL = 1L << 16;
    /** Frame: of a hugetlb page. */
    public static final long KPF_HUGE = 1L << 17;
    /** Frame: unevictable. Right only after a drain. */
    public static final long KPF_UNEVICTABLE = 1L << 18;
    /** Frame: merged by KSM. */
    public static final long KPF_KSM = 1L << 21;
    /** Frame: of a large folio that is no hugetlb page, of whatever order. */
    public static final long KPF_THP = 1L << 22;
    /** Frame: the zero page; together with {@link #KPF_THP} the huge one. */
    public static final long KPF_ZERO_PAGE = 1L << 24;
    /** Frame: its folio is mlocked. */
    public static final long KPF_MLOCKED = 1L << 33;

    private static final long PFN = (1L << 55) - 1;
    private static final int VMA_WORDS = 3;
    private static final int WIRE_WORDS = 5;
    private static final long INDEX = 0xFF_FFFFL;
    private static final int ORDER_SHIFT = 24;
    private static final long HAS_CONTENTS = 1L << 31;

    // What is kept of a page: the packed word of the wire, then these.
    private static final int PACKED = 0;
    private static final int PAGEMAP = 1;
    private static final int FLAGS = 2;
    private static final int HEAD = 3;
    private static final int CONTENT = 4;

    private final long address;
    private final int pages;
    private int processCount;
    private final int[] workers = new int[HostKernel.WORKERS];
    private final int[] vmaEnds = new int[HostKernel.WORKERS];
    private long[] vmas = new long[VMA_WORDS * 64];
    private long[] words = {};

    /**
     * An empty snapshot.
     *
     * @param address of the first page that is shown
     * @param pages how many
     */
    public HostSnapshot(long address, int pages) {
        if (address % HostKernel.PAGE != 0 || pages < 1 || pages > HostKernel.MAX_PAGES) {
            throw new IllegalArgumentException(pages + " pages at 0x" + Long.toHexString(address));
        }
        this.address = address;
        this.pages = pages;
    }

    /**
     * Takes in what the helper saw.
     *
     * @param reply to a {@link HostKernel#snapshot} of the same pages
     * @return this
     * @throws IllegalArgumentException if the reply is none, or is not a success
     */
    public HostSnapshot read(HostReply reply) {
        if (!reply.isSuccess() || reply.words() == 0) {
            throw new IllegalArgumentException("no snapshot: " + reply);
        }
        processCount = (int) reply.word(0);
        int stride = WIRE_WORDS * pages;
        if (words.length < stride * processCount) {
            words = new long[stride * processCount];
        }
        Arrays.fill(words, 0, stride * processCount, 0);
        int at = 1;
        int vmaCount = 0;
        for (int slot = 0; slot < processCount; slot++) {
            workers[slot] = (int) reply.word(at);
            int vmaWords = VMA_WORDS * (int) reply.word(at + 1);
            int entries = (int) reply.word(at + 2);
            at += 3;
            if (vmas.length < vmaCount * VMA_WORDS + vmaWords) {
                vmas = Arrays.copyOf(vmas, 2 * (vmaCount * VMA_WORDS + vmaWords));
            }
            for (int i = 0; i < vmaWords; i++) {
                vmas[vmaCount * VMA_WORDS + i] = reply.word(at++);
            }
            vmaCount += vmaWords / VMA_WORDS;
            vmaEnds[slot] = vmaCount;
            for (int i = 0; i < entries; i++) {
                int page = slot * stride + WIRE_WORDS * (int) (reply.word(at) & INDEX);
                for (int word = 0; word < WIRE_WORDS; word++) {
                    words[page + word] = reply.word(at++);
                }
            }
        }
        return this;
    }

    /** {@return the address of the first page that is shown} */
    public long address() {
        return address;
    }

    /** {@return how many pages are shown} */
    public int pages() {
        return pages;
    }

    /** {@return how many workers live} */
    public int processCount() {
        return processCount;
    }

    /**
     * Which worker is at a place, in ascending order.
     *
     * @param slot from 0 to {@link #processCount} - 1
     * @return the number of the worker
     */
    public int workerAt(int slot) {
        return workers[slot];
    }

    /**
     * At which place a worker is.
     *
     * @param worker its number
     * @return its slot; -1 if it does not live
     */
    public int slotOf(int worker) {
        return Math.max(-1, Arrays.binarySearch(workers, 0, processCount, worker));
    }

    /**
     * How many VMAs a worker has among the pages that are shown. Those at the edges may go beyond.
     *
     * @param slot of the worker
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
     * @param slot of the worker
     * @param index of the VMA, lowest first
     * @return in bytes
     */
    public long vmaStart(int slot, int index) {
        return vmas[VMA_WORDS * (firstVma(slot) + index)];
    }

    /**
     * The address after a VMA's last.
     *
     * @param slot of the worker
     * @param index of the VMA
     * @return in bytes
     */
    public long vmaEnd(int slot, int index) {
        return vmas[VMA_WORDS * (firstVma(slot) + index) + 1];
    }

    /**
     * A VMA's properties.
     *
     * @param slot of the worker
     * @param index of the VMA
     * @return VMA_ bits
     */
    public int vmaBits(int slot, int index) {
        return (int) vmas[VMA_WORDS * (firstVma(slot) + index) + 2];
    }

    private long word(int slot, int page, int which) {
        return words[WIRE_WORDS * (slot * pages + page) + which];
    }

    /**
     * A page's entry of pagemap.
     *
     * @param slot of the worker
     * @param page its index
     * @return the entry; 0 if there is nothing
     */
    public long pagemap(int slot, int page) {
        return word(slot, page, PAGEMAP);
    }

    /**
     * The page frame number behind a page.
     *
     * @param slot of the worker
     * @param page its index
     * @return the number; 0 if the page is not present
     */
    public long pfn(int slot, int page) {
        long entry = pagemap(slot, page);
        return (entry & PRESENT) == 0 ? 0 : entry & PFN;
    }

    /**
     * The flags of the frame behind a page.
     *
     * @param slot of the worker
     * @param page its index
     * @return KPF_ bits and others as in {@code /proc/kpageflags}; 0 if the page is not present
     */
    public long flags(int slot, int page) {
        return word(slot, page, FLAGS);
    }

    /**
     * How many page-table entries map a page, in all processes of the host.
     *
     * @param slot of the worker
     * @param page its index
     * @return as {@code /proc/kpagecount} shows it; 0 if the page is not present
     */
    public int mapcount(int slot, int page) {
        return (int) Math.min(Integer.MAX_VALUE, word(slot, page, PACKED) >>> 32);
    }

    /**
     * The first frame of the folio behind a page.
     *
     * @param slot of the worker
     * @param page its index
     * @return its page frame number; 0 if the page is not present
     */
    public long folioHead(int slot, int page) {
        return word(slot, page, HEAD);
    }

    /**
     * The order of the folio behind a page.
     *
     * @param slot of the worker
     * @param page its index
     * @return from 0 to 9; 0 if the page is not present
     */
    public int folioOrder(int slot, int page) {
        return (int) (word(slot, page, PACKED) >>> ORDER_SHIFT) & 127;
    }

    /**
     * Which page of its folio a page is.
     *
     * @param slot of the worker
     * @param page its index
     * @return from 0
     */
    public int folioIndex(int slot, int page) {
        return (int) (pfn(slot, page) - folioHead(slot, page));
    }

    /**
     * Whether it is known what a page holds: contents were asked for, and the page is present and readable.
     *
     * @param slot of the worker
     * @param page its index
     * @return whether it is known
     */
    public boolean hasContent(int slot, int page) {
        return (word(slot, page, PACKED) & HAS_CONTENTS) != 0;
    }

    /**
     * What a page holds.
     *
     * @param slot of the worker
     * @param page its index
     * @return its first word; 0 if that is not known
     */
    public long content(int slot, int page) {
        return word(slot, page, CONTENT);
    }
}
