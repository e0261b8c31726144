package org.polymm.lab.trace;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** The constants of the {@code .mmt} format that writer and reader share; the package description draws it. */
final class MmtFormat {
    static final int MAJOR = 1;
    static final int MINOR = 0;

    /** Magic, versions and header length. */
    static final int PREAMBLE_BYTES = 16;

    static final int MAX_HEADER_BYTES = 1 << 18;
    static final int BLOCK_HEAD_BYTES = 12;
    static final int CRC_BYTES = 4;
    static final int END_COUNT_BYTES = 8;

    /** A block's payload never exceeds this many bytes. */
    static final int MAX_PAYLOAD_BYTES = 1 << 16;

    static final int KIND_MASK = 0x3F;
    static final int SAME_TASK = 0x40;
    static final int DEFINE_NAME = 62;
    static final int DEFINE_FILE = 63;

    /** Longest name or path, in bytes of UTF-8; a definition always fits a block. */
    static final int MAX_NAME_BYTES = 1 << 14;

    /** Bytes the largest event can take: head, task definition, time and eight varints, each of at most 10 bytes. */
    static final int MAX_EVENT_BYTES = 1 + 12 * 10;

    private static final byte[] MAGIC = {(byte) 0x89, 'M', 'M', 'T', 0x0D, 0x0A, 0x1A, 0x0A};

    private MmtFormat() {}

    static byte[] magic() {
        return MAGIC.clone();
    }

    static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    static int crc(byte[] bytes, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }
}
