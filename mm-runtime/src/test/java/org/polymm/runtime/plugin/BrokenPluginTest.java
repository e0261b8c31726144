package org.polymm.runtime.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.polymm.api.plugin.Slot;
import org.polymm.runtime.fixture.JarRecipe;
import org.polymm.runtime.fixture.PluginRecipe;

/** Whatever is wrong with a jar, it becomes a failed entry that says what to mend, and the others load. */
class BrokenPluginTest {

    @TempDir
    private Path folder;

    private Path jar() {
        return folder.resolve("acme.jar");
    }

    private static PluginRecipe acme() {
        return PluginRecipe.plugin("acme").policy("copy/acme", Slot.COW_SIZING_COPY);
    }

    /** The reason why the jar fails, after checking that a good one beside it does not. */
    private String reason() throws IOException {
        PluginRecipe.plugin("good").policy("copy/good", Slot.COW_SIZING_COPY).writeTo(folder.resolve("good.jar"));
        try (Catalogue catalogue = Catalogue.discover(folder, List.of())) {
            assertEquals(List.of(), catalogue.problems());
            assertEquals(
                    List.of(PluginState.FAILED, PluginState.RESOLVED),
                    catalogue.plugins().stream().map(Plugin::state).toList());
            assertEquals(
                    List.of("copy/good"),
                    catalogue.policies().stream().map(AvailablePolicy::id).toList());
            return catalogue.plugins().getFirst().reason();
        }
    }

    @Test
    void aFileThatIsNoZip() throws IOException {
        Files.writeString(jar(), "this is no jar");

        assertTrue(reason().startsWith("acme.jar is not a readable jar: "), reason());
    }

    @Test
    void aZipThatIsCutOff() throws IOException {
        byte[] whole = Files.readAllBytes(acme().writeTo(jar()));
        Files.write(jar(), Arrays.copyOf(whole, whole.length / 2));

        assertTrue(reason().startsWith("acme.jar is not a readable jar: "), reason());
    }

    @Test
    void aFolderWithoutJars() throws IOException {
        Files.createDirectories(folder.resolve("acme"));
        Files.writeString(folder.resolve("acme").resolve("README"), "nothing here");

        assertEquals("the folder holds no jar", reason());
    }

    @Test
    void aJarWithoutAServiceFile() throws IOException {
        acme().writeWithoutServiceTo(jar());

        assertEquals("there is no service file META-INF/services/org.polymm.api.plugin.PolicyPlugin", reason());
    }

    @Test
    void anEmptyServiceFile() throws IOException {
        PluginRecipe acme = acme();
        acme.jar().service("# nothing but a comment");
        acme.writeWithoutServiceTo(jar());

        assertEquals("the service file META-INF/services/org.polymm.api.plugin.PolicyPlugin names no class", reason());
    }

    @Test
    void aServiceFileThatNamesAClassWhichIsNotThere() throws IOException {
        PluginRecipe acme = acme();
        acme.jar().service("com.acme.TheOldPlugin");
        acme.writeWithoutServiceTo(jar());

        assertEquals(
                "the service file names com.acme.TheOldPlugin, and there is no such class in the plugin", reason());
    }

    @Test
    void aServiceFileThatNamesTwoPlugins() throws IOException {
        PluginRecipe acme = acme();
        acme.jar().service("com.acme.ThePlugin", "com.acme.Other");
        acme.writeWithoutServiceTo(jar());

        assertTrue(
                reason().startsWith(
                                "the service file META-INF/services/org.polymm.api.plugin.PolicyPlugin names several plugins"
                                        + " (com.acme.ThePlugin, com.acme.Other): a jar holds one"),
                reason());
    }

    @Test
    void aServiceFileThatNamesAClassOfAnotherKind() throws IOException {
        new JarRecipe()
                .source("com.acme.Other", "package com.acme; public final class Other {}")
                .service("com.acme.Other")
                .writeTo(jar());

        assertEquals("the service file does not lead to a plugin: com.acme.Other not a subtype", reason());
    }

    @Test
    void aPluginWithoutAPublicConstructor() throws IOException {
        new JarRecipe()
                .source("com.acme.Closed", """
                        package com.acme;
                        public final class Closed implements org.polymm.api.plugin.PolicyPlugin {
                            private Closed() {}
                            public org.polymm.api.plugin.PluginDescriptor describe() { return null; }
                            public org.polymm.api.Policy create(String id, org.polymm.api.plugin.OptionValues options) { return null; }
                        }
                        """)
                .service("com.acme.Closed")
                .writeTo(jar());

        assertEquals(
                "the service file does not lead to a plugin: com.acme.Closed Unable to get public no-arg constructor",
                reason());
    }

