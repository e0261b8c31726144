package org.polymm.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Files of {@code /proc} and {@code /sys}, by their path from a root that tests replace. */
record HostFiles(Path root) {

    Path path(String name) {
        return root.resolve(name);
    }

    boolean exists(String name) {
        return Files.exists(path(name));
    }

    /** The text of a file without blanks around it; a default if it cannot be read. */
    String read(String name, String missing) {
        try {
            return read(name);
        } catch (IOException e) {
            return missing;
        }
    }

    String read(String name) throws IOException {
        return Files.readString(path(name), StandardCharsets.ISO_8859_1).strip();
    }

    /**
     * The value of a setting: the word in brackets where a file lists all there are, {@code always [madvise] never}; else the text.
     */
    String setting(String name) throws IOException {
        String text = read(name);
        int open = text.indexOf('[');
        int close = text.indexOf(']', open);
        return open >= 0 && close > open ? text.substring(open + 1, close) : text;
    }

    /** Writes a value to a file that is there. A setting's file is never created. */
    void write(String name, String value) throws IOException {
        try (var out =
                Files.newOutputStream(path(name), StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            out.write(value.getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** The names in a directory, in order; none if it is not there. */
    List<String> list(String name) {
        try (var entries = Files.list(path(name))) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
