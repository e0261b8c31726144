package org.polymm.runtime.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mockito.InOrder;
import org.polymm.api.plugin.Slot;
import org.polymm.runtime.fixture.PluginRecipe;

class CatalogueTest {

    @TempDir
    private Path folder;

    private Path plugin(String id, String file) {
        return PluginRecipe.plugin(id)
                .policy("copy/" + id, Slot.COW_SIZING_COPY)
                .writeTo(folder.resolve(file));
    }

    private List<String> problems() throws IOException {
        try (Catalogue catalogue = Catalogue.discover(folder, List.of())) {
            return catalogue.problems().stream()
                    .map(problem -> problem.replace(folder + "/", ""))
                    .toList();
        }
    }

    @Test
    void aPluginIsAJarOrAFolderOfJars() throws IOException {
        plugin("two", "two/plugin.jar");
        plugin("one", "one.jar");
        plugin("hidden", ".hidden/plugin.jar");
        Files.writeString(folder.resolve("README.txt"), "no plugin");

        try (Catalogue catalogue = Catalogue.discover(folder, List.of())) {
            assertEquals(List.of(), catalogue.problems());
            assertEquals(
                    List.of(folder.resolve("one.jar"), folder.resolve("two")),
                    catalogue.plugins().stream().map(Plugin::path).toList());
            assertEquals(
                    List.of(folder.resolve("two/plugin.jar")),
                    catalogue.plugins().get(1).jars());
            assertEquals(
                    "two 1.0 (" + folder.resolve("two") + ")",
                    catalogue.plugins().get(1).toString());
        }
    }

    @Test
    void aFurtherPluginMayBeAnywhere(@TempDir Path elsewhere) throws IOException {
        plugin("one", "one.jar");
        Path other = PluginRecipe.plugin("other")
                .policy("copy/other", Slot.COW_SIZING_COPY)
                .writeTo(elsewhere.resolve("o.jar"));

        try (Catalogue catalogue = Catalogue.discover(folder, List.of(other))) {
            assertTrue(catalogue.policy("copy/one").isPresent());
            assertSame(
                    catalogue.plugins().get(1),
                    catalogue.policy("copy/other").orElseThrow().plugin());
        }
    }

    @Test
    void policiesAreListedBySlotAndId() throws IOException {
        PluginRecipe.plugin("acme")
                .policy("relocate/x", Slot.RELOCATION)
                .policy("copy/z", Slot.COW_SIZING_COPY)
                .policy("copy/a", Slot.COW_SIZING_COPY)
                .policy("mlock/x", Slot.FOLIO_SPLIT_MLOCK)
                .writeTo(folder.resolve("acme.jar"));

        try (Catalogue catalogue = Catalogue.discover(folder, List.of())) {
            assertEquals(
                    List.of("mlock/x", "copy/a", "copy/z", "relocate/x"),
                    catalogue.policies().stream().map(AvailablePolicy::id).toList());
            assertEquals(
                    List.of("copy/a", "copy/z"),
                    catalogue.policies(Slot.COW_SIZING_COPY).stream()
                            .map(AvailablePolicy::id)
                            .toList());
            assertTrue(catalogue.policy("copy/b").isEmpty());
        }
    }

    @Test
    void aFolderThatIsNotThereIsAProblem() throws IOException {
        Path missing = folder.resolve("missing");

        try (Catalogue catalogue = Catalogue.discover(missing, List.of())) {
            assertEquals(List.of("there is no plugin folder " + missing), catalogue.problems());
            assertEquals(List.of(), catalogue.plugins());
        }
    }

    @Test
    void anEmptyFolderIsNone() throws IOException {
        assertEquals(List.of(), problems());
    }

    @Test
    void oneJarTwiceIsAnErrorThatNamesTheCopyToRemove() throws IOException {
        Path one = plugin("acme", "acme.jar");
        Files.copy(one, folder.resolve("copy-of-acme.jar"));

        assertEquals(
                List.of("plugin acme 1.0 is there twice, as acme.jar and as copy-of-acme.jar: they are equal; remove"
                        + " copy-of-acme.jar"),
                problems());
    }

    @Test
    void twoJarsThatCallThemselvesTheSameAreAnError() throws IOException {
        plugin("acme", "acme.jar");
        PluginRecipe.plugin("acme").policy("copy/other", Slot.COW_SIZING_COPY).writeTo(folder.resolve("acme-new.jar"));

        assertEquals(
                List.of(
                        "plugin acme 1.0 is there twice, as acme-new.jar and as acme.jar: they differ; remove the one that is"
                                + " out of date"),
                problems());
    }

