package org.polymm.engine.machine;

import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.frame.Contents;
import org.polymm.engine.gup.GupFlags;
import org.polymm.engine.gup.Pins;
import org.polymm.engine.state.Errno;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;

/**
 * Memory that devices and pipes hold: pins ({@code io_uring}'s registered buffers, RDMA, vfio) and plain references ({@code vmsplice}).
 *
 * <p>Each is named by a handle, whose pages are numbered from 0. They stay allocated until they are given back, whatever becomes of the
 * mapping. A handle belongs to the process that took it, and ends with it.
 *
 * <p>As all calls of a {@link Machine}: one thread at a time; a machine that checks itself does so after every call.
 */
public final class PinCalls {

    /** What the machine does after every call. */
    interface AfterCall {
        void check(String call, int mm);
    }

    private final Pins pins;
    private final Contents contents;
    private final Sync sync;
    private final @Nullable ShadowKeeper shadow;
    private final AfterCall after;

    PinCalls(Pins pins, Contents contents, Sync sync, @Nullable ShadowKeeper shadow, AfterCall after) {
        this.pins = pins;
        this.contents = contents;
        this.sync = sync;
        this.shadow = shadow;
        this.after = after;
    }

    /**
     * Pins every page that a range touches, as drivers do before DMA: {@code FOLL_PIN}. All pages or none.
     *
     * @param mm the process
     * @param address in bytes
     * @param length in bytes
     * @param write whether the device will write
     * @param longTerm whether the pin may last: {@code FOLL_LONGTERM}
     * @return a handle, at least 1; -EINVAL for an empty range; -EFAULT where nothing is mapped or the access is not allowed, and
     *     where only some of the pages could be had; -ENOMEM
     */
    public int pin(int mm, long address, long length, boolean write, boolean longTerm) {
        int flags = GupFlags.PIN | (write ? GupFlags.WRITE : 0) | (longTerm ? GupFlags.LONGTERM : 0);
        return take("pin", mm, address, length, flags);
    }

    /**
     * Refers to every page that a range touches, as vmsplice(2) does to read them later: {@code FOLL_GET}. The process may write other
     * pages by then: nothing keeps these under their addresses.
     *
     * @param mm the process
     * @param address in bytes
     * @param length in bytes
     * @return as {@link #pin}
     */
    public int reference(int mm, long address, long length) {
        return take("reference", mm, address, length, 0);
    }

    private int take(String call, int mm, long address, long length, int flags) {
        int handle = pins.take(mm, address, length, flags);
        if (shadow != null) {
            shadow.grownBy(mm, address, length);
            if (handle > 0) {
                shadow.pinned(pins, handle);
            }
        }
        after.check(call, mm);
        return handle;
    }

    /**
     * Gives the pages of a pin or of a reference back.
     *
     * @param handle what {@link #pin} or {@link #reference} returned
     * @return 0; -EBADF if there is no such handle
     */
    public int release(int handle) {
        int mm = pins.isLive(handle) ? pins.mm(handle) : 0;
        int result = pins.release(handle);
        if (shadow != null) {
            shadow.released(handle);
        }
        after.check("release", mm);
        return result;
    }

    /**
     * A device or a pipe reads a page that it holds.
     *
     * @param handle the handle
     * @param index which of its pages, from 0
     * @return the page's contents
     * @throws IllegalArgumentException if there is no such handle
     * @throws IndexOutOfBoundsException if it has fewer pages
     * @throws IllegalStateException if the machine keeps no contents
     */
    public long read(int handle, int index) {
        if (!pins.isLive(handle)) {
            throw new IllegalArgumentException("nothing is held under handle " + handle);
        }
        requireContents();
        int page = pins.page(handle, index);
        sync.point(Point.READ_MEMORY, page);
        return contents.read(page);
    }

    /**
     * A device writes a page that it pinned for writing.
     *
     * @param handle the handle
     * @param index which of its pages, from 0
     * @param token the new contents
     * @return 0; -EBADF if there is no such handle, -EFAULT if it is not a pin for writing
     * @throws IndexOutOfBoundsException if it has fewer pages
     * @throws IllegalStateException if the machine keeps no contents
     */
    public int write(int handle, int index, long token) {
        if (!pins.isLive(handle)) {
            return -Errno.EBADF;
        }
        int forWriting = GupFlags.PIN | GupFlags.WRITE;
        if ((pins.flags(handle) & forWriting) != forWriting) {
            return -Errno.EFAULT;
        }
        requireContents();
        int page = pins.page(handle, index);
        sync.point(Point.WRITE_MEMORY, page);
        contents.write(page, token);
        if (shadow != null) {
            shadow.deviceWrote(handle, index, token);
        }
        after.check("DMA write", pins.mm(handle));
        return 0;
    }

    private void requireContents() {
        if (!contents.isOn()) {
            throw new IllegalStateException(
                    "the machine keeps no contents: set machine.contents, or check every operation");
        }
    }

    /**
     * How many pages a handle holds.
     *
     * @param handle the handle
     * @return their number; 0 if there is no such handle
     */
    public int pages(int handle) {
        return pins.isLive(handle) ? pins.pages(handle) : 0;
    }

    /**
     * Which page a handle holds.
     *
     * @param handle a live handle
     * @param index which of its pages, from 0
     * @return its page frame number
     * @throws IndexOutOfBoundsException if it has fewer pages
     */
    public int page(int handle, int index) {
        return pins.page(handle, index);
    }

    /**
     * Visits every page that a device has pinned, as often as it is pinned.
     *
     * @param visitor gets the page frame number
     */
    public void forEachPinned(IntConsumer visitor) {
        pins.forEach(handle -> {
            for (int index = 0; (pins.flags(handle) & GupFlags.PIN) != 0 && index < pins.pages(handle); index++) {
                visitor.accept(pins.page(handle, index));
            }
        });
    }
}
