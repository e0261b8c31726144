package org.polymm.runtime.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.polymm.api.plugin.Slot;
import org.polymm.runtime.fixture.JarRecipe;
import org.polymm.runtime.fixture.PluginRecipe;

class JarCheckTest {

    @TempDir
    private Path folder;

    private static PluginRecipe acme() {
        return PluginRecipe.plugin("acme").policy("copy/acme", Slot.COW_SIZING_COPY);
    }

    private Path jar() {
        return folder.resolve("acme.jar");
    }

    @Test
    void aGoodPluginIsFine() {
        JarCheck check = JarCheck.of(acme().writeTo(jar()));

        assertTrue(check.isFine());
        assertEquals(List.of(), check.errors());
        assertEquals(List.of(), check.warnings());
        assertEquals("acme", check.descriptor().orElseThrow().id());
    }

    @Test
    void aFileThatIsNotThere() {
        assertEquals(
                List.of("there is no file " + folder.resolve("no.jar")),
                JarCheck.of(folder.resolve("no.jar")).errors());
    }

    @Test
    void whatADecisionWouldStumbleOverIsFoundByReading() {
        Path library = new JarRecipe()
                .source("lib.Helper", "package lib; public class Helper { public static void help() {} }")
                .writeTo(folder.resolve("lib").resolve("lib.jar"));
        PluginRecipe acme = acme().members("""
                void later() {
                    org.polymm.engine.state.Geometry[][] shapes = null;
                    lib.Helper.help();
                    OrderSet.BASE_PAGE.somethingNew();
                    org.polymm.api.view.SomethingNew.ask();
                }
                void named(org.polymm.engine.state.Geometry shape) { shape.entries(); }
                """);
        acme.jar()
                .library(library)
                .source(
                        "org.polymm.api.OrderSet",
                        "package org.polymm.api; public class OrderSet { public static final OrderSet BASE_PAGE = null;"
                                + " public void somethingNew() {} }")
                .leaveOut("org.polymm.api.OrderSet")
                .source(
                        "org.polymm.api.view.SomethingNew",
                        "package org.polymm.api.view; public class SomethingNew { public static void ask() {} }")
                .leaveOut("org.polymm.api.view.SomethingNew");
        JarCheck check = JarCheck.of(acme.writeTo(jar()));

        assertFalse(check.isFine());
        assertEquals(
                List.of(
                        "com.acme.ThePlugin uses org.polymm.api.OrderSet.somethingNew of type ()V, which SPI level 0.1 does not"
                                + " have",
                        "com.acme.ThePlugin uses org.polymm.api.view.SomethingNew, which SPI level 0.1 does not have",
                        "com.acme.ThePlugin uses org.polymm.engine.state.Geometry, which belongs to the host: a plugin sees the"
                                + " Java platform, org.polymm.api and its own jars"),
                check.errors().stream().sorted().toList());
        assertEquals(
                List.of(
                        "com.acme.ThePlugin uses lib.Helper, which is neither in its jars nor in the Java platform: it fails when"
                                + " it gets there"),
                check.warnings());
    }

    @Test
    void whatIsWrongInSeveralPlacesIsSaidAtOnce() {
        PluginRecipe acme = PluginRecipe.plugin("acme")
                .policy("copy/acme", Slot.COW_SIZING_COPY)
                .policy("copy/other", Slot.COW_SIZING_COPY)
                .create("if (id.equals(\"copy/acme\")) return null; throw new IllegalStateException(\"boom\");")
                .members("void later(org.polymm.engine.state.Geometry shape) { shape.entries(); }");
        acme.jar().manifest("Class-Path", "lib.jar");
        JarCheck check = JarCheck.of(acme.writeTo(jar()));

        assertEquals(3, check.errors().size(), check.errors()::toString);
        assertEquals(1, check.warnings().size(), check.warnings()::toString);
        assertTrue(
                check.errors().get(0).startsWith("policy copy/acme could not be created with its default options: "));
        assertTrue(
                check.errors().get(1).startsWith("policy copy/other could not be created with its default options: "));
        assertTrue(check.errors().get(2).contains("org.polymm.engine.state.Geometry"));
    }

    @Test
    void aPolicyThatKeepsStateIsWarnedAbout() {
        JarCheck check =
                JarCheck.of(acme().create("return new Counting();").members("""
                        static class Base { int calls; final int fixed = 1; static int all; }
                        static final class Counting extends Base implements org.polymm.api.cow.CowSizingPolicy.Copy {
                            public long copyExtent(org.polymm.api.cow.WriteFault fault) { return calls++; }
                        }
                        """).writeTo(jar()));

        assertTrue(check.isFine(), check.errors()::toString);
        assertEquals(2, check.warnings().size(), check.warnings()::toString);
        assertEquals(
                "policy copy/acme: field com.acme.ThePlugin$Base.calls is not final, and a policy keeps no state of its own: what it"
                        + " must remember belongs into PolicyMemory",
                check.warnings().getFirst());
    }

    @Test
    void theLevelOfTheHostIsNoLevelOfAPlugin() {
        JarCheck check = JarCheck.of(acme().spiLevel("SpiLevel.CURRENT").writeTo(jar()));

        assertEquals(
                List.of(
                        "com.acme.ThePlugin uses SpiLevel.CURRENT, which is the level of the host it runs on: write the level it was"
                                + " built against, new SpiLevel(0, 1)"),
                check.warnings());
    }

    @Test
    void aLibraryInTheFolderIsPartOfThePlugin() {
        Path library = new JarRecipe()
                .source("lib.Helper", "package lib; public class Helper { public static void help() {} }")
                .writeTo(folder.resolve("acme").resolve("lib.jar"));
        PluginRecipe acme = acme().members("void later() { lib.Helper.help(); }");
        acme.jar().library(library);
        acme.writeTo(folder.resolve("acme").resolve("acme.jar"));

        JarCheck check = JarCheck.of(folder.resolve("acme"));

        assertEquals(List.of(), check.errors());
        assertEquals(List.of(), check.warnings());
    }
}
