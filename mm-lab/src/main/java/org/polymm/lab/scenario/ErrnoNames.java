package org.polymm.lab.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.polymm.engine.state.Errno;
import org.polymm.lab.program.Outcome;

/** Names of errors and signals, both ways. */
final class ErrnoNames {

    private static final int LAST_ERRNO = 133;
    /** Of an access that waits for a userfaultfd. */
    private static final String BLOCKED = "blocked";

    private ErrnoNames() {}

    static String name(int errno) {
        return errno == Outcome.BLOCKED ? BLOCKED : Errno.name(errno);
    }

    static OptionalInt errno(String name) {
        if (name.equals(BLOCKED)) {
            return OptionalInt.of(Outcome.BLOCKED);
        }
        for (int errno = 1; errno <= LAST_ERRNO; errno++) {
            if (Errno.name(errno).equals(name)) {
                return OptionalInt.of(errno);
            }
        }
        return OptionalInt.empty();
    }

    static String signal(int signal) {
        return switch (signal) {
            case Outcome.SIGSEGV -> "SIGSEGV";
            case Outcome.SIGBUS -> "SIGBUS";
            case Outcome.KILLED -> "SIGKILL";
            default -> "signal " + signal;
        };
    }

    static OptionalInt signal(String name) {
        for (int signal : new int[] {Outcome.SIGSEGV, Outcome.SIGBUS, Outcome.KILLED}) {
            if (signal(signal).equals(name)) {
                return OptionalInt.of(signal);
            }
        }
        return OptionalInt.empty();
    }

    /** Every word that may stand behind an arrow. */
    static List<String> results() {
        List<String> all = new ArrayList<>(List.of("ok", "any", "SIGSEGV", "SIGBUS", "SIGKILL", BLOCKED));
        for (int errno = 1; errno <= LAST_ERRNO; errno++) {
            if (Errno.name(errno).startsWith("E")) {
                all.add(Errno.name(errno));
            }
        }
        return all;
    }
}
