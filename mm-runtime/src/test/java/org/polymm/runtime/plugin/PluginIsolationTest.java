package org.polymm.runtime.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.polymm.api.Policy;
import org.polymm.api.plugin.PolicyPlugin;
import org.polymm.api.plugin.Slot;
import org.polymm.runtime.fixture.JarRecipe;
import org.polymm.runtime.fixture.PluginRecipe;

class PluginIsolationTest {

    @TempDir
    private Path folder;

    /** A plugin whose version is what its own library says. */
    private void pluginWithLibrary(String id, String libraryVersion) {
        Path library = new JarRecipe()
                .source(
                        "lib.Version",
                        "package lib; public class Version { public static String get() { return \"" + libraryVersion
                                + "\"; } }")
                .writeTo(folder.resolve(id).resolve("lib-" + libraryVersion + ".jar"));
        PluginRecipe plugin = PluginRecipe.plugin(id)
                .policy("copy/" + id, Slot.COW_SIZING_COPY)
                .version("\" + lib.Version.get() + \"");
        plugin.jar().library(library);
        plugin.writeTo(folder.resolve(id).resolve("plugin.jar"));
    }

    private static PluginClassLoader loader(Plugin plugin) {
        PluginClassLoader loader = plugin.loader();
        if (loader == null) {
            throw new AssertionError(plugin + " has no loader: " + plugin.reason());
        }
        return loader;
    }

    @Test
    void twoPluginsBringTwoVersionsOfOneLibrary() throws IOException {
        pluginWithLibrary("one", "1.0");
        pluginWithLibrary("two", "2.0");

        try (Catalogue catalogue = Catalogue.discover(folder, List.of())) {
            assertEquals(
                    List.of("1.0", "2.0"),
                    catalogue.plugins().stream()
                            .map(plugin -> plugin.descriptor().orElseThrow().version())
                            .toList());
        }
    }

    @Test
    void aResourceOfTheSameNameIsSeenFromItsOwnPluginAlone() throws Exception {
        for (String id : List.of("one", "two")) {
            PluginRecipe plugin = PluginRecipe.plugin(id).policy("copy/" + id, Slot.COW_SIZING_COPY);
            plugin.jar().file("settings.txt", "settings of " + id);
            plugin.writeTo(folder.resolve(id + ".jar"));
        }

        try (Catalogue catalogue = Catalogue.discover(folder, List.of())) {
            for (Plugin plugin : catalogue.plugins()) {
                assertEquals(
                        "settings of " + plugin.label(), text(loader(plugin).getResourceAsStream("settings.txt")));
                assertEquals(
                        1,
                        Collections.list(loader(plugin).getResources("settings.txt"))
                                .size());
            }
        }
    }