    @Test
    void aConstructorThatThrows() throws IOException {
        acme().constructor("if (true) throw new IllegalStateException(\"no licence\");")
                .writeTo(jar());

        assertEquals("the plugin's constructor threw java.lang.IllegalStateException: no licence", reason());
    }

    @Test
    void aStaticInitialiserThatThrows() throws IOException {
        acme().members("static final int BROKEN = Integer.parseInt(\"x\");").writeTo(jar());

        assertTrue(
                reason().startsWith("a static initialiser failed in the plugin's constructor: "
                        + "java.lang.NumberFormatException"),
                reason());
    }

    @Test
    void aDescriptionThatThrows() throws IOException {
        acme().beforeDescribe("if (true) throw new UnsupportedOperationException(\"later\");")
                .writeTo(jar());

        assertEquals("describe() threw java.lang.UnsupportedOperationException: later", reason());
    }

    @Test
    void aDescriptionWithoutEnd() throws IOException {
        acme().beforeDescribe("describe();").writeTo(jar());

        assertEquals("describe() threw java.lang.StackOverflowError", reason());
    }

    @Test
    void aDescriptionThatIsNull() throws IOException {
        acme().beforeDescribe("if (true) return null;").writeTo(jar());

        assertEquals("describe() answered with null", reason());
    }

    @Test
    void aDescriptionThatTheSpiRefuses() throws IOException {
        PluginRecipe.plugin("acme").writeTo(jar());

        assertEquals("describe() threw java.lang.IllegalArgumentException: plugin acme describes no policy", reason());
    }

    @Test
    void aPluginThatWasWrittenForAnotherMajorSpiLevel() throws IOException {
        acme().spiLevel("new SpiLevel(1, 0)").writeTo(jar());

        assertTrue(reason().startsWith("it was written for SPI level 1.0, and this host has 0.1: "), reason());
    }

    @Test
    void aPluginThatWasWrittenForALaterMinorSpiLevel() throws IOException {
        acme().spiLevel("new SpiLevel(0, 2)").writeTo(jar());

        assertTrue(reason().startsWith("it was written for SPI level 0.2, and this host has 0.1: "), reason());
    }

    @Test
    void anSpiLevelInTheManifestIsCheckedBeforeAnyCodeRuns() throws IOException {
        PluginRecipe acme = acme().constructor("if (true) throw new AssertionError(\"ran\");");
        acme.jar().manifest("PolyMM-SPI-Level", "7.3");
        acme.writeTo(jar());

        assertTrue(reason().startsWith("it was written for SPI level 7.3, and this host has 0.1: "), reason());
    }

    @Test
    void anSpiLevelInTheManifestThatIsNoLevel() throws IOException {
        PluginRecipe acme = acme();
        acme.jar().manifest("PolyMM-SPI-Level", "latest");
        acme.writeTo(jar());

        assertEquals("the manifest's PolyMM-SPI-Level is 'latest': expected MAJOR.MINOR, such as 0.1", reason());
    }

    @Test
    void aClassThatWasCompiledForALaterJava() throws IOException {
        Path good = acme().writeTo(folder.resolve("good.jar"));
        byte[] code;
        try (JarFile file = new JarFile(good.toFile())) {
            code = file.getInputStream(file.getEntry("com/acme/ThePlugin.class"))
                    .readAllBytes();
        }
        code[6] = 0;
        code[7] = (byte) (44 + 99);
        new JarRecipe()
                .service("com.acme.ThePlugin")
                .file("com/acme/ThePlugin.class", code)
                .writeTo(jar());

        assertEquals(
                "com.acme.ThePlugin was compiled for Java 99, and this is Java "
                        + Runtime.version().feature(),
                reason());
    }

    @Test
    void aDamagedClassFile() throws IOException {
        new JarRecipe()
                .service("com.acme.ThePlugin")
                .file("com/acme/ThePlugin.class", "no class".getBytes(StandardCharsets.UTF_8))
                .writeTo(jar());

        assertTrue(reason().startsWith("a class file is damaged: "), reason());
    }

