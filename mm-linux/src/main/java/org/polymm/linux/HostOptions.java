package org.polymm.linux;

import java.nio.file.Path;
import java.util.Objects;

/**
 * How a {@link HostKernel} is started.
 *
 * @param cpu the CPU on which the helper and all its workers run; -1 for the highest that this process may use
 * @param files the directory in which regular files are made, best on a disk; they have no names there and vanish with the helper
 */
public record HostOptions(int cpu, Path files) {

    /** The highest CPU, files in {@code /var/tmp}. */
    public static final HostOptions DEFAULT = new HostOptions(-1, Path.of("/var/tmp"));

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if the CPU is below -1
     */
    public HostOptions {
        Objects.requireNonNull(files, "files");
        if (cpu < -1) {
            throw new IllegalArgumentException("CPU " + cpu + ": a number from 0, or -1 for the highest");
        }
    }
}
