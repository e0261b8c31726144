package org.polymm.lab.trace;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.polymm.lab.io.ReplacingFile;

/**
 * Writes a trace. Events go to a temporary file beside the target; {@link #finish} puts the header in front and gives the
 * file its name, so that what the header says (such as the checksum of the imported text) may be known last, and an
 * unfinished trace never exists under the target's name.
 *
 * <p>Used by one thread.
 */
@SuppressWarnings(
        "ByteBufferBackingArray") // all buffers here come from allocate, so the array starts where the buffer does
public final class TraceWriter implements Closeable {
    private final Path target;
    private final FileChannel spool;
    private final OutputStream spoolStream;

    private final byte[] payload = new byte[MmtFormat.MAX_PAYLOAD_BYTES];
    private int used;
    private int eventsInBlock;
    private int blocks;
    private long events;

    private final Map<String, Integer> names = new HashMap<>();
    private final Map<TracedFile, Integer> files = new HashMap<>();
    private final Map<Long, Integer> tasks = new HashMap<>();
    private long[] lastAddress = new long[16];
    private int lastTask = -1;
    private long lastTime;

    private TraceWriter(Path target, FileChannel spool) {
        this.target = target;
        this.spool = spool;
        this.spoolStream = Channels.newOutputStream(spool);
    }

