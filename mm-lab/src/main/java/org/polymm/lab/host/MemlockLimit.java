package org.polymm.lab.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.polymm.lab.program.UnmetException;

/** The limit on locked memory that processes of this program inherit. */
final class MemlockLimit {

    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final String NAME = "Max locked memory";
    private static final long INFINITY = -1;

    private MemlockLimit() {}

    /**
     * The hard limit.
     *
     * @return in bytes, RLIM_INFINITY included
     * @throws UnmetException if the kernel does not show it
     */
    static long hard() throws UnmetException {
        try {
            for (String line : Files.readAllLines(LIMITS)) {
                if (line.startsWith(NAME)) {
                    String hard = line.substring(NAME.length()).strip().split("\\s+", -1)[1];
                    return hard.equals("unlimited") ? INFINITY : Long.parseLong(hard);
                }
            }
        } catch (IOException e) {
            throw new UnmetException(LIMITS + ": " + e.getMessage());
        }
        throw new UnmetException(LIMITS + " has no line '" + NAME + "'");
    }
}
