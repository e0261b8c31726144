package org.polymm.lab.trace;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads a trace from its first event to its last. {@link #next} fills the one {@link #event}; no object is made an event.
 *
 * <p>Used by one thread.
 */
public final class TraceCursor implements Closeable {
    private static final TraceEventKind[] KINDS = TraceEventKind.values();

    private final TraceFile.BlockReader blocks;
    private final byte[] bytes;
    private int position;
    private int end;
    private int eventsLeft;
    private boolean finished;

    private final TraceEvent event = new TraceEvent();
    private final List<String> names = new ArrayList<>();
    private final List<TracedFile> files = new ArrayList<>();
    private int[] taskIds = new int[16];
    private int[] processIds = new int[16];
    private long[] lastAddress = new long[16];
    private int tasks;
    private int task = -1;
    private long time;

    TraceCursor(TraceFile.BlockReader blocks) {
        this.blocks = blocks;
        this.bytes = blocks.block();
    }

    /**
     * Moves to the next event.
     *
     * @return false when there is none
     * @throws TraceFormatException when the file was damaged since it was opened, or was written wrongly
     */
    public boolean next() throws IOException {
        while (position == end) {
            if (eventsLeft != 0) {
                throw blocks.problem("malformed block: " + eventsLeft + " events fewer than it counts");
            }
            if (finished || !blocks.next()) {
                finished = true;
                return false;
            }
            position = MmtFormat.BLOCK_HEAD_BYTES;
            end = blocks.payloadEnd();
            eventsLeft = blocks.events();
            skipDefinitions();
        }
        int start = position;
        try {
            decode();
        } catch (ArrayIndexOutOfBoundsException e) {
            throw blocks.problemInBlock(start, "malformed event");
        }
        if (position > end) {
            throw blocks.problemInBlock(start, "malformed event: it reaches beyond its block");
        }
        eventsLeft--;
        skipDefinitions();
        return true;
    }

    private void decode() throws TraceFormatException {
        int head = bytes[position++];
        int number = head & MmtFormat.KIND_MASK;
        if (number >= KINDS.length || head < 0) {
            throw blocks.problemInBlock(position - 1, "unknown event kind " + number);
        }
        if ((head & MmtFormat.SAME_TASK) == 0) {
            decodeTask();
        } else if (task < 0) {
            throw blocks.problemInBlock(position - 1, "malformed event: it has no task");
        }
        time += unsigned();
        TraceEventKind kind = KINDS[number];
        event.at(time, taskIds[task], processIds[task]).beginDecoding(kind);
        long[] values = event.values();
        for (TraceField field : kind.layout()) {
            values[field.ordinal()] = switch (field.codec()) {
                case UNSIGNED -> unsigned();
                case SIGNED -> signed();
                case ADDRESS -> lastAddress[task] += signed();
            };
        }
        if (kind.refersToDictionary()) {
            checkReferences(kind, values);
        }
    }

    private void checkReferences(TraceEventKind kind, long[] values) throws TraceFormatException {
        if (kind.has(TraceField.NAME) && Long.compareUnsigned(values[TraceField.NAME.ordinal()], names.size()) >= 0
                || kind.has(TraceField.FILE)
                        && Long.compareUnsigned(values[TraceField.FILE.ordinal()], files.size()) > 0) {
            throw blocks.problemInBlock(position, "malformed event: it uses a name or file that is not defined");
        }
    }

    private void decodeTask() throws TraceFormatException {
        long index = unsigned();
        if (index < 0 || index > tasks) {
            throw blocks.problemInBlock(position, "malformed event: task " + index + " is not defined");
        }
        task = (int) index;
        if (task == tasks) {
            if (tasks == taskIds.length) {
                taskIds = Arrays.copyOf(taskIds, tasks * 2);
                processIds = Arrays.copyOf(processIds, tasks * 2);
                lastAddress = Arrays.copyOf(lastAddress, tasks * 2);
            }
            taskIds[task] = (int) unsigned();
            processIds[task] = (int) unsigned();
            tasks++;
        }
    }

    private void skipDefinitions() throws TraceFormatException {
        int start = position;
        try {
            while (position < end) {
                int head = bytes[position];
                if (head == MmtFormat.DEFINE_NAME) {
                    position++;
                    names.add(text());
                } else if (head == MmtFormat.DEFINE_FILE) {
                    position++;
                    files.add(new TracedFile(text(), unsigned(), unsigned(), text()));
                } else {
                    return;
                }
            }
        } catch (IndexOutOfBoundsException e) {
            throw blocks.problemInBlock(start, "malformed definition of a name or file");
        }
    }

    private String text() {
        int length = (int) unsigned();
        String text = new String(bytes, position, length, StandardCharsets.UTF_8);
        position += length;
        return text;
    }

    private long signed() {
        long value = unsigned();
        return value >>> 1 ^ -(value & 1);
    }

    private long unsigned() {
        byte b = bytes[position++];
        if (b >= 0) {
            return b;
        }
        long value = b & 0x7F;
        for (int shift = 7; b < 0; shift += 7) {
            b = bytes[position++];
            value |= (long) (b & 0x7F) << shift;
        }
        return value;
    }

    /** The event that {@link #next} moved to; the same object every time. */
    public TraceEvent event() {
        return event;
    }

    /** The name with that number, from {@link TraceField#NAME}. */
    public String name(long index) {
        return names.get(Math.toIntExact(index));
    }

    /**
     * The file with that number, from {@link TraceField#FILE}.
     *
     * @param index at least 1; 0 means no file or an unknown one
     */
    public TracedFile file(long index) {
        return files.get(Math.toIntExact(index) - 1);
    }

    /** How many files are known so far. */
    public int files() {
        return files.size();
    }

    @Override
    public void close() throws IOException {
        blocks.close();
    }
}
