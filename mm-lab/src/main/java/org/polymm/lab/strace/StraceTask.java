package org.polymm.lab.strace;

import org.jspecify.annotations.Nullable;

/** What the importer remembers of a thread: its process, and the system call it is in. */
final class StraceTask {
    final StraceProcess process;

    /** The call that is not finished yet. */
    @Nullable
    String call;

    /** What was printed of its arguments. */
    String begun = "";

    long callLine;

    /** The clone flags of an unfinished clone, and whether its child was met already. */
    long cloneFlags;

    boolean childMet;

    StraceTask(StraceProcess process) {
        this.process = process;
    }

    void begin(String name, String arguments, long line) {
        call = name;
        begun = arguments;
        callLine = line;
    }

    void end() {
        call = null;
        childMet = false;
    }
}
