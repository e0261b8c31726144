package org.polymm.lab.trace;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.List;

/** The recordings of real programs that come with the laboratory, so that a comparison works from anywhere. */
public final class BundledTraces {
    /** What is compared when nobody says otherwise. */
    public static final String DEFAULT = "redis";

    private static final List<String> NAMES = List.of("gcc", "jvm", "python", "redis", "sqlite");

    private BundledTraces() {}

    /** Their names, in alphabetical order. */
    public static List<String> names() {
        return NAMES;
    }

    /**
     * Opens one.
     *
     * @param name one of {@link #names}
     * @throws NoSuchFileException when there is none of that name
     * @throws IOException when it cannot be read
     */
    public static TraceFile open(String name) throws IOException {
        if (!NAMES.contains(name)) {
            throw new NoSuchFileException(
                    "no bundled recording \"" + name + "\"; there are " + String.join(", ", NAMES));
        }
        String resource = "/org/polymm/lab/traces/" + name + ".mmt";
        return TraceFile.open("bundled recording " + name, () -> {
            InputStream in = BundledTraces.class.getResourceAsStream(resource);
            if (in == null) {
                throw new NoSuchFileException("the laboratory's jar lacks " + resource);
            }
            return in;
        });
    }
}
