package org.polymm.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SwapAreaTest {
    private static final String REMOVED = "sys/class/zram-control/hot_remove";

    @TempDir
    Path place;

    private FakeHost host;
    private Path state;
    private Path journal;
    private final List<String> calls = new ArrayList<>();
    private boolean refuses;

    private final SwapCalls kernel = new SwapCalls() {
        @Override
        public void on(String path) throws IOException {
            if (refuses) {
                throw new IOException("no swap today");
            }
            calls.add("on " + Path.of(path).getFileName());
            host.put("proc/swaps", "Filename\tType\n" + path + " partition\n");
        }

        @Override
        public void off(String path) {
            calls.add("off " + Path.of(path).getFileName());
            host.put("proc/swaps", "Filename\tType\n");
        }
    };

    @BeforeEach
    void makeHost() {
        host = new FakeHost(place.resolve("root"));
        state = place.resolve("state/polymm");
        journal = state.resolve("host-settings.journal");
    }

    private HostSettings open() throws HostUnavailableException {
        return HostSettings.open(host.files, state, kernel);
    }

    @Test
    void anAreaHasTheHeaderOfOneAndGoesWithTheSettings() throws HostUnavailableException, IOException {
        try (HostSettings settings = open()) {
            settings.setSwap(64 << 20);
            settings.setSwap(64 << 20);
            assertEquals(List.of("on zram7"), calls, "the same size is the same area");
            assertEquals("67108864", host.get("sys/block/zram7/disksize"));
            assertEquals("0", host.get(HostSettings.PAGE_CLUSTER));
            byte[] header = Files.readAllBytes(host.files.path("dev/zram7"));
            ByteBuffer numbers = ByteBuffer.wrap(header).order(ByteOrder.nativeOrder());
            assertEquals(1, numbers.getInt(1024));
            assertEquals((64 << 20) / 4096 - 1, numbers.getInt(1028), "the last page");
            assertEquals("SWAPSPACE2", new String(Arrays.copyOfRange(header, 4086, 4096), StandardCharsets.US_ASCII));
        }
        assertEquals(List.of("on zram7", "off zram7"), calls);
        assertEquals("7", host.get(REMOVED));
        assertEquals("3", host.get(HostSettings.PAGE_CLUSTER));
        assertFalse(Files.exists(journal));
    }

    @Test
    void anotherSizeIsAnotherArea() throws HostUnavailableException {
        try (HostSettings settings = open()) {
            settings.setSwap(64 << 20);
            settings.setSwap(128 << 10);
            assertEquals("131072", host.get("sys/block/zram7/disksize"));
            settings.setSwap(0);
            assertEquals(List.of("on zram7", "off zram7", "on zram7", "off zram7"), calls);
        }
        assertEquals(4, calls.size(), "there was none to take away");
    }

    @Test
    void theNextRunTakesAwayWhatADeadOneLeft() throws HostUnavailableException {
        open().setSwap(64 << 20);
        open().close();
        assertEquals(List.of("on zram7", "off zram7"), calls);
        assertEquals("7", host.get(REMOVED));
        assertEquals("3", host.get(HostSettings.PAGE_CLUSTER));
        assertFalse(Files.exists(journal));
    }

    @Test
    void anAreaThatTheKernelRefusesLeavesNoDevice() throws HostUnavailableException {
        refuses = true;
        try (HostSettings settings = open()) {
            HostUnavailableException error =
                    assertThrows(HostUnavailableException.class, () -> settings.setSwap(64 << 20));
            assertTrue(String.valueOf(error.getMessage()).endsWith("no swap today"), error.getMessage());
            assertEquals("7", host.get(REMOVED));
            refuses = false;
            settings.setSwap(64 << 20);
        }
        assertEquals(List.of("on zram7", "off zram7"), calls);
    }

    @Test
    void aHostWithoutZramSaysSo() throws HostUnavailableException {
        host.remove("sys/class/zram-control/hot_add");
        try (HostSettings settings = open()) {
            HostUnavailableException error =
                    assertThrows(HostUnavailableException.class, () -> settings.setSwap(64 << 20));
            assertTrue(String.valueOf(error.getMessage()).contains("CONFIG_ZRAM"), error.getMessage());
        }
        assertEquals("3", host.get(HostSettings.PAGE_CLUSTER));
    }

    @Test
    void aHostWithZswapSaysSo() throws HostUnavailableException {
        host.put("sys/module/zswap/parameters/enabled", "Y\n");
        try (HostSettings settings = open()) {
            HostUnavailableException error =
                    assertThrows(HostUnavailableException.class, () -> settings.setSwap(64 << 20));
            assertTrue(String.valueOf(error.getMessage()).contains("zswap"), error.getMessage());
        }
    }

    @Test
    void aJournalCannotNameOtherDevices() throws HostUnavailableException, IOException {
        open().setSwap(64 << 20);
        Files.writeString(journal, Files.readString(journal).replace("zram7", "../sda"));
        HostUnavailableException error = assertThrows(HostUnavailableException.class, this::open);
        assertTrue(String.valueOf(error.getMessage()).contains("../sda"), error.getMessage());
        assertEquals(List.of("on zram7"), calls);
    }
}
