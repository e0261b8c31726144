package org.polymm.lab.workload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.polymm.lab.trace.TraceFile;

/** The workloads that can be had by name. */
public final class MadeUpWorkloads {

    private static final String LOCKED_HEAP = "locked-heap";

    private MadeUpWorkloads() {}

    /** Their names, in alphabetical order. */
    public static List<String> names() {
        return List.of(LOCKED_HEAP);
    }

    /**
     * Makes one up.
     *
     * @param name one of {@link #names}
     * @return the trace, in memory
     * @throws NoSuchFileException when there is none of that name
     * @throws IOException when it cannot be written to the folder for temporary files
     */
    public static TraceFile open(String name) throws IOException {
        if (!name.equals(LOCKED_HEAP)) {
            throw new NoSuchFileException("no made-up workload \"" + name + "\"; there is " + LOCKED_HEAP);
        }
        Path folder = Files.createTempDirectory("polymm-workload");
        Path file = folder.resolve(name + ".mmt");
        try {
            LockedHeap.write(file);
            return TraceFile.of("made-up workload " + name, Files.readAllBytes(file));
        } finally {
            Files.deleteIfExists(file);
            Files.delete(folder);
        }
    }
}
