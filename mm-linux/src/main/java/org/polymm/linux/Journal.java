package org.polymm.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What settings were before they were changed, on disk before the change and gone when all is as it was.
 *
 * <p>A text file: a head with the boot it belongs to, then a line with name and value, a tab between, for each setting in the order of the
 * changes, then {@code end}.
 *
 * @param file its path
 * @param boot the id of this boot
 */
record Journal(Path file, String boot) {
    private static final String HEAD = "polymm host settings 1 boot ";
    private static final String END = "end";

    /** The settings noted; none if there is no journal, or it is of another boot. */
    Map<String, String> read() throws IOException {
        Map<String, String> settings = new LinkedHashMap<>();
        if (!Files.exists(file)) {
            return settings;
        }
        List<String> lines = Files.readAllLines(file, StandardCharsets.US_ASCII);
        if (lines.size() < 2
                || !lines.getFirst().startsWith(HEAD)
                || !lines.getLast().equals(END)) {
            throw new IOException(file + " is no journal of settings; look at it, set right what it names, remove it");
        }
        if (!lines.getFirst().equals(HEAD + boot)) {
            Files.delete(file);
            return settings;
        }
        for (String line : lines.subList(1, lines.size() - 1)) {
            int tab = line.indexOf('\t');
            if (tab < 0) {
                throw new IOException(file + ": \"" + line + "\" is no setting; look at it and remove the file");
            }
            settings.put(line.substring(0, tab), line.substring(tab + 1));
        }
        return settings;
    }

    /** Replaces what is noted; on disk when this returns. The file goes when there is nothing to note. */
    void write(Map<String, String> settings) throws IOException {
        if (settings.isEmpty()) {
            if (Files.deleteIfExists(file)) {
                sync(directory());
            }
            return;
        }
        if (!Files.isDirectory(directory())) {
            Files.createDirectories(
                    directory(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        StringBuilder text = new StringBuilder(HEAD).append(boot).append('\n');
        settings.forEach(
                (name, value) -> text.append(name).append('\t').append(value).append('\n'));
        text.append(END).append('\n');
        Path temporary = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel out = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = StandardCharsets.US_ASCII.encode(text.toString());
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        sync(directory());
    }

    private Path directory() {
        Path directory = file.toAbsolutePath().getParent();
        return directory == null ? Path.of("/") : directory;
    }

    /** A name is on disk when its directory is. */
    private static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
