package org.polymm.lab.record;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command lines of a recording. Stateless. */
final class PerfCommands {
    /** The system calls that the importer makes something of. */
    private static final List<String> SYSTEM_CALLS = List.of(
            "brk",
            "clone",
            "clone3",
            "execve",
            "execveat",
            "exit",
            "exit_group",
            "fallocate",
            "fork",
            "ftruncate",
            "io_uring_register",
            "io_uring_setup",
            "madvise",
            "map_shadow_stack",
            "mbind",
            "memfd_create",
            "migrate_pages",
            "mincore",
            "mlock",
            "mlock2",
            "mlockall",
            "mmap",
            "move_pages",
            "mprotect",
            "mremap",
            "mseal",
            "msync",
            "munlock",
            "munlockall",
            "munmap",
            "pkey_alloc",
            "pkey_free",
            "pkey_mprotect",
            "prctl",
            "process_madvise",
            "process_vm_readv",
            "process_vm_writev",
            "remap_file_pages",
            "set_mempolicy",
            "shmat",
            "shmctl",
            "shmdt",
            "shmget",
            "userfaultfd",
            "vfork",
            "vmsplice");

    private static final List<String> EVENTS = List.of(
            "exceptions:page_fault_user",
            "exceptions:page_fault_kernel",
            "task:task_newtask",
            "sched:sched_process_fork",
            "sched:sched_process_exec",
            "sched:sched_process_exit");

    private PerfCommands() {}

    /** Records {@code options.command()} into {@code data}. */
    static List<String> record(RecordOptions options, int cpu, Requirements host, Path data) {
        List<String> line = new ArrayList<>(List.of(
                "perf",
                "record",
                "-q",
                "-k",
                "CLOCK_MONOTONIC",
                "-c",
                "1",
                "-d",
                "-m",
                options.bufferMib() + "M",
                "-o",
                data.toString()));
        for (String call : host.traceable(SYSTEM_CALLS)) {
            line.addAll(List.of("-e", "syscalls:sys_enter_" + call, "-e", "syscalls:sys_exit_" + call));
        }
        for (String event : EVENTS) {
            line.addAll(List.of("-e", event));
        }
        line.addAll(List.of("--", "setarch", "-R", "taskset", "-c", Integer.toString(cpu)));
        line.addAll(options.command());
        return line;
    }

    /** Prints {@code data} as the importer reads it. */
    static List<String> script(Path data) {
        return List.of(
                "perf",
                "script",
                "-i",
                data.toString(),
                "--ns",
                "--show-task-events",
                "--show-mmap-events",
                "--show-lost-events");
    }
}
