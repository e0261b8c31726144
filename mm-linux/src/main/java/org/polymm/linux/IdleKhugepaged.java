package org.polymm.linux;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * Puts khugepaged to sleep, for as long as {@code khugepaged/scan_sleep_millisecs} says.
 *
 * <p>It sleeps after each pass, but with nothing to look at it waits for the first process that has something, and goes to work at once: on
 * memory whose first touches are being watched. So this process offers it some advised memory that is never touched, once, and waits until it has
 * been through that.
 */
public final class IdleKhugepaged {

    private static final String FULL_SCANS = HostSettings.THP + "khugepaged/full_scans";
    private static final long SIZE = 8L << 20;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED_ANONYMOUS = 0x21;
    private static final int MADV_HUGEPAGE = 14;
    private static final int WAITS = 40;
    private static final long WAIT_MILLIS = 5;

    private final HostFiles files = new HostFiles(Path.of("/"));
    private MemorySegment offered = MemorySegment.NULL;

    /**
     * Offers memory, and waits for a pass over it; for a fifth of a second at most, because there may be none: khugepaged slept already, or nothing
     * of PMD size is enabled.
     *
     * @throws HostUnavailableException if there is no memory to offer
     */
    public void settle() throws HostUnavailableException {
        String before = files.read(FULL_SCANS, "");
        offer();
        try {
            for (int i = 0; i < WAITS && files.read(FULL_SCANS, "").equals(before); i++) {
                Thread.sleep(WAIT_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @SuppressWarnings("restricted")
    private void offer() throws HostUnavailableException {
        Linker linker = Linker.nativeLinker();
        try {
            if (offered.equals(MemorySegment.NULL)) {
                MethodHandle mmap = linker.downcallHandle(
                        linker.defaultLookup().findOrThrow("mmap"),
                        FunctionDescriptor.of(
                                ValueLayout.ADDRESS,
                                ValueLayout.ADDRESS,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_LONG));
                offered = (MemorySegment)
                        mmap.invokeExact(MemorySegment.NULL, SIZE, PROT_READ_WRITE, MAP_SHARED_ANONYMOUS, -1, 0L);
            }
            MethodHandle madvise = linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("madvise"),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
            if (offered.address() == -1L || (int) madvise.invokeExact(offered, SIZE, MADV_HUGEPAGE) != 0) {
                throw new HostUnavailableException("khugepaged cannot be put to sleep: 8 MiB of shared memory cannot be"
                        + " had, or not be advised");
            }
        } catch (HostUnavailableException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new HostUnavailableException("khugepaged cannot be put to sleep: " + e, e);
        }
    }
}
