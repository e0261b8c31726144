package org.polymm.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostSettingsTest {
    private static final String SLEEP = HostSettings.THP + "khugepaged/scan_sleep_millisecs";
    private static final String ENABLED = HostSettings.THP + "enabled";

    @TempDir
    Path place;

    private FakeHost host;
    private Path state;
    private Path journal;

    @BeforeEach
    void makeHost() {
        host = new FakeHost(place.resolve("root"));
        state = place.resolve("state/polymm");
        journal = state.resolve("host-settings.journal");
    }

    private HostSettings open() throws HostUnavailableException {
        return HostSettings.open(host.files, state);
    }

    @Test
    void whatWasChangedIsGivenBack() throws HostUnavailableException {
        try (HostSettings settings = open()) {
            settings.set(SLEEP, "99999999");
            settings.set(SLEEP, "5");
            settings.set(HostSettings.NR_HUGEPAGES, "6");
            assertEquals("5", host.get(SLEEP));
            assertEquals("6", settings.get(HostSettings.NR_HUGEPAGES));
            assertTrue(Files.exists(journal));
        }
        assertEquals("10000", host.get(SLEEP));
        assertEquals("0", host.get(HostSettings.NR_HUGEPAGES));
        assertFalse(Files.exists(journal));
    }

    @Test
    void theValueInBracketsIsTheSetting() throws HostUnavailableException {
        try (HostSettings settings = open()) {
            assertEquals("madvise", settings.get(ENABLED));
            settings.set(ENABLED, "never");
        }
        assertEquals("madvise", host.get(ENABLED), "the word alone is written");
    }

    @Test
    void settingWhatIsSetWritesNothing() throws HostUnavailableException {
        try (HostSettings settings = open()) {
            settings.set(ENABLED, "madvise");
            assertFalse(Files.exists(journal));
        }
        assertEquals("always [madvise] never", host.get(ENABLED));
    }

    @Test
    void theNextRunTakesBackWhatADeadOneLeft() throws HostUnavailableException {
        HostSettings dead = open();
        dead.set(SLEEP, "1");
        dead.set(HostSettings.NR_HUGEPAGES, "3");

        open().close();
        assertEquals("10000", host.get(SLEEP));
        assertEquals("0", host.get(HostSettings.NR_HUGEPAGES));
        assertFalse(Files.exists(journal));
    }

    @Test
    void aJournalOfAnotherBootIsThrownAway() throws HostUnavailableException {
        open().set(SLEEP, "1");
        host.put("proc/sys/kernel/random/boot_id", "boot-2");
        open().close();
        assertEquals("1", host.get(SLEEP), "the setting is this boot's own");
        assertFalse(Files.exists(journal));
    }

    @Test
    void aJournalThatWasTamperedWithIsAnErrorThatNamesIt() throws HostUnavailableException, IOException {
        open().set(SLEEP, "1");
        String text = Files.readString(journal);
        for (String bad : List.of("x", text.replace("\nend", ""), text.replace("\t", " "))) {
            Files.writeString(journal, bad);
            HostUnavailableException error = assertThrows(HostUnavailableException.class, this::open);
            assertTrue(String.valueOf(error.getMessage()).contains(journal.toString()), error.getMessage());
        }
        host.put("etc/passwd", "old");
        Files.writeString(journal, text.replace(SLEEP, HostSettings.THP + "../../../../etc/passwd"));
        assertThrows(HostUnavailableException.class, this::open);
        assertEquals("old", host.get("etc/passwd"));
    }

    @Test
    void oneSettingThatCannotBeGivenBackKeepsNoOtherFromIt() throws HostUnavailableException {
        HostSettings settings = open();
        settings.set(SLEEP, "1");
        settings.set(HostSettings.NR_HUGEPAGES, "3");
        host.remove(HostSettings.NR_HUGEPAGES);
        HostUnavailableException error = assertThrows(HostUnavailableException.class, settings::close);
        assertTrue(String.valueOf(error.getMessage()).contains("nr_hugepages cannot be set back to 0"));
        assertEquals("10000", host.get(SLEEP));

        host.put(HostSettings.NR_HUGEPAGES, "3\n");
        open().close();
        assertEquals("0", host.get(HostSettings.NR_HUGEPAGES), "the journal had kept it");
    }

    @Test
    void aValueThatTheKernelDoesNotTakeIsAnError() throws HostUnavailableException, IOException {
        // A file that keeps what it has, as nr_hugepages does when memory is short.
        Files.delete(host.files.path(HostSettings.NR_HUGEPAGES));
        Files.createSymbolicLink(host.files.path(HostSettings.NR_HUGEPAGES), Path.of("/dev/null"));
        try (HostSettings settings = open()) {
            HostUnavailableException error =
                    assertThrows(HostUnavailableException.class, () -> settings.set(HostSettings.NR_HUGEPAGES, "6"));
            assertTrue(String.valueOf(error.getMessage()).endsWith("was set to 6, but the kernel made it "));
        }
    }

    @Test
    void otherFilesAreNoSettings() throws HostUnavailableException {
        try (HostSettings settings = open()) {
            assertThrows(IllegalArgumentException.class, () -> settings.set("proc/sys/kernel/osrelease", "7"));
            assertThrows(IllegalArgumentException.class, () -> settings.get(HostSettings.THP + "../../x"));
            assertThrows(HostUnavailableException.class, () -> settings.set(HostSettings.THP + "nosuch", "7"));
        }
        assertFalse(Files.exists(host.files.path(HostSettings.THP + "nosuch")));
    }

    @Test
    void theStateDirectoryIsTheUsersUnlessNamed() {
        assertEquals(Path.of("/x/polymm"), HostSettings.stateDirectory(Map.of("XDG_STATE_HOME", "/x")));
        assertTrue(HostSettings.stateDirectory(Map.of("XDG_STATE_HOME", "relative"))
                .endsWith("polymm"));
    }

    @Test
    void aRunThatIsToldToEndGivesBackAndOneThatIsKilledLeavesItToTheNext() throws Exception {
        Process told = child();
        told.destroy();
        assertTrue(told.waitFor(20, TimeUnit.SECONDS));
        assertEquals("10000", host.get(SLEEP));
        assertFalse(Files.exists(journal));

        Process killed = child();
        killed.destroyForcibly().waitFor();
        assertEquals("77", host.get(SLEEP));
        open().close();
        assertEquals("10000", host.get(SLEEP));
    }

    /** A JVM that has changed a setting and waits. */
    private Process child() throws IOException {
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ChangesAndWaits.class.getName(),
                        host.files.root().toString(),
                        state.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertEquals('1', process.getInputStream().read());
        assertEquals("77", host.get(SLEEP));
        return process;
    }

    static final class ChangesAndWaits {
        private ChangesAndWaits() {}

        public static void main(String[] args) throws Exception {
            try (HostSettings settings = HostSettings.open(new HostFiles(Path.of(args[0])), Path.of(args[1]))
                    .withHook()) {
                settings.set(SLEEP, "77");
                System.out.print('1');
                System.out.flush();
                Thread.sleep(60_000);
            }
        }
    }

    @Test
    void aRealSettingIsChangedAndGivenBack() throws Exception {
        HostFiles real = new HostFiles(Path.of("/"));
        String name = HostSettings.THP + "khugepaged/alloc_sleep_millisecs";
        assumeTrue(Files.isWritable(real.path(name)), real.path(name) + " cannot be written: run as root");
        String before = real.read(name);
        String other = Long.toString(Long.parseLong(before) + 1);
        try (HostLock lock = HostLock.take(waiting -> {})) {
            assertNotNull(lock);
            HostGuard guard = HostGuard.read(real);
            try (HostSettings settings = HostSettings.open(real, state)) {
                settings.set(name, other);
                assertEquals(other, real.read(name));
                assertTrue(guard.differences(HostGuard.read(real)).stream().anyMatch(line -> line.contains(name)));
            }
            assertEquals(before, real.read(name));
        }
    }
}
