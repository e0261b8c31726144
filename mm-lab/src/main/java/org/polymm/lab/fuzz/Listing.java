package org.polymm.lab.fuzz;

import java.util.List;
import java.util.Locale;
import org.polymm.lab.program.Operation;
import org.polymm.lab.program.Window;

/** A program for people, an operation a line; addresses as pages of the window. */
final class Listing {

    private Listing() {}

    static String of(List<Operation> operations, Window window) {
        StringBuilder text = new StringBuilder();
        for (Operation operation : operations) {
            text.append("  ").append(line(operation, window)).append('\n');
        }
        return text.toString();
    }

    private static String line(Operation o, Window window) {
        String name = o.action().name().toLowerCase(Locale.ROOT);
        String who = "P" + o.process() + ": ";
        String range = range(o.a(), o.b(), window);
        return switch (o.action()) {
            case SPAWN -> "P" + o.process() + " = process";
            case FORK -> "P" + o.a() + " = fork P" + o.process();
            case SHRINK, RECLAIM -> name;
            case FAIL -> name + " orders " + o.a() + " to " + o.b() + " after " + o.c() + " times " + o.d();
            case KHUGEPAGED -> (o.b() == 1 ? "" : who) + name + " " + o.a();
            case EXIT, MUNLOCKALL -> who + name;
            case FILE -> who + "file " + o.a() + " of " + o.b() + " pages, kind " + o.c();
            case MMAP ->
                who + name + " " + range + " prot " + o.c() + " flags 0x" + Long.toHexString(o.d())
                        + (o.e() < 0 ? "" : " file " + o.e() + " offset " + o.f() / Operation.PAGE);
            case TRUNCATE -> who + name + " " + o.a() + " to " + o.b() / Operation.PAGE + " pages";
            case PUNCH_HOLE, FALLOCATE ->
                who + name + " " + o.a() + " [" + o.b() / Operation.PAGE + ", " + (o.b() + o.c()) / Operation.PAGE
                        + ")";
            case UPROBE, UPROBE_REMOVE -> name + " " + o.a() + " page " + o.b();
            case MUNMAP, MLOCK, MUNLOCK -> who + name + " " + range;
            case UFFD_OPEN -> who + name + " 0x" + Long.toHexString(o.a());
            case UFFD_CLOSE -> who + name;
            case UFFD_READ ->
                who + name + " 0x" + Long.toHexString(o.a()) + " " + range(o.b(), o.c(), window) + " to "
                        + range(o.d(), o.c(), window);
            case UFFD_UNREGISTER, UFFD_WAKE -> who + name + " " + range;
            case UFFD_COPY -> who + name + " " + range + " " + o.c() + " step " + o.d() + " mode " + o.e();
            case FINISH -> who + name + " " + range(o.a(), Operation.PAGE, window);
            case UFFD_REGISTER, UFFD_ZEROPAGE, UFFD_CONTINUE, UFFD_WRITEPROTECT, UFFD_POISON ->
                who + name + " " + range + " mode " + o.c();
            case MPROTECT, MADVISE, MLOCK2 -> who + name + " " + range + " " + o.c();
            case MREMAP -> who + name + " " + range + " to " + range(o.e(), o.c(), window) + " flags " + o.d();
            case READ -> who + name + " " + range(o.a(), o.b() * Operation.PAGE, window);
            case WRITE ->
                who + name + " " + range(o.a(), o.b() * Operation.PAGE, window) + " " + o.c()
                        + (o.b() == 1 ? "" : " step " + o.d());
            case PIN, REFERENCE -> who + name + " " + range + " as " + o.c();
            case DEVICE_WRITE -> who + name + " " + o.a() + " page " + o.b() + " " + o.c();
            case DEVICE_READ, REFERENCE_READ -> who + name + " " + o.a() + " page " + o.b();
            case MLOCKALL, LIMIT_MEMLOCK, UNPIN, RELEASE -> who + name + " " + o.a();
        };
    }

    /** {@code [FIRST, END)} in pages of the window; what is no page of it stays an address. */
    private static String range(long address, long length, Window window) {
        long from = address - window.base();
        if (from < 0 || from % Operation.PAGE != 0 || length % Operation.PAGE != 0) {
            return "0x" + Long.toHexString(address) + "+" + length;
        }
        return "[" + from / Operation.PAGE + ", " + (from + length) / Operation.PAGE + ")";
    }
}
