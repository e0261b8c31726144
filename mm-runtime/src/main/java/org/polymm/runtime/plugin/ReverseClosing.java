package org.polymm.runtime.plugin;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Closes many things although some of them fail. */
final class ReverseClosing {

    private ReverseClosing() {}

    /**
     * Closes everything, last first.
     *
     * @param things in the order in which they were opened
     * @throws IOException the first failure, with the later ones suppressed in it
     */
    static void close(List<? extends Closeable> things) throws IOException {
        Exception first = null;
        for (Closeable thing : things.reversed()) {
            try {
                thing.close();
            } catch (IOException | RuntimeException e) {
                first = first(first, e);
            }
        }
        switch (first) {
            case null -> {}
            case IOException e -> throw e;
            case RuntimeException e -> throw e;
            default -> throw new IllegalStateException(first);
        }
    }

    private static Exception first(@Nullable Exception first, Exception now) {
        if (first == null) {
            return now;
        }
        first.addSuppressed(now);
        return first;
    }
}
