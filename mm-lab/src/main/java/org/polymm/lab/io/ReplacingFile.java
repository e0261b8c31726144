package org.polymm.lab.io;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * An output file that comes into being whole or not at all: bytes go to a temporary file in the same directory, which
 * {@link #commit} renames over the target. Closing without a commit removes the temporary file and leaves an older file
 * of the target's name as it was.
 *
 * <p>Used by one thread.
 */
public final class ReplacingFile implements Closeable {
    private final Path target;
    private final Path temporary;
    private final OutputStream out;
    private boolean committed;

    private ReplacingFile(Path target, Path temporary, OutputStream out) {
        this.target = target;
        this.temporary = temporary;
        this.out = out;
    }

    /**
     * Starts an output.
     *
     * @param target the name the finished file gets; its directory must exist
     * @throws IOException when the directory is missing or not writable; the message names the target
     */
    public static ReplacingFile create(Path target) throws IOException {
        checkTarget(target);
        Path absolute = target.toAbsolutePath();
        Path temporary = absolute.resolveSibling(
                "." + absolute.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
        return new ReplacingFile(target, temporary, Files.newOutputStream(temporary));
    }

    /**
     * Checks that a file could be written under a name, so that a long command can refuse before it begins.
     *
     * @throws IOException when the directory is missing or the name is a directory's; the message names the target
     */
    public static void checkTarget(Path target) throws IOException {
        Path absolute = target.toAbsolutePath();
        Path directory = absolute.getParent();
        if (directory == null || absolute.getFileName() == null || Files.isDirectory(absolute)) {
            throw new FileAlreadyExistsException(target + ": is a directory; an output needs a file name");
        }
        if (!Files.isDirectory(directory)) {
            throw new NoSuchFileException(target + ": the directory " + directory + " does not exist");
        }
    }

    /** The stream to write to. It belongs to this object; closing it is {@link #commit}'s or {@link #close}'s work. */
    public OutputStream stream() {
        return out;
    }

    /**
     * Gives the finished file its name, replacing an older one.
     *
     * @throws IOException when the bytes cannot be written or the file cannot be renamed
     */
    public void commit() throws IOException {
        out.close();
        try {
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
        }
        committed = true;
    }

    /** Ends the output; without an earlier {@link #commit} nothing of it remains. */
    @Override
    public void close() throws IOException {
        if (!committed) {
            try {
                out.close();
            } finally {
                Files.deleteIfExists(temporary);
            }
        }
    }
}