    private static String text(InputStream in) throws IOException {
        try (in) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void aPluginSeesTheSpiOfTheHostAndNothingElseOfIt() throws Exception {
        PluginRecipe.plugin("acme").policy("copy/acme", Slot.COW_SIZING_COPY).writeTo(folder.resolve("acme.jar"));

        try (Catalogue catalogue = Catalogue.discover(folder, List.of())) {
            PluginClassLoader loader = loader(catalogue.plugins().getFirst());

            assertSame(PolicyPlugin.class, loader.loadClass(PolicyPlugin.class.getName()));
            assertSame(org.jspecify.annotations.Nullable.class, loader.loadClass("org.jspecify.annotations.Nullable"));
            assertSame(java.sql.Connection.class, loader.loadClass("java.sql.Connection"), "of the platform loader");
            for (String hidden : List.of(
                    "org.polymm.engine.state.Geometry",
                    "org.polymm.runtime.Polymm",
                    "org.polymm.api.hidden.Thing",
                    "com.google.inject.Guice",
                    "org.junit.jupiter.api.Test")) {
                assertThrows(ClassNotFoundException.class, () -> loader.loadClass(hidden), hidden);
                assertNull(loader.getResource(hidden.replace('.', '/') + ".class"), hidden);
            }
        }
    }

    @Test
    void resourcesOfTheSpiComeFromTheHostLikeItsClasses() throws Exception {
        String name = "org/polymm/api/plugin/PolicyPlugin.class";
        PluginRecipe acme = PluginRecipe.plugin("acme").policy("copy/acme", Slot.COW_SIZING_COPY);
        acme.jar().file(name, "a copy");
        acme.jar().file("org/polymm/api/own.txt", "of the plugin");
        acme.writeTo(folder.resolve("acme.jar"));
        ClassLoader host = PolicyPlugin.class.getClassLoader();

        try (Catalogue catalogue = Catalogue.discover(folder, List.of())) {
            PluginClassLoader loader = loader(catalogue.plugins().getFirst());

            assertEquals(host.getResource(name), loader.getResource(name));
            assertEquals(Collections.list(host.getResources(name)), Collections.list(loader.getResources(name)));
            try (InputStream in = loader.getResourceAsStream(name)) {
                assertEquals(0xCA, in.read(), "a class file, not the text in the jar");
            }
            assertNull(loader.getResource("org/polymm/api/own.txt"));
        }
    }

    @Test
    void aCopyOfTheSpiInTheJarIsIgnoredWithAWarning() throws Exception {
        PluginRecipe acme = PluginRecipe.plugin("acme").policy("copy/acme", Slot.COW_SIZING_COPY);
        for (String name : List.of("org/polymm/api/Policy.class", "org/polymm/api/plugin/PolicyPlugin.class")) {
            try (InputStream in = PolicyPlugin.class.getClassLoader().getResourceAsStream(name)) {
                acme.jar().file(name, in.readAllBytes());
            }
        }
        acme.writeTo(folder.resolve("acme.jar"));

        try (Catalogue catalogue = Catalogue.discover(folder, List.of())) {
            Plugin plugin = catalogue.plugins().getFirst();

            assertEquals(PluginState.RESOLVED, plugin.state());
            assertEquals(
                    List.of(
                            "acme.jar bundles a copy of the SPI (2 classes), which is ignored: give mm-api the scope 'provided'"),
                    plugin.warnings());
        }
    }

    @Test
    void aManifestThatNamesFurtherJarsIsWarnedAbout() throws Exception {
        PluginRecipe acme = PluginRecipe.plugin("acme").policy("copy/acme", Slot.COW_SIZING_COPY);
        acme.jar().manifest("Class-Path", "lib/helper.jar");
        acme.writeTo(folder.resolve("acme.jar"));

        try (Catalogue catalogue = Catalogue.discover(folder, List.of())) {
            String warning = catalogue.plugins().getFirst().warnings().getFirst();

            assertTrue(warning.startsWith("acme.jar names further jars in its manifest (Class-Path)"), warning);
        }
    }

    @Test
    void everyCallIntoAPluginHasItsLoaderAsContextLoader() throws Exception {
        String check =
                "if (Thread.currentThread().getContextClassLoader() != getClass().getClassLoader()) throw new AssertionError();";
        PluginRecipe.plugin("acme")
                .policy("copy/acme", Slot.COW_SIZING_COPY)
                .constructor(check)
                .beforeDescribe(check)
                .create(check + " return play(id);")
                .writeTo(folder.resolve("acme.jar"));
        ClassLoader before = Thread.currentThread().getContextClassLoader();

        try (Catalogue catalogue = Catalogue.discover(folder, List.of())) {
            AvailablePolicy policy = catalogue.policy("copy/acme").orElseThrow();
            Policy created =
                    policy.plugin().create(policy.descriptor(), CheckedOptions.of(policy.descriptor(), Map.of()));

            assertEquals("copy/acme", created.toString());
            assertNotSame(before, created.getClass().getClassLoader());
        }
        assertSame(before, Thread.currentThread().getContextClassLoader());
    }

    @Test
    void theContextLoaderIsPutBackAfterAThrow() {
        ClassLoader before = Thread.currentThread().getContextClassLoader();

        assertThrows(
                IllegalStateException.class,
                () -> ContextLoader.within(ClassLoader.getPlatformClassLoader(), () -> {
                    throw new IllegalStateException();
                }));
        assertSame(before, Thread.currentThread().getContextClassLoader());
    }

    @Test
    void aJarThatWasReplacedInTheFolderIsReadAfresh() throws Exception {
        Path jar = folder.resolve("acme.jar");
        for (String version : List.of("1.0", "2.0")) {
            PluginRecipe acme = PluginRecipe.plugin("acme").version(version).policy("copy/acme", Slot.COW_SIZING_COPY);
            acme.jar().file("version.txt", version);
            acme.writeTo(jar);
            try (Catalogue catalogue = Catalogue.discover(folder, List.of())) {
                Plugin plugin = catalogue.plugins().getFirst();

                assertEquals(version, plugin.descriptor().orElseThrow().version());
                assertEquals(version, text(loader(plugin).getResourceAsStream("version.txt")));
            }
        }
    }
}
