package org.polymm.lab.importing;

import java.util.Map;
import java.util.Set;
import org.polymm.lab.trace.TraceEvent;
import org.polymm.lab.trace.TraceEventKind;

/** The system calls that are about memory: which there are, and what event each becomes. Stateless. */
public final class MemoryCalls {
    /** The calls whose meaning the trace format knows, with the number of arguments that takes. */
    private static final Map<String, Integer> MODELLED = Map.ofEntries(
            Map.entry("mmap", 6),
            Map.entry("munmap", 2),
            Map.entry("mremap", 5),
            Map.entry("mprotect", 3),
            Map.entry("pkey_mprotect", 4),
            Map.entry("madvise", 3),
            Map.entry("brk", 1),
            Map.entry("mlock", 2),
            Map.entry("mlock2", 3),
            Map.entry("munlock", 2),
            Map.entry("mlockall", 1),
            Map.entry("munlockall", 0),
            Map.entry("msync", 3),
            Map.entry("ftruncate", 2),
            Map.entry("fallocate", 4),
            Map.entry("shmat", 3),
            Map.entry("shmdt", 1));

    /** Calls about memory that are kept as they were. */
    private static final Set<String> KEPT = Set.of(
            "io_uring_register",
            "io_uring_setup",
            "map_shadow_stack",
            "mbind",
            "memfd_create",
            "migrate_pages",
            "mincore",
            "move_pages",
            "mseal",
            "pkey_alloc",
            "pkey_free",
            "prctl",
            "process_madvise",
            "process_vm_readv",
            "process_vm_writev",
            "remap_file_pages",
            "set_mempolicy",
            "shmctl",
            "shmget",
            "userfaultfd",
            "vmsplice");

    private MemoryCalls() {}

    /** Whether that call is about memory, so that an event is made of it. */
    public static boolean isAboutMemory(String call) {
        return MODELLED.containsKey(call) || KEPT.contains(call);
    }

    /** How many arguments the event of that call needs; 0 for one that is kept as it was. */
    public static int argumentsOf(String call) {
        return MODELLED.getOrDefault(call, 0);
    }

    /**
     * Makes {@code event} the event of a call.
     *
     * @param call the call's name
     * @param a its arguments, at least {@link #argumentsOf} of them
     * @param file the trace's number of the file it works on, 0 if none or unknown
     * @param result what it returned, a failure as a negative errno
     * @return false if there is no such event; then it is unchanged
     */
    public static boolean become(TraceEvent event, String call, long[] a, long file, long result) {
        switch (call) {
            case "mmap" -> event.become(TraceEventKind.MMAP, a[0], a[1], a[2], a[3], file, a[5], result);
            case "munmap" -> event.become(TraceEventKind.MUNMAP, a[0], a[1], result);
            case "mremap" -> event.become(TraceEventKind.MREMAP, a[0], a[1], a[2], a[3], a[4], result);
            case "mprotect" -> event.become(TraceEventKind.MPROTECT, a[0], a[1], a[2], -1, result);
            case "pkey_mprotect" -> event.become(TraceEventKind.MPROTECT, a[0], a[1], a[2], (int) a[3], result);
            case "madvise" -> event.become(TraceEventKind.MADVISE, a[0], a[1], a[2], result);
            case "brk" -> event.become(TraceEventKind.BRK, a[0], result);
            case "mlock" -> event.become(TraceEventKind.MLOCK, a[0], a[1], 0, result);
            case "mlock2" -> event.become(TraceEventKind.MLOCK, a[0], a[1], a[2], result);
            case "munlock" -> event.become(TraceEventKind.MUNLOCK, a[0], a[1], result);
            case "mlockall" -> event.become(TraceEventKind.MLOCKALL, a[0], result);
            case "munlockall" -> event.become(TraceEventKind.MUNLOCKALL, result);
            case "msync" -> event.become(TraceEventKind.MSYNC, a[0], a[1], a[2], result);
            case "ftruncate" -> event.become(TraceEventKind.FTRUNCATE, a[0], file, a[1], result);
            case "fallocate" -> event.become(TraceEventKind.FALLOCATE, a[0], file, a[1], a[2], a[3], result);
            default -> {
                return false;
            }
        }
        return true;
    }
}
