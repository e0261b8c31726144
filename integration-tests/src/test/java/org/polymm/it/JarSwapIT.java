package org.polymm.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.mm.Mman;
import org.polymm.runtime.Laboratory;
import org.polymm.runtime.Polymm;
import org.polymm.runtime.config.ConfigSources;
import org.polymm.runtime.config.ConfigurationException;

/** A jar in the folder and a line of configuration change the policy; nothing is rebuilt. */
class JarSwapIT {

    private static final long MIB = 1 << 20;

    @TempDir
    Path plugins;

    @BeforeEach
    void copyTheBundledPlugins() throws IOException {
        try (Stream<Path> jars = Files.list(Plugins.folder())) {
            for (Path jar : jars.toList()) {
                Files.copy(jar, plugins.resolve(jar.getFileName().toString()));
            }
        }
    }

    private int orderOfAFirstTouch(String policy) {
        ConfigSources sources =
                ConfigSources.builder().set("plugins.directory=" + plugins).build();
        try (Laboratory laboratory = Polymm.open(sources)) {
            Machine machine = laboratory
                    .compose(Map.of("policy.cow-sizing.orders.use", policy, "thp.enabled", "never"), "test")
                    .blueprint()
                    .create();
            int mm = machine.spawn();
            long address = machine.mmap(
                    mm, 0, 4 * MIB, Mman.PROT_READ | Mman.PROT_WRITE, Mman.MAP_PRIVATE | Mman.MAP_ANONYMOUS, 0, 0);
            machine.touch(mm, address + MIB, 1);
            return machine.inspect().folioOrder(mm, address + MIB);
        }
    }

    @Test
    void aDroppedJarIsThereForTheNextRun() {
        assertEquals(0, orderOfAFirstTouch("orders/mthp"));

        PluginJar.write(plugins.resolve("example.jar"), "1", 4);

        assertEquals(4, orderOfAFirstTouch("orders/example"));
        assertEquals(0, orderOfAFirstTouch("orders/mthp"));
    }

    @Test
    void aReplacedJarReplacesThePolicy() {
        PluginJar.write(plugins.resolve("example.jar"), "1", 4);
        assertEquals(4, orderOfAFirstTouch("orders/example"));

        PluginJar.write(plugins.resolve("example.jar"), "2", 2);

        assertEquals(2, orderOfAFirstTouch("orders/example"));
    }

    @Test
    void twoVersionsOfAPluginAreRefusedByNameOfBothJars() {
        PluginJar.write(plugins.resolve("example-1.jar"), "1", 4);
        PluginJar.write(plugins.resolve("example-2.jar"), "2", 2);

        ConfigurationException refused =
                assertThrows(ConfigurationException.class, () -> orderOfAFirstTouch("orders/example"));

        assertTrue(refused.getMessage().contains("example-1.jar"), refused.getMessage());
        assertTrue(refused.getMessage().contains("example-2.jar"), refused.getMessage());
    }

    @Test
    void aRemovedJarIsMissedByNameWithTheNearestThatIsThere() throws IOException {
        Files.delete(PluginJar.write(plugins.resolve("example.jar"), "1", 4));

        ConfigurationException refused =
                assertThrows(ConfigurationException.class, () -> orderOfAFirstTouch("orders/mthb"));

        assertTrue(refused.getMessage().contains("orders/mthp"), refused.getMessage());
        assertTrue(refused.getMessage().contains(plugins.toString()), refused.getMessage());
    }
}