    @Test
    void twoVersionsOfAPluginAreAnErrorThatNamesTheOlderOne() throws IOException {
        PluginRecipe.plugin("acme")
                .version("1.10")
                .policy("copy/acme", Slot.COW_SIZING_COPY)
                .writeTo(folder.resolve("a.jar"));
        PluginRecipe.plugin("acme")
                .version("1.9")
                .policy("copy/acme", Slot.COW_SIZING_COPY)
                .writeTo(folder.resolve("b.jar"));

        assertEquals(
                List.of(
                        "plugin acme is there in two versions, 1.10 as a.jar and 1.9 as b.jar: remove b.jar, the older one"),
                problems());
    }

    @Test
    void aSnapshotIsOlderThanItsRelease() throws IOException {
        PluginRecipe.plugin("acme")
                .version("1.0-SNAPSHOT")
                .policy("copy/acme", Slot.COW_SIZING_COPY)
                .writeTo(folder.resolve("a.jar"));
        plugin("acme", "b.jar");

        assertTrue(problems().getFirst().endsWith("remove a.jar, the older one"), problems()::toString);
    }

    @Test
    void onePolicyInTwoPluginsIsAnErrorThatNamesBothJars() throws IOException {
        for (String id : List.of("one", "two")) {
            PluginRecipe.plugin(id).policy("copy/same", Slot.COW_SIZING_COPY).writeTo(folder.resolve(id + ".jar"));
        }

        assertEquals(
                List.of(
                        "policy copy/same is offered by one 1.0 (one.jar) and by two 1.0 (two.jar): remove one of the two jars, or"
                                + " have one take another id"),
                problems());
    }

    @Test
    void thePolicyOfABundledPluginIsNotTaken() throws IOException {
        PluginRecipe.mainline().writeTo(folder.resolve("mainline.jar"));
        PluginRecipe.plugin("acme")
                .policy("copy/one-page", Slot.COW_SIZING_COPY)
                .writeTo(folder.resolve("acme.jar"));

        assertEquals(
                List.of(
                        "policy copy/one-page is offered by acme 1.0 (acme.jar) and by polymm-mainline 1.0 (mainline.jar): remove"
                                + " acme.jar, or have it take another id, because the other one is bundled"),
                problems());
    }

    @Test
    void aFailedPluginIsNoDuplicate() throws IOException {
        plugin("acme", "acme.jar");
        PluginRecipe.plugin("acme")
                .version("2.0")
                .spiLevel("new SpiLevel(9, 0)")
                .policy("copy/acme", Slot.COW_SIZING_COPY)
                .writeTo(folder.resolve("new.jar"));

        assertEquals(List.of(), problems());
        try (Catalogue catalogue = Catalogue.discover(folder, List.of())) {
            assertEquals(
                    folder.resolve("new.jar"),
                    catalogue.failedWith("copy/acme").orElseThrow().path());
        }
    }

    @Test
    void aPluginIsResolvedThenCreatedThenClosed() throws Exception {
        plugin("acme", "acme.jar");
        Plugin plugin;
        try (Catalogue catalogue = Catalogue.discover(folder, List.of())) {
            plugin = catalogue.plugins().getFirst();
            assertEquals(PluginState.RESOLVED, plugin.state());

            plugin.create(
                    plugin.policies().getFirst(),
                    CheckedOptions.of(plugin.policies().getFirst(), Map.of()));

            assertEquals(PluginState.CREATED, plugin.state());
        }
        assertEquals(PluginState.CLOSED, plugin.state());
        IllegalStateException refused = assertThrows(
                IllegalStateException.class,
                () -> plugin.create(
                        plugin.policies().getFirst(),
                        CheckedOptions.of(plugin.policies().getFirst(), Map.of())));
        assertEquals("plugin acme is CLOSED", refused.getMessage());
    }

    @Test
    void closingTwiceIsClosingOnce() throws IOException {
        plugin("acme", "acme.jar");
        Catalogue catalogue = Catalogue.discover(folder, List.of());

        catalogue.close();
        catalogue.close();

        assertEquals(PluginState.CLOSED, catalogue.plugins().getFirst().state());
    }

    @Test
    void closingGoesBackwardsAndKeepsEveryFailure() throws IOException {
        Closeable first = mock(Closeable.class);
        Closeable second = mock(Closeable.class);
        Closeable third = mock(Closeable.class);
        doThrow(new IllegalStateException("first")).when(first).close();
        doThrow(new IOException("third")).when(third).close();

        IOException failure =
                assertThrows(IOException.class, () -> ReverseClosing.close(List.of(first, second, third)));

        assertEquals("third", failure.getMessage());
        assertEquals("first", failure.getSuppressed()[0].getMessage());
        InOrder order = inOrder(first, second, third);
        order.verify(third).close();
        order.verify(second).close();
        order.verify(first).close();
    }
}
