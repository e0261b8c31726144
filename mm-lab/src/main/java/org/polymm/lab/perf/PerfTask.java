package org.polymm.lab.perf;

import org.jspecify.annotations.Nullable;

/** What the importer remembers of a thread: its process, and the system call it is in. */
final class PerfTask {
    static final int MAX_ARGUMENTS = 6;

    final int process;

    /** The system call that was entered and not left yet. */
    @Nullable
    String call;

    final long[] arguments = new long[MAX_ARGUMENTS];
    int argumentCount;
    long callLine;

    /** The last mapping record since the call was entered. */
    @Nullable
    MappingRecord mapping;

    /** Between the point of no return of an execve and its end: mapping records are the new program's. */
    boolean executing;

    /** A new task returns once from the call that made it, without having entered it. */
    boolean returnsFromFork;

    PerfTask(int process) {
        this.process = process;
    }

    void enter(String name, long line) {
        call = name;
        callLine = line;
        mapping = null;
    }

    void leave() {
        call = null;
        mapping = null;
    }
}