    @Test
    void aLibraryThatIsNotThere() throws IOException {
        Path library = new JarRecipe()
                .source("lib.Helper", "package lib; public class Helper { public static void help() {} }")
                .writeTo(folder.resolve("elsewhere").resolve("lib.jar"));
        PluginRecipe acme = acme().beforeDescribe("lib.Helper.help();");
        acme.jar().library(library);
        acme.writeTo(jar());
        Files.delete(library);
        Files.delete(library.getParent());

        assertEquals(
                "describe() needs class lib.Helper, which is neither in its jars nor in the Java platform: put the library beside"
                        + " it in a folder plugins/NAME/",
                reason());
    }

    @Test
    void aClassOfTheHostThatIsNoPartOfTheSpi() throws IOException {
        acme().beforeDescribe("org.polymm.engine.state.Geometry.X86_64.entries();")
                .writeTo(jar());

        assertEquals(
                "describe() needs org.polymm.engine.state.Geometry, which belongs to the host: a plugin sees the Java platform,"
                        + " org.polymm.api and its own jars",
                reason());
    }

    @Test
    void aClassThatAnotherSpiLevelHas() throws IOException {
        PluginRecipe acme = acme().beforeDescribe("org.polymm.api.view.SomethingNew.ask();");
        acme.jar()
                .source(
                        "org.polymm.api.view.SomethingNew",
                        "package org.polymm.api.view; public class SomethingNew { public static void ask() {} }");
        acme.jar().leaveOut("org.polymm.api.view.SomethingNew");
        acme.writeTo(jar());

        assertEquals(
                "describe() needs org.polymm.api.view.SomethingNew, which SPI level 0.1 does not have: the plugin was built"
                        + " against another",
                reason());
    }

    @Test
    void aMethodThatAnotherSpiLevelHas() throws IOException {
        PluginRecipe acme = acme().beforeDescribe("OrderSet.BASE_PAGE.somethingNew();");
        acme.jar()
                .source(
                        "org.polymm.api.OrderSet",
                        "package org.polymm.api; public class OrderSet { public static final OrderSet BASE_PAGE = null;"
                                + " public void somethingNew() {} }");
        acme.writeTo(jar());

        assertTrue(reason().startsWith("describe() uses something that is not there ("), reason());
        assertTrue(reason().contains("OrderSet.somethingNew()"), reason());
        assertTrue(reason().endsWith("the plugin was built against another SPI than level 0.1"), reason());
    }

    @Test
    void anIdThatIsKeptForBundledPlugins() throws IOException {
        acme().id("polymm-acme").writeTo(jar());

        assertEquals(
                "plugin id polymm-acme begins with polymm-, which is kept for the bundled plugins (those in packages"
                        + " org.polymm.policy.*): choose another",
                reason());
    }

    @Test
    void everythingThatIsWrongWithADescriptionIsSaidAtOnce() throws IOException {
        PluginRecipe.plugin("acme")
                .version(" ")
                .policy("copy/a", Slot.COW_SIZING_COPY, ".withOptions(Option.ofNumber(\"n\", 9, 1, 5, \"N.\"))")
                .policy(
                        "copy/b",
                        Slot.COW_SIZING_COPY,
                        ".withConflicts(new PolicyDescriptor.Conflict(\"cow-sizing.cpoy=copy/x\", \"no\"),"
                                + " new PolicyDescriptor.Conflict(\"nonsense\", \"no\"))")
                .writeTo(jar());

        assertEquals(
                String.join(
                        "; ",
                        "the plugin is described without a version",
                        "policy copy/a, option n: the default '9' will not do: expected a whole number from 1 to 5",
                        "policy copy/b: conflict 'cow-sizing.cpoy=copy/x' names no slot; did you mean cow-sizing.copy?",
                        "policy copy/b: conflict 'nonsense' is neither a policy id nor SLOT=ID"),
                reason());
    }

    @Test
    void aDescriptionWithHoles() throws IOException {
        acme().spiLevel("null")
                .beforeDescribe("if (true) return new PluginDescriptor(\"acme\", \"1\", null, \"me\", List.of("
                        + "new PolicyDescriptor(\"copy/acme\", null, \"\", null, List.of(), List.of(), List.of())));")
                .writeTo(jar());

        assertEquals(
                String.join(
                        "; ",
                        "the plugin is described without an SPI level",
                        "policy copy/acme is described without a slot",
                        "policy copy/acme is described without a summary",
                        "policy copy/acme is described without a provenance"),
                reason());
    }
}
