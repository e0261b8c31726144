package org.polymm.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The answer to one request. One object is reused: what it says is valid until the next call of {@link HostKernel#next}.
 *
 * <p>A request that was {@linkplain #refused refused} or whose worker {@linkplain #died died} has an errno, too, so that whoever looks at
 * {@link #errno} and {@link #signal} alone never takes it for a success.
 */
public final class HostReply {
    /** The signal of an access that is not allowed, or where nothing is mapped. */
    public static final int SIGSEGV = 11;
    /** The signal of an access beyond the end of a file, and of other accesses that cannot be served. */
    public static final int SIGBUS = 7;

    static final int HEAD = 32;
    private static final int STATUS_REFUSED = 1;
    private static final int STATUS_DIED = 2;
    private static final int ESRCH = 3;

    private long value;
    private int errno;
    private int signal;
    private int code;
    private int count;
    private int status;
    private int length;
    private ByteBuffer payload = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);

    HostReply() {}

    /** Takes the head of a reply. Returns where the payload goes: an array of at least {@link #length} bytes. */
    byte[] accept(ByteBuffer head) {
        value = head.getLong(0);
        errno = head.getInt(8);
        signal = head.getInt(12);
        code = head.getInt(16);
        count = head.getInt(20);
        length = head.getInt(24);
        status = head.getInt(28);
        if (status == STATUS_DIED && errno == 0) {
            errno = ESRCH;
        }
        if (payload.capacity() < length) {
            payload = ByteBuffer.allocate(Integer.highestOneBit(length) * 2).order(ByteOrder.LITTLE_ENDIAN);
        }
        return payload.array();
    }

    int length() {
        return length;
    }

    /** {@return what a system call returned (-1 if it failed), what a load read, the process id of a new worker} */
    public long value() {
        return value;
    }

    /** {@return the error; 0 for none} */
    public int errno() {
        return errno;
    }

    /** {@return the signal that an access raised, or that ended the worker; 0 for none} */
    public int signal() {
        return signal;
    }

    /** {@return the si_code of the signal that an access raised} */
    public int signalCode() {
        return code;
    }

    /** {@return how many pages of a range were done, or how many entries the answer has} */
    public int count() {
        return count;
    }

    /** {@return whether there was neither an error nor a signal} */
    public boolean isSuccess() {
        return errno == 0 && signal == 0 && status == 0;
    }

    /** {@return whether the helper did not do it, because the request made no sense at that moment: no such worker, a number out of range} */
    public boolean refused() {
        return status == STATUS_REFUSED;
    }

    /** {@return whether the worker ended meanwhile, because it was killed or ended itself; {@link #signal} may say by what} */
    public boolean died() {
        return status == STATUS_DIED;
    }

    /**
     * A word of the answer: what a range of loads found, the state of page frames.
     *
     * @param index from 0
     * @return the word
     * @throws IndexOutOfBoundsException if there are not so many
     */
    public long word(int index) {
        if (index < 0 || index >= length / Long.BYTES) {
            throw new IndexOutOfBoundsException(index + " of " + length / Long.BYTES + " words");
        }
        return payload.getLong(index * Long.BYTES);
    }

    /** {@return how many words the answer has} */
    public int words() {
        return length / Long.BYTES;
    }

    /** {@return the answer as text} */
    public String text() {
        return new String(payload.array(), 0, length, StandardCharsets.ISO_8859_1);
    }

    @Override
    public String toString() {
        if (died()) {
            return "the worker died" + (signal == 0 ? "" : " of signal " + signal);
        }
        return (refused() ? "refused, errno " + errno : "value " + value + (errno == 0 ? "" : ", errno " + errno))
                + (signal == 0 ? "" : ", signal " + signal + " code " + code + " after " + count + " pages");
    }
}
