package org.polymm.lab.importing;

import java.util.Optional;
import java.util.regex.Pattern;

/** The tools whose texts can be imported. */
public enum TextKind {
    /** {@code perf script --ns --show-task-events --show-mmap-events}. */
    PERF("^.{0,24}\\s\\d+\\s+(\\[\\d+\\]\\s+)?\\d+\\.\\d{1,9}:\\s.*|^# (captured on|cmdline|perf version|=====).*"),
    /** {@code strace -f -ttt -y}. */
    STRACE(
            "^(\\[pid +\\d+\\] +|\\d+ +)?([\\d:]+(\\.\\d+)? )?(\\w+\\(.*|<\\.\\.\\. \\w+ resumed.*|\\+\\+\\+ .* \\+\\+\\+|--- .* ---)"),
    /** {@code valgrind --tool=lackey --trace-mem=yes --trace-syscalls=yes}. */
    LACKEY("^(==\\d+== .*|I  [0-9a-f]+,\\d+| [LSM] [0-9a-f]+,\\d+|SYSCALL\\[\\d+,\\d+\\].*)");

    private final Pattern line;

    TextKind(String line) {
        this.line = Pattern.compile(line);
    }

    /**
     * Which tool wrote a text: the one that most of its first lines look like.
     *
     * @param beginning some lines of the text
     */
    public static Optional<TextKind> of(String beginning) {
        TextKind best = null;
        long most = 0;
        for (TextKind kind : values()) {
            long matching = beginning
                    .lines()
                    .filter(line -> kind.line.matcher(line).matches())
                    .count();
            if (matching > most) {
                most = matching;
                best = kind;
            }
        }
        return Optional.ofNullable(best);
    }
}