    /**
     * Starts a trace.
     *
     * @param target the name the finished trace gets; its directory must exist
     * @throws IOException when the directory does not exist or cannot be written to
     */
    public static TraceWriter create(Path target) throws IOException {
        ReplacingFile.checkTarget(target);
        Path file = Files.createTempFile(target.toAbsolutePath().getParent(), ".trace.", ".tmp");
        FileChannel spool = FileChannel.open(
                file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        return new TraceWriter(target, spool);
    }

    /**
     * The number of a name in this trace, for {@link TraceField#NAME}.
     *
     * @throws IllegalArgumentException when it is longer than 16 KiB in UTF-8
     */
    public int name(String name) throws IOException {
        Integer known = names.get(name);
        if (known != null) {
            return known;
        }
        byte[] bytes = utf8(name);
        reserve(bytes.length + 16);
        payload[used++] = (byte) MmtFormat.DEFINE_NAME;
        putText(bytes);
        int index = names.size();
        names.put(name, index);
        return index;
    }

    /**
     * The number of a file in this trace, at least 1, for {@link TraceField#FILE}.
     *
     * @throws IllegalArgumentException when a text of it is longer than 16 KiB in UTF-8
     */
    public int file(TracedFile file) throws IOException {
        Integer known = files.get(file);
        if (known != null) {
            return known;
        }
        byte[] device = utf8(file.device());
        byte[] name = utf8(file.name());
        reserve(device.length + name.length + 48);
        payload[used++] = (byte) MmtFormat.DEFINE_FILE;
        putText(device);
        putUnsigned(file.inode());
        putUnsigned(file.generation());
        putText(name);
        int index = files.size() + 1;
        files.put(file, index);
        return index;
    }

    /**
     * Appends an event.
     *
     * @throws IllegalArgumentException when its time is before the last event's, or it names an unknown name or file
     */
    public void write(TraceEvent event) throws IOException {
        if (event.timeNanos() < lastTime) {
            throw new IllegalArgumentException("time goes back from " + lastTime + " to " + event.timeNanos() + " ns");
        }
        TraceEventKind kind = event.kind();
        if (kind.has(TraceField.NAME) && Long.compareUnsigned(event.get(TraceField.NAME), names.size()) >= 0) {
            throw new IllegalArgumentException("name " + event.get(TraceField.NAME) + " was never defined");
        }
        if (kind.has(TraceField.FILE) && Long.compareUnsigned(event.get(TraceField.FILE), files.size()) > 0) {
            throw new IllegalArgumentException("file " + event.get(TraceField.FILE) + " was never defined");
        }
        reserve(MmtFormat.MAX_EVENT_BYTES);
        putTask(event);
        putUnsigned(event.timeNanos() - lastTime);
        lastTime = event.timeNanos();
        for (TraceField field : kind.layout()) {
            long value = event.values()[field.ordinal()];
            switch (field.codec()) {
                case UNSIGNED -> putUnsigned(value);
                case SIGNED -> putSigned(value);
                case ADDRESS -> {
                    putSigned(value - lastAddress[lastTask]);
                    lastAddress[lastTask] = value;
                }
            }
        }
        eventsInBlock++;
        events++;
    }

    private void putTask(TraceEvent event) {
        long key = (long) event.process() << 32 | event.task() & 0xFFFF_FFFFL;
        Integer known = tasks.get(key);
        int head = event.kind().ordinal();
        if (known != null && known == lastTask) {
            payload[used++] = (byte) (head | MmtFormat.SAME_TASK);
            return;
        }
        payload[used++] = (byte) head;
        if (known == null) {
            known = tasks.size();
            tasks.put(key, known);
            putUnsigned(known);
            putUnsigned(event.task());
            putUnsigned(event.process());
            if (known >= lastAddress.length) {
                lastAddress = Arrays.copyOf(lastAddress, known * 2);
            }
        } else {
            putUnsigned(known);
        }
        lastTask = known;
    }

    /** How many events were written so far. */
    public long events() {
        return events;
    }

    /**
     * Completes the trace and gives it its name. Nothing can be written afterwards.
     *
     * @param header where the trace comes from
     * @throws IOException when it cannot be written; then there is no new file
     */
    public void finish(TraceHeader header) throws IOException {
        flush();
        try (ReplacingFile file = ReplacingFile.create(target)) {
            OutputStream out = file.stream();
            out.write(encode(header));
            copySpool(out);
            ByteBuffer end =
                    MmtFormat.buffer(MmtFormat.BLOCK_HEAD_BYTES + MmtFormat.END_COUNT_BYTES + MmtFormat.CRC_BYTES);
            end.putInt(0).putInt(0).putInt(blocks).putLong(events);
            end.putInt(MmtFormat.crc(end.array(), 0, end.position()));
            out.write(end.array());
            file.commit();
        }
        close();
    }

    private void copySpool(OutputStream out) throws IOException {
        spool.position(0);
        byte[] buffer = new byte[1 << 16];
        ByteBuffer view = ByteBuffer.wrap(buffer);
        while (spool.read(view) >= 0) {
            out.write(buffer, 0, view.position());
            view.clear();
        }
    }

    /** Ends the trace; without an earlier {@link #finish} nothing of it remains. */
    @Override
    public void close() throws IOException {
        spool.close();
    }

    private static byte[] encode(TraceHeader header) {
        ByteBuffer buffer = MmtFormat.buffer(MmtFormat.MAX_HEADER_BYTES);
        buffer.put(MmtFormat.magic());
        buffer.putShort((short) MmtFormat.MAJOR)
                .putShort((short) MmtFormat.MINOR)
                .putInt(0);
        for (String text : new String[] {
            header.program(),
            header.command(),
            header.kernel(),
            header.tool(),
            header.howRecorded(),
            header.sourceName(),
            header.sourceSha256(),
            header.clock()
        }) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            if (bytes.length > TraceHeader.MAX_TEXT_BYTES) {
                throw new IllegalArgumentException("a text of the header has " + bytes.length + " bytes; at most "
                        + TraceHeader.MAX_TEXT_BYTES + " are allowed");
            }
            buffer.putShort((short) bytes.length).put(bytes);
        }
        buffer.put((byte) header.pageShift());
        buffer.put((byte) header.granularity().ordinal());
        buffer.putInt(MmtFormat.PREAMBLE_BYTES - Integer.BYTES, buffer.position() - MmtFormat.PREAMBLE_BYTES);
        buffer.putInt(MmtFormat.crc(buffer.array(), 0, buffer.position()));
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    private void reserve(int bytes) throws IOException {
        if (used + bytes > payload.length) {
            flush();
        }
    }

    private void flush() throws IOException {
        if (used == 0) {
            return;
        }
        ByteBuffer block = MmtFormat.buffer(MmtFormat.BLOCK_HEAD_BYTES + used + MmtFormat.CRC_BYTES);
        block.putInt(used).putInt(eventsInBlock).putInt(blocks).put(payload, 0, used);
        block.putInt(MmtFormat.crc(block.array(), 0, block.position()));
        spoolStream.write(block.array());
        blocks++;
        used = 0;
        eventsInBlock = 0;
    }

    private static byte[] utf8(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > MmtFormat.MAX_NAME_BYTES) {
            throw new IllegalArgumentException(
                    "a name has " + bytes.length + " bytes; at most " + MmtFormat.MAX_NAME_BYTES + " are allowed");
        }
        return bytes;
    }

    private void putText(byte[] bytes) {
        putUnsigned(bytes.length);
        System.arraycopy(bytes, 0, payload, used, bytes.length);
        used += bytes.length;
    }

    private void putSigned(long value) {
        putUnsigned(value << 1 ^ value >> 63);
    }

    private void putUnsigned(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            payload[used++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        payload[used++] = (byte) rest;
    }
}
