package org.polymm.lab.io;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * Lines of a text file that may be compressed (xz or gzip, told by the first bytes), with the line number that error
 * messages need and the SHA-256 of the file as stored, so that a trace can say exactly what it was made of.
 *
 * <p>Bytes are read as ISO-8859-1: recordings hold file and process names in whatever encoding the recorded system had,
 * and this keeps each byte.
 *
 * <p>Used by one thread.
 */
public final class TextInput implements Closeable {
    private static final int MAGIC_BYTES = 6;
    private static final int PEEK_BYTES = 4096;

    private final String name;
    private final HashingStream raw;
    private final InputStream text;
    private final byte[] buffer = new byte[1 << 16];
    private int position;
    private int limit;
    private byte[] line = new byte[512];
    private long lineNumber;
    private boolean lastLineEnded = true;

    private TextInput(String name, HashingStream raw, InputStream text) {
        this.name = name;
        this.raw = raw;
        this.text = text;
    }

    /**
     * Opens a file.
     *
     * @throws NoSuchFileException when there is none; the message names it
     * @throws IOException when it cannot be read or its compression is damaged
     */
    public static TextInput open(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file + ": no such file");
        }
        if (Files.isDirectory(file)) {
            throw new IOException(file + ": is a directory; a file was expected");
        }
        return of(file.toString(), Files.newInputStream(file));
    }

    /**
     * Reads from a stream, such as standard input.
     *
     * @param name what error messages call the input
     */
    public static TextInput of(String name, InputStream in) throws IOException {
        HashingStream raw = new HashingStream(in);
        BufferedInputStream buffered = new BufferedInputStream(raw, 1 << 16);
        InputStream text;
        try {
            text = uncompressed(buffered);
        } catch (IOException e) {
            in.close();
            throw new IOException(name + ": damaged compressed file: " + e.getMessage(), e);
        }
        return new TextInput(name, raw, text);
    }

    private static InputStream uncompressed(BufferedInputStream in) throws IOException {
        in.mark(MAGIC_BYTES);
        byte[] magic = in.readNBytes(MAGIC_BYTES);
        in.reset();
        if (startsWith(magic, 0xFD, '7', 'z', 'X', 'Z', 0)) {
            return new XZInputStream(in);
        }
        return startsWith(magic, 0x1F, 0x8B) ? new GZIPInputStream(in, 1 << 16) : in;
    }

    private static boolean startsWith(byte[] bytes, int... prefix) {
        if (bytes.length < prefix.length) {
            return false;
        }
        for (int i = 0; i < prefix.length; i++) {
            if ((bytes[i] & 0xFF) != prefix[i]) {
                return false;
            }
        }
        return true;
    }

    /**
     * The next line without its end, or null at the end of the file.
     *
     * @throws IOException when the file cannot be read, or its compressed form is truncated or damaged; the message names
     *     the file and the last line that was whole
     */
    public @Nullable String readLine() throws IOException {
        int length = 0;
        while (true) {
            if (position == limit && !fill(0)) {
                if (length == 0) {
                    return null;
                }
                lastLineEnded = false;
                break;
            }
            byte b = buffer[position++];
            if (b == '\n') {
                break;
            }
            if (length == line.length) {
                line = Arrays.copyOf(line, length * 2);
            }
            line[length++] = b;
        }
        if (length > 0 && line[length - 1] == '\r') {
            length--;
        }
        lineNumber++;
        return new String(line, 0, length, StandardCharsets.ISO_8859_1);
    }

    /**
     * The beginning of the text without reading it, a few KiB cut off anywhere; to be called before the first line is read.
     *
     * @throws IOException as {@link #readLine}
     */
    public String peek() throws IOException {
        while (limit < PEEK_BYTES && fill(limit)) {
            // A pipe gives what it has.
        }
        return new String(buffer, 0, limit, StandardCharsets.ISO_8859_1);
    }

    /** Reads more, behind {@code from} bytes that stay in the buffer; false at the end. */
    private boolean fill(int from) throws IOException {
        int count;
        try {
            count = text.read(buffer, from, buffer.length - from);
        } catch (IOException e) {
            String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            throw new IOException(name + ": cannot be read after line " + lineNumber + ": " + why, e);
        }
        position = 0;
        limit = from + Math.max(count, 0);
        return count >= 0;
    }

    /** Whether the last line that was read ended with a line feed; without one, the text may have been cut off in it. */
    public boolean lastLineEnded() {
        return lastLineEnded;
    }

    /** What error messages call this input. */
    public String name() {
        return name;
    }

    /** The number of the line last read, counted from 1; 0 before the first. */
    public long lineNumber() {
        return lineNumber;
    }

    /** SHA-256, in lower-case hexadecimal, of the stored (still compressed) bytes. Call it after the last line was read. */
    public String sha256() throws IOException {
        return raw.hash();
    }

    @Override
    public void close() throws IOException {
        text.close();
    }

    private static final class HashingStream extends FilterInputStream {
        private final MessageDigest digest;

        HashingStream(InputStream in) {
            super(in);
            try {
                digest = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform has SHA-256", e);
            }
        }

        @Override
        public int read() throws IOException {
            int b = super.read();
            if (b >= 0) {
                digest.update((byte) b);
            }
            return b;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int n = super.read(buffer, offset, length);
            if (n > 0) {
                digest.update(buffer, offset, n);
            }
            return n;
        }

        String hash() throws IOException {
            byte[] rest = new byte[1 << 12];
            while (read(rest, 0, rest.length) >= 0) {
                // What a decompressor left unread belongs to the file all the same.
            }
            return HexFormat.of().formatHex(digest.digest());
        }
    }
}
