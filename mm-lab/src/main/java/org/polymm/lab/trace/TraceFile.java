package org.polymm.lab.trace;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A trace on disk, whose every byte was checked when it was opened.
 *
 * <p>Immutable and safe to share between threads; each {@link #cursor} is used by one.
 */
public final class TraceFile {
    private final String name;
    private final TraceSource source;
    private final TraceHeader header;
    private final long firstBlock;
    private final long events;
    private final long bytes;

    private TraceFile(String name, TraceSource source, TraceHeader header, long firstBlock, long events, long bytes) {
        this.name = name;
        this.source = source;
        this.header = header;
        this.firstBlock = firstBlock;
        this.events = events;
        this.bytes = bytes;
    }

    /**
     * Opens a trace: reads its header and checks all of it.
     *
     * @throws NoSuchFileException when there is no such file
     * @throws TraceFormatException when it is no trace, was written by an incompatible version, or is damaged or truncated;
     *     the message names the file and the byte offset
     * @throws IOException when it cannot be read
     */
    public static TraceFile open(Path path) throws IOException {
        if (!Files.exists(path)) {
            throw new NoSuchFileException(path + ": no such file");
        }
        if (Files.isDirectory(path)) {
            throw new IOException(path + ": is a directory; a trace file (.mmt) was expected");
        }
        return open(path.toString(), () -> Files.newInputStream(path));
    }

    /**
     * Opens a trace that is held in memory.
     *
     * @param name what messages call it
     * @param bytes all of it; not to be changed afterwards
     * @throws TraceFormatException as {@link #open(Path)}
     * @throws IOException never, but for that
     */
    public static TraceFile of(String name, byte[] bytes) throws IOException {
        return open(name, () -> new ByteArrayInputStream(bytes));
    }

    static TraceFile open(String name, TraceSource source) throws IOException {
        try (InputStream in = new BufferedInputStream(source.open(), 1 << 16)) {
            Input input = new Input(name, in);
            TraceHeader header = readHeader(input);
            long firstBlock = input.offset();
            BlockReader blocks = new BlockReader(input);
            long events = 0;
            while (blocks.next()) {
                events += blocks.events();
            }
            return new TraceFile(name, source, header, firstBlock, events, input.offset());
        }
    }

    /** Starts reading from the first event. The caller closes the cursor. */
    public TraceCursor cursor() throws IOException {
        InputStream in = new BufferedInputStream(source.open(), 1 << 16);
        try {
            in.skipNBytes(firstBlock);
        } catch (IOException e) {
            in.close();
            throw e;
        }
        return new TraceCursor(new BlockReader(new Input(name, in, firstBlock)));
    }

    /** What messages call the trace: its path, or which bundled recording it is. */
    public String name() {
        return name;
    }

    /** Where the trace comes from. */
    public TraceHeader header() {
        return header;
    }

    /** How many events it holds. */
    public long events() {
        return events;
    }

    /** The size of the file in bytes. */
    public long bytes() {
        return bytes;
    }

    private static TraceHeader readHeader(Input input) throws IOException {
        byte[] preamble = new byte[MmtFormat.PREAMBLE_BYTES];
        input.read(preamble, 0, preamble.length, "the first " + preamble.length + " bytes of the header");
        byte[] magic = MmtFormat.magic();
        if (!Arrays.equals(preamble, 0, magic.length, magic, 0, magic.length)) {
            throw input.problemAt(
                    0, "this is no PolyMM trace (its first bytes are wrong). `polymm import` makes one of perf text");
        }
        ByteBuffer buffer = MmtFormat.buffer(preamble.length).put(preamble).position(magic.length);
        int major = buffer.getShort() & 0xFFFF;
        int minor = buffer.getShort() & 0xFFFF;
        int length = buffer.getInt();
        if (major != MmtFormat.MAJOR) {
            throw input.problemAt(
                    magic.length,
                    "trace format " + major + "." + minor + "; this program reads " + MmtFormat.MAJOR
                            + ".x. Import the recording again, or use the matching version of the program");
        }
        if (length < 0 || length > MmtFormat.MAX_HEADER_BYTES) {
            throw input.problemAt(preamble.length - 4L, "damaged header: impossible length " + length);
        }
        byte[] whole = Arrays.copyOf(preamble, preamble.length + length + MmtFormat.CRC_BYTES);
        input.read(whole, preamble.length, length + MmtFormat.CRC_BYTES, "the header");
        ByteBuffer fields = ByteBuffer.wrap(whole).order(buffer.order());
        int covered = preamble.length + length;
        if (fields.getInt(covered) != MmtFormat.crc(whole, 0, covered)) {
            throw input.problemAt(covered, "damaged header: its checksum does not match");
        }
        fields.position(preamble.length).limit(covered);
        try {
            return decodeHeader(fields);
        } catch (BufferUnderflowException | IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            throw input.problemAt(preamble.length, "malformed header: " + e.getMessage());
        }
    }

    private static TraceHeader decodeHeader(ByteBuffer fields) {
        String[] texts = new String[8];
        for (int i = 0; i < texts.length; i++) {
            byte[] bytes = new byte[fields.getShort() & 0xFFFF];
            fields.get(bytes);
            texts[i] = new String(bytes, StandardCharsets.UTF_8);
        }
        int pageShift = fields.get();
        Granularity granularity = Granularity.values()[fields.get()];
        return new TraceHeader(
                texts[0], texts[1], texts[2], texts[3], texts[4], texts[5], texts[6], texts[7], pageShift, granularity);
    }

    /** Counts the bytes, and turns the end of the file into an error that says what is missing. */
    static final class Input implements AutoCloseable {
        private final String name;
        private final InputStream in;
        private long offset;

        Input(String name, InputStream in) {
            this(name, in, 0);
        }

        Input(String name, InputStream in, long offset) {
            this.name = name;
            this.in = in;
            this.offset = offset;
        }

        long offset() {
            return offset;
        }

        void read(byte[] bytes, int at, int length, String what) throws IOException {
            int got = in.readNBytes(bytes, at, length);
            offset += got;
            if (got < length) {
                throw problemAt(offset, "truncated: the file ends inside " + what);
            }
        }

        void requireEnd() throws IOException {
            if (in.read() >= 0) {
                throw problemAt(offset, "there are bytes after the end of the trace");
            }
        }

        TraceFormatException problemAt(long where, String problem) {
            return new TraceFormatException(name, where, problem);
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    /** Reads and checks one block after the other into one buffer. */
    static final class BlockReader implements AutoCloseable {
        private final Input input;
        private final byte[] block =
                new byte[MmtFormat.BLOCK_HEAD_BYTES + MmtFormat.MAX_PAYLOAD_BYTES + MmtFormat.CRC_BYTES];
        private final ByteBuffer view = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
        private int payloadBytes;
        private int events;
        private int sequence;
        private long total;
        private long start;

        BlockReader(Input input) {
            this.input = input;
        }

        /** Loads the next block; false at the (checked) end of the trace. */
        boolean next() throws IOException {
            start = input.offset();
            input.read(block, 0, MmtFormat.BLOCK_HEAD_BYTES, "a block head (the trace has no end mark)");
            payloadBytes = view.getInt(0);
            events = view.getInt(4);
            if (payloadBytes < 0 || payloadBytes > MmtFormat.MAX_PAYLOAD_BYTES) {
                throw problem("damaged block: impossible payload length " + payloadBytes);
            }
            boolean end = payloadBytes == 0;
            int body = end ? MmtFormat.END_COUNT_BYTES : payloadBytes;
            input.read(block, MmtFormat.BLOCK_HEAD_BYTES, body + MmtFormat.CRC_BYTES, "block " + sequence);
            int covered = MmtFormat.BLOCK_HEAD_BYTES + body;
            if (view.getInt(covered) != MmtFormat.crc(block, 0, covered)) {
                throw problem("damaged block " + sequence + ": its checksum does not match");
            }
            if (view.getInt(8) != sequence) {
                throw problem(
                        "block " + sequence + " expected, block " + view.getInt(8) + " found: blocks are missing");
            }
            if (!end) {
                sequence++;
                total += events;
                return true;
            }
            if (view.getLong(MmtFormat.BLOCK_HEAD_BYTES) != total) {
                throw problem("the end mark counts " + view.getLong(MmtFormat.BLOCK_HEAD_BYTES)
                        + " events, the blocks hold " + total);
            }
            input.requireEnd();
            return false;
        }

        byte[] block() {
            return block;
        }

        int payloadEnd() {
            return MmtFormat.BLOCK_HEAD_BYTES + payloadBytes;
        }

        int events() {
            return events;
        }

        TraceFormatException problem(String problem) {
            return input.problemAt(start, problem);
        }

        TraceFormatException problemInBlock(int position, String problem) {
            return input.problemAt(start + position, problem);
        }

        @Override
        public void close() throws IOException {
            input.close();
        }
    }
}
