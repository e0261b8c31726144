package org.polymm.lab.emit;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.StringJoiner;
import org.polymm.engine.mm.Mman;

/** Numbers in the words of C: the constants of {@code sys/mman.h}, errno names, addresses. */
final class CNames {

    private CNames() {}

    /** Such as {@code 0x100000000000}. */
    static String address(long address) {
        return "0x" + Long.toHexString(address);
    }

    /** Such as {@code 16 * PAGE}; what is no multiple of a page stays a number. */
    static String length(long bytes) {
        return bytes % 4096 == 0 && bytes >= 4096 ? bytes / 4096 + " * PAGE" : Long.toString(bytes);
    }

    /** Such as {@code PROT_READ | PROT_WRITE}. */
    static String prot(long prot) {
        return prot == 0
                ? "PROT_NONE"
                : flags(prot, new long[] {1, 2, 4}, new String[] {"PROT_READ", "PROT_WRITE", "PROT_EXEC"});
    }

    /** Such as {@code MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED}. */
    static String map(long flags) {
        return flags(
                flags,
                new long[] {
                    Mman.MAP_SHARED,
                    Mman.MAP_PRIVATE,
                    Mman.MAP_ANONYMOUS,
                    Mman.MAP_FIXED,
                    Mman.MAP_FIXED_NOREPLACE,
                    Mman.MAP_GROWSDOWN,
                    Mman.MAP_LOCKED,
                    Mman.MAP_NORESERVE,
                    Mman.MAP_POPULATE,
                    Mman.MAP_NONBLOCK,
                    Mman.MAP_STACK
                },
                new String[] {
                    "MAP_SHARED",
                    "MAP_PRIVATE",
                    "MAP_ANONYMOUS",
                    "MAP_FIXED",
                    "MAP_FIXED_NOREPLACE",
                    "MAP_GROWSDOWN",
                    "MAP_LOCKED",
                    "MAP_NORESERVE",
                    "MAP_POPULATE",
                    "MAP_NONBLOCK",
                    "MAP_STACK"
                });
    }

    /** Such as {@code MREMAP_MAYMOVE | MREMAP_FIXED}. */
    static String mremap(long flags) {
        return flags(flags, new long[] {1, 2, 4}, new String[] {"MREMAP_MAYMOVE", "MREMAP_FIXED", "MREMAP_DONTUNMAP"});
    }

    /** Such as {@code MCL_CURRENT}. */
    static String mlockall(long flags) {
        return flags(flags, new long[] {1, 2, 4}, new String[] {"MCL_CURRENT", "MCL_FUTURE", "MCL_ONFAULT"});
    }

    private static String flags(long value, long[] bits, String[] names) {
        StringJoiner text = new StringJoiner(" | ");
        long left = value;
        for (int i = 0; i < bits.length; i++) {
            if ((left & bits[i]) != 0) {
                text.add(names[i]);
                left &= ~bits[i];
            }
        }
        if (left != 0 || value == 0) {
            text.add(left == 0 ? "0" : "0x" + Long.toHexString(left));
        }
        return text.toString();
    }

    /** Such as {@code MADV_DONTNEED}; what has no name stays a number. */
    static String advice(long advice) {
        return switch ((int) advice) {
            case Mman.MADV_NORMAL -> "MADV_NORMAL";
            case Mman.MADV_RANDOM -> "MADV_RANDOM";
            case Mman.MADV_SEQUENTIAL -> "MADV_SEQUENTIAL";
            case Mman.MADV_WILLNEED -> "MADV_WILLNEED";
            case Mman.MADV_DONTNEED -> "MADV_DONTNEED";
            case Mman.MADV_FREE -> "MADV_FREE";
            case Mman.MADV_REMOVE -> "MADV_REMOVE";
            case Mman.MADV_DONTFORK -> "MADV_DONTFORK";
            case Mman.MADV_DOFORK -> "MADV_DOFORK";
            case Mman.MADV_MERGEABLE -> "MADV_MERGEABLE";
            case Mman.MADV_UNMERGEABLE -> "MADV_UNMERGEABLE";
            case Mman.MADV_HUGEPAGE -> "MADV_HUGEPAGE";
            case Mman.MADV_NOHUGEPAGE -> "MADV_NOHUGEPAGE";
            case Mman.MADV_DONTDUMP -> "MADV_DONTDUMP";
            case Mman.MADV_DODUMP -> "MADV_DODUMP";
            case Mman.MADV_WIPEONFORK -> "MADV_WIPEONFORK";
            case Mman.MADV_KEEPONFORK -> "MADV_KEEPONFORK";
            case Mman.MADV_COLD -> "MADV_COLD";
            case Mman.MADV_PAGEOUT -> "MADV_PAGEOUT";
            case Mman.MADV_POPULATE_READ -> "MADV_POPULATE_READ";
            case Mman.MADV_POPULATE_WRITE -> "MADV_POPULATE_WRITE";
            case Mman.MADV_DONTNEED_LOCKED -> "MADV_DONTNEED_LOCKED";
            case Mman.MADV_COLLAPSE -> "MADV_COLLAPSE";
            case Mman.MADV_GUARD_INSTALL -> "MADV_GUARD_INSTALL";
            case Mman.MADV_GUARD_REMOVE -> "MADV_GUARD_REMOVE";
            default -> Long.toString(advice);
        };
    }

    /** Such as {@code EINVAL}; 0 stays 0. */
    static String errno(int errno) {
        return switch (errno) {
            case SelftestWriter.ANY -> "ANY";
            case 0 -> "0";
            case 1 -> "EPERM";
            case 3 -> "ESRCH";
            case 9 -> "EBADF";
            case 11 -> "EAGAIN";
            case 12 -> "ENOMEM";
            case 13 -> "EACCES";
            case 14 -> "EFAULT";
            case 16 -> "EBUSY";
            case 17 -> "EEXIST";
            case 22 -> "EINVAL";
            case 75 -> "EOVERFLOW";
            case 95 -> "EOPNOTSUPP";
            case 133 -> "EHWPOISON";
            default -> Integer.toString(errno);
        };
    }

    /** Such as {@code SIGSEGV}; 0 stays 0. */
    static String signal(int signal) {
        return switch (signal) {
            case SelftestWriter.ANY -> "ANY";
            case 7 -> "SIGBUS";
            case 11 -> "SIGSEGV";
            default -> Integer.toString(signal);
        };
    }

    /** A C string literal. */
    static String literal(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            switch (c) {
                case '"', '\\', '?' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\t' -> out.append("\\t");
                default -> out.append(c < ' ' || c > '~' ? String.format(Locale.ROOT, "\\%03o", (int) c) : c);
            }
        }
        return out.append('"').toString();
    }

    /** A name that C takes for an identifier. */
    static String identifier(String name) {
        String plain = name.replaceAll("[^A-Za-z0-9_]", "_");
        return plain.isEmpty() || Character.isDigit(plain.charAt(0)) ? "p" + plain : plain;
    }
}
