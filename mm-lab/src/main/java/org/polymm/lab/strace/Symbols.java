package org.polymm.lab.strace;

import static java.util.Map.entry;

import java.util.Map;

/** The numbers behind the words that strace prints, for Linux on x86-64. Stateless. */
final class Symbols {
    private static final Map<String, Long> VALUES = Map.<String, Long>ofEntries(
            entry("NULL", 0L),
            entry("PROT_NONE", 0L),
            entry("PROT_READ", 1L),
            entry("PROT_WRITE", 2L),
            entry("PROT_EXEC", 4L),
            entry("PROT_SEM", 8L),
            entry("PROT_GROWSDOWN", 0x0100_0000L),
            entry("PROT_GROWSUP", 0x0200_0000L),
            entry("MAP_SHARED", 1L),
            entry("MAP_PRIVATE", 2L),
            entry("MAP_SHARED_VALIDATE", 3L),
            entry("MAP_DROPPABLE", 8L),
            entry("MAP_FIXED", 0x10L),
            entry("MAP_ANONYMOUS", 0x20L),
            entry("MAP_ANON", 0x20L),
            entry("MAP_32BIT", 0x40L),
            entry("MAP_ABOVE4G", 0x80L),
            entry("MAP_GROWSDOWN", 0x100L),
            entry("MAP_DENYWRITE", 0x800L),
            entry("MAP_EXECUTABLE", 0x1000L),
            entry("MAP_LOCKED", 0x2000L),
            entry("MAP_NORESERVE", 0x4000L),
            entry("MAP_POPULATE", 0x8000L),
            entry("MAP_NONBLOCK", 0x1_0000L),
            entry("MAP_STACK", 0x2_0000L),
            entry("MAP_HUGETLB", 0x4_0000L),
            entry("MAP_SYNC", 0x8_0000L),
            entry("MAP_FIXED_NOREPLACE", 0x10_0000L),
            entry("MREMAP_MAYMOVE", 1L),
            entry("MREMAP_FIXED", 2L),
            entry("MREMAP_DONTUNMAP", 4L),
            entry("MADV_NORMAL", 0L),
            entry("MADV_RANDOM", 1L),
            entry("MADV_SEQUENTIAL", 2L),
            entry("MADV_WILLNEED", 3L),
            entry("MADV_DONTNEED", 4L),
            entry("MADV_FREE", 8L),
            entry("MADV_REMOVE", 9L),
            entry("MADV_DONTFORK", 10L),
            entry("MADV_DOFORK", 11L),
            entry("MADV_MERGEABLE", 12L),
            entry("MADV_UNMERGEABLE", 13L),
            entry("MADV_HUGEPAGE", 14L),
            entry("MADV_NOHUGEPAGE", 15L),
            entry("MADV_DONTDUMP", 16L),
            entry("MADV_DODUMP", 17L),
            entry("MADV_WIPEONFORK", 18L),
            entry("MADV_KEEPONFORK", 19L),
            entry("MADV_COLD", 20L),
            entry("MADV_PAGEOUT", 21L),
            entry("MADV_POPULATE_READ", 22L),
            entry("MADV_POPULATE_WRITE", 23L),
            entry("MADV_DONTNEED_LOCKED", 24L),
            entry("MADV_COLLAPSE", 25L),
            entry("MADV_HWPOISON", 100L),
            entry("MADV_SOFT_OFFLINE", 101L),
            entry("MADV_GUARD_INSTALL", 102L),
            entry("MADV_GUARD_REMOVE", 103L),
            entry("MLOCK_ONFAULT", 1L),
            entry("MCL_CURRENT", 1L),
            entry("MCL_FUTURE", 2L),
            entry("MCL_ONFAULT", 4L),
            entry("MS_ASYNC", 1L),
            entry("MS_INVALIDATE", 2L),
            entry("MS_SYNC", 4L),
            entry("FALLOC_FL_KEEP_SIZE", 1L),
            entry("FALLOC_FL_PUNCH_HOLE", 2L),
            entry("FALLOC_FL_NO_HIDE_STALE", 4L),
            entry("FALLOC_FL_COLLAPSE_RANGE", 8L),
            entry("FALLOC_FL_ZERO_RANGE", 0x10L),
            entry("FALLOC_FL_INSERT_RANGE", 0x20L),
            entry("FALLOC_FL_UNSHARE_RANGE", 0x40L),
            entry("SHM_RDONLY", 0x1000L),
            entry("SHM_RND", 0x2000L),
            entry("SHM_REMAP", 0x4000L),
            entry("SHM_EXEC", 0x8000L),
            entry("IPC_CREAT", 0x200L),
            entry("IPC_EXCL", 0x400L),
            entry("IPC_PRIVATE", 0L),
            entry("MAP_HUGE_SHIFT", 26L),
            entry("PR_SET_MM", 35L),
            entry("PR_SET_THP_DISABLE", 41L),
            entry("PR_SET_MDWE", 65L),
            entry("PR_SET_MEMORY_MERGE", 67L),
            entry("PR_SET_VMA", 0x53564D41L));

