package org.polymm.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.StandardOpenOption;
import java.util.regex.Pattern;

/**
 * Makes swap space on compressed memory and takes it away again.
 *
 * <p>A zram device is written and read at once, in the call that swaps: when MADV_PAGEOUT returns, what could go is gone, and nothing depends on
 * when a disk is done. The device is a new one, so no other one of the host is touched.
 *
 * @param files of the host
 * @param calls of its kernel
 */
record SwapArea(HostFiles files, SwapCalls calls) {

    private static final String CONTROL = "sys/class/zram-control/";
    private static final String ZSWAP = "sys/module/zswap/parameters/enabled";
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,4}");
    private static final Pattern DEVICE = Pattern.compile("zram[0-9]{1,4}");

    private static final int PAGE = 4096;
    private static final int VERSION_AT = 1024;
    private static final String MAGIC = "SWAPSPACE2";

    /** Devices are looked at by others (udev, blkid) when they come, and cannot go while they are. */
    private static final int ATTEMPTS = 100;

    private static final int PAUSE_MILLISECONDS = 20;

    /** Why there can be none; empty if there can. */
    String reasonAgainst() {
        if (!files.exists("proc/swaps")) {
            return files.path("proc/swaps") + " is missing: the kernel is built without swap";
        }
        if (!files.exists(CONTROL + "hot_add")) {
            return files.path(CONTROL + "hot_add")
                    + " is missing: swap areas are made on zram (CONFIG_ZRAM; modprobe zram)";
        }
        if (files.read(ZSWAP, "N").equals("Y")) {
            return files.path(ZSWAP) + " is Y: zswap would take pages before the swap area does";
        }
        return "";
    }

    /**
     * A new device, of which nothing is used yet.
     *
     * @return its name, such as {@code zram1}
     */
    String create() throws IOException {
        String number = files.read(CONTROL + "hot_add");
        if (!NUMBER.matcher(number).matches()) {
            throw new IOException(files.path(CONTROL + "hot_add") + " answers \"" + number + "\"");
        }
        return "zram" + number;
    }

    /** Has a new device used, with room for so many bytes, its header included. */
    void start(String device, long bytes) throws IOException {
        files.write("sys/block/" + device + "/disksize", Long.toString(bytes));
        ByteBuffer header = ByteBuffer.allocate(PAGE).order(ByteOrder.nativeOrder());
        header.putInt(VERSION_AT, 1).putInt(VERSION_AT + Integer.BYTES, (int) (bytes / PAGE - 1));
        header.put(PAGE - MAGIC.length(), MAGIC.getBytes(StandardCharsets.US_ASCII));
        try (FileChannel channel = FileChannel.open(files.path("dev/" + device), StandardOpenOption.WRITE)) {
            while (header.hasRemaining()) {
                channel.write(header);
            }
            channel.force(true);
        }
        calls.on(files.path("dev/" + device).toString());
    }

    /** Takes a device away, however far it got. One that is gone already is no mistake. */
    void remove(String device) throws IOException {
        if (!DEVICE.matcher(device).matches()) {
            throw new IOException(device + " is no device that is made here");
        }
        String path = files.path("dev/" + device).toString();
        if (files.read("proc/swaps")
                .lines()
                .anyMatch(line -> line.startsWith(path + " ") || line.startsWith(path + "\t"))) {
            calls.off(path);
        }
        if (!files.exists("sys/block/" + device)) {
            return;
        }
        for (int attempt = 1; ; attempt++) {
            try {
                files.write("sys/block/" + device + "/reset", "1");
                files.write(CONTROL + "hot_remove", device.substring("zram".length()));
                return;
            } catch (IOException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                pause();
            }
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(PAUSE_MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a device was in use", e);
        }
    }
}
