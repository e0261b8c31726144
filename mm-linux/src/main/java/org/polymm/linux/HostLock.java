package org.polymm.linux;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One run at a time on a host: its settings and its memory are everybody's. The lock is a file's, held by the kernel for this process, so it is
 * free again when the process is gone, however that happened.
 */
public final class HostLock implements AutoCloseable {
    private static final long PATIENCE_MILLIS = 100;

    private final FileChannel channel;

    private HostLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Waits until no other run holds the lock of this host, and takes it.
     *
     * @param waiting is told, once, that another run has it
     * @return the lock, to be closed
     * @throws HostUnavailableException if there is no place for the file, or the thread was interrupted
     */
    public static HostLock take(Consumer<String> waiting) throws HostUnavailableException {
        Path common = Path.of("/run/lock");
        Path directory = Files.isWritable(common) ? common : Path.of(System.getProperty("java.io.tmpdir"));
        return take(directory.resolve("polymm-host.lock"), waiting);
    }

    static HostLock take(Path file, Consumer<String> waiting) throws HostUnavailableException {
        try {
            FileChannel channel = open(file);
            try {
                for (boolean told = false; attempt(channel) == null; told = true) {
                    if (!told) {
                        waiting.accept("another run on this host's kernel holds " + file + "; waiting for it to end");
                    }
                    Thread.sleep(PATIENCE_MILLIS);
                }
                return new HostLock(channel);
            } catch (IOException | InterruptedException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw new HostUnavailableException("the lock of host runs, " + file + ", cannot be taken: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HostUnavailableException("interrupted while waiting for " + file, e);
        }
    }

    /** Without asking for creation first: in a sticky directory the kernel refuses that for files of others, even to root. */
    private static FileChannel open(Path file) throws IOException {
        try {
            return FileChannel.open(file, StandardOpenOption.WRITE);
        } catch (NoSuchFileException e) {
            return FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
        }
    }

    private static @Nullable FileLock attempt(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // another thread of this JVM has it
        }
    }

    /** Lets the next run begin. */
    @Override
    public void close() throws HostUnavailableException {
        try {
            channel.close();
        } catch (IOException e) {
            throw new HostUnavailableException("the lock of host runs cannot be given back: " + e, e);
        }
    }
}