    private static final Map<String, Long> CLONE =
            Map.of("CLONE_VM", 0x100L, "CLONE_VFORK", 0x4000L, "CLONE_THREAD", 0x1_0000L);

    private static final Map<String, Integer> ERRORS = Map.ofEntries(
            entry("EPERM", 1),
            entry("ENOENT", 2),
            entry("EINTR", 4),
            entry("EIO", 5),
            entry("E2BIG", 7),
            entry("EBADF", 9),
            entry("EAGAIN", 11),
            entry("ENOMEM", 12),
            entry("EACCES", 13),
            entry("EFAULT", 14),
            entry("EBUSY", 16),
            entry("EEXIST", 17),
            entry("ENODEV", 19),
            entry("EINVAL", 22),
            entry("ENFILE", 23),
            entry("EMFILE", 24),
            entry("ETXTBSY", 26),
            entry("EFBIG", 27),
            entry("ENOSPC", 28),
            entry("ESPIPE", 29),
            entry("EROFS", 30),
            entry("ERANGE", 34),
            entry("ENOSYS", 38),
            entry("EOVERFLOW", 75),
            entry("EOPNOTSUPP", 95),
            entry("EHWPOISON", 133));

    private Symbols() {}

    /**
     * The number that an argument stands for: a decimal, hexadecimal or octal number, words joined with {@code |}, a shift
     * ({@code 21<<MAP_HUGE_SHIFT}), or a descriptor with its path ({@code 3</lib/x>}).
     *
     * @throws StraceLine.Unreadable when it holds a word that is not known
     */
    static long value(String argument) throws StraceLine.Unreadable {
        long value = 0;
        for (String part : withoutPathAndComment(argument).split("\\|")) {
            int shift = part.indexOf("<<");
            value |= shift < 0 ? single(part) : single(part.substring(0, shift)) << single(part.substring(shift + 2));
        }
        return value;
    }

    private static String withoutPathAndComment(String argument) {
        int comment = argument.indexOf("/*");
        String text = comment < 0 ? argument : argument.substring(0, comment).strip();
        int path = text.indexOf('<');
        return path > 0 && !text.startsWith("<<", path) ? text.substring(0, path) : text;
    }

    private static long single(String text) throws StraceLine.Unreadable {
        String word = text.strip();
        Long known = VALUES.get(word);
        if (known != null) {
            return known;
        }
        try {
            if (word.startsWith("0x")) {
                return Long.parseUnsignedLong(word, 2, word.length(), 16);
            }
            return word.length() > 1 && word.charAt(0) == '0' ? Long.parseLong(word, 8) : Long.parseLong(word);
        } catch (NumberFormatException e) {
            throw new StraceLine.Unreadable("a number or a known name instead of \"" + word + "\"");
        }
    }

    /** The path behind a descriptor, as {@code -y} prints it; empty if there is none. */
    static String path(String argument) {
        int open = argument.indexOf('<');
        int close = argument.lastIndexOf('>');
        return open > 0 && close > open ? argument.substring(open + 1, close) : "";
    }

    /** Those clone flags that say what the child shares. */
    static long cloneFlags(String argument) {
        long flags = 0;
        for (Map.Entry<String, Long> flag : CLONE.entrySet()) {
            if (argument.matches(".*\\b" + flag.getKey() + "\\b.*")) {
                flags |= flag.getValue();
            }
        }
        return flags;
    }

    /**
     * A result as the kernel returned it: a number, or a negative errno.
     *
     * @throws StraceLine.Unreadable when it is neither
     */
    static long result(String text) throws StraceLine.Unreadable {
        String[] words = text.split(" ", 3);
        if (!words[0].equals("-1") || words.length == 1) {
            return value(words[0]);
        }
        Integer error = ERRORS.get(words[1]);
        if (error == null) {
            throw new StraceLine.Unreadable("an error name such as ENOMEM instead of \"" + words[1] + "\"");
        }
        return -error;
    }
}
