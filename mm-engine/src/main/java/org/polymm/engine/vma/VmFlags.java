package org.polymm.engine.vma;

/**
 * The flags of a VMA, named and numbered as in the kernel on x86-64, and the questions that are asked of them.
 *
 * <p>A set of flags is one {@code long}. Nothing here has state.
 */
public final class VmFlags {

    public static final long VM_READ = 1L;
    public static final long VM_WRITE = 1L << 1;
    public static final long VM_EXEC = 1L << 2;
    public static final long VM_SHARED = 1L << 3;
    /** mprotect may set {@link #VM_READ}; likewise the next three. */
    public static final long VM_MAYREAD = 1L << 4;

    public static final long VM_MAYWRITE = 1L << 5;
    public static final long VM_MAYEXEC = 1L << 6;
    public static final long VM_MAYSHARE = 1L << 7;
    /** A stack: a fault just below it extends it. */
    public static final long VM_GROWSDOWN = 1L << 8;

    /** userfaultfd: missing pages are reported. */
    public static final long VM_UFFD_MISSING = 1L << 9;
    /** Pages without folios. */
    public static final long VM_PFNMAP = 1L << 10;
    /** Guard regions may have been installed. Never keeps two VMAs apart, and survives a merge. */
    public static final long VM_MAYBE_GUARD = 1L << 11;
    /** userfaultfd: writes to protected pages are reported. */
    public static final long VM_UFFD_WP = 1L << 12;
    /** mlocked. */
    public static final long VM_LOCKED = 1L << 13;
    /** Device memory. */
    public static final long VM_IO = 1L << 14;

    public static final long VM_SEQ_READ = 1L << 15;
    public static final long VM_RAND_READ = 1L << 16;
    /** Left out by fork. */
    public static final long VM_DONTCOPY = 1L << 17;
    /** mremap must not make it larger. */
    public static final long VM_DONTEXPAND = 1L << 18;
    /** Together with {@link #VM_LOCKED}: pages are locked as they are faulted in. */
    public static final long VM_LOCKONFAULT = 1L << 19;
    /** Counts against the commit limit. */
    public static final long VM_ACCOUNT = 1L << 20;

    public static final long VM_NORESERVE = 1L << 21;
    public static final long VM_HUGETLB = 1L << 22;
    public static final long VM_SYNC = 1L << 23;
    /** The child of a fork finds it empty. */
    public static final long VM_WIPEONFORK = 1L << 25;

    public static final long VM_DONTDUMP = 1L << 26;
    /** New or changed since soft-dirty tracking was reset. Never keeps two VMAs apart. */
    public static final long VM_SOFTDIRTY = 1L << 27;
    /** Pages with and without folios. */
    public static final long VM_MIXEDMAP = 1L << 28;
    /** MADV_HUGEPAGE. */
    public static final long VM_HUGEPAGE = 1L << 29;
    /** MADV_NOHUGEPAGE. */
    public static final long VM_NOHUGEPAGE = 1L << 30;
    /** MADV_MERGEABLE: KSM may share its pages. */
    public static final long VM_MERGEABLE = 1L << 31;
    /** MAP_DROPPABLE. */
    public static final long VM_DROPPABLE = 1L << 40;
    /** userfaultfd: pages present in the page cache but not mapped are reported. */
    public static final long VM_UFFD_MINOR = 1L << 41;
    /** mseal: neither unmapped nor changed. */
    public static final long VM_SEALED = 1L << 42;

    /** Some access is allowed. */
    public static final long VM_ACCESS_FLAGS = VM_READ | VM_WRITE | VM_EXEC;

    /** Never merged with a neighbour, and left alone by mlock and khugepaged. */
    public static final long VM_SPECIAL = VM_IO | VM_DONTEXPAND | VM_PFNMAP | VM_MIXEDMAP;

    /** What mlock sets and munlock clears; a forked child starts without. */
    public static final long VM_LOCKED_MASK = VM_LOCKED | VM_LOCKONFAULT;

    /** The three userfaultfd modes. */
    public static final long VM_UFFD_FLAGS = VM_UFFD_MISSING | VM_UFFD_WP | VM_UFFD_MINOR;

    /** Flags that may differ between VMAs that are merged. */
    public static final long VM_IGNORE_MERGE = VM_SOFTDIRTY | VM_MAYBE_GUARD;

    /** Flags that the result of a merge has if any part had them. */
    public static final long VM_STICKY = VM_MAYBE_GUARD;

    private static final String[] MNEMONICS = new String[64];

    static {
        String[] byBit = {
            "rd", "wr", "ex", "sh", "mr", "mw", "me", "ms", "gd", "um", "pf", "gu", "uw", "lo", "io", "sr",
            "rr", "dc", "de", "lf", "ac", "nr", "ht", "sf", "ar", "wf", "dd", "sd", "mm", "hg", "nh", "mg",
        };
        System.arraycopy(byBit, 0, MNEMONICS, 0, byBit.length);
        MNEMONICS[40] = "dp";
        MNEMONICS[41] = "ui";
        MNEMONICS[42] = "sl";
    }

    private VmFlags() {}

    /** Whether any of some flags is set. */
    public static boolean any(long flags, long some) {
        return (flags & some) != 0;
    }

    /** Whether a mapping of these flags copies a page before the first write: private, and may become writable. */
    public static boolean isCow(long flags) {
        return (flags & (VM_SHARED | VM_MAYWRITE)) == VM_MAYWRITE;
    }

    /** Whether any access is allowed; a mapping that allows none may come closer to a stack than the guard gap. */
    public static boolean isAccessible(long flags) {
        return (flags & VM_ACCESS_FLAGS) != 0;
    }

    /** Whether its pages count as {@code exec_vm} (VmExe and VmLib). */
    public static boolean countsAsExec(long flags) {
        return (flags & (VM_EXEC | VM_WRITE | VM_GROWSDOWN)) == VM_EXEC;
    }

    /** Whether its pages count as {@code stack_vm} (VmStk). */
    public static boolean countsAsStack(long flags) {
        return (flags & VM_GROWSDOWN) != 0;
    }

    /** Whether its pages count as {@code data_vm} (VmData), which RLIMIT_DATA bounds. */
    public static boolean countsAsData(long flags) {
        return (flags & (VM_WRITE | VM_SHARED | VM_GROWSDOWN)) == VM_WRITE;
    }

    /** Whether it can write to the file it maps: counted by the file. */
    public static boolean isSharedMayWrite(long flags) {
        return (flags & (VM_SHARED | VM_MAYWRITE)) == (VM_SHARED | VM_MAYWRITE);
    }

    /** The line {@code VmFlags:} of smaps, for example {@code rd wr mr mw me ac}. */
    public static String mnemonics(long flags) {
        StringBuilder text = new StringBuilder();
        for (long rest = flags; rest != 0; rest &= rest - 1) {
            int bit = Long.numberOfTrailingZeros(rest);
            String mnemonic = MNEMONICS[bit];
            text.append(text.isEmpty() ? "" : " ").append(mnemonic == null ? "bit" + bit : mnemonic);
        }
        return text.toString();
    }

    /** The access column of {@code /proc/PID/maps}, for example {@code rw-p}. */
    public static String access(long flags) {
        char[] text = {'-', '-', '-', 'p'};
        if (any(flags, VM_READ)) {
            text[0] = 'r';
        }
        if (any(flags, VM_WRITE)) {
            text[1] = 'w';
        }
        if (any(flags, VM_EXEC)) {
            text[2] = 'x';
        }
        if (any(flags, VM_MAYSHARE)) {
            text[3] = 's';
        }
        return new String(text);
    }
}
