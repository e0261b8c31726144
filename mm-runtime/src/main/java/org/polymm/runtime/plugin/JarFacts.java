package org.polymm.runtime.plugin;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.polymm.api.plugin.PolicyPlugin;

/**
 * What can be read off a jar without running anything in it.
 *
 * @param path the jar
 * @param services the class names of its service file, in order; nothing if it has no such file
 * @param classes the dotted names of its classes, in the order of the jar
 * @param spiLevel the manifest's {@value #SPI_LEVEL}; nothing if it has none
 * @param classPath whether its manifest names further jars
 */
record JarFacts(
        Path path, Optional<List<String>> services, Set<String> classes, Optional<String> spiLevel, boolean classPath) {

    /** The manifest's line that says the SPI level, so that it is known before any code runs. */
    static final String SPI_LEVEL = "PolyMM-SPI-Level";

    /** The service file of a plugin. */
    static final String SERVICE_FILE = "META-INF/services/" + PolicyPlugin.class.getName();

    private static final String CLASS = ".class";

    /**
     * Reads a jar.
     *
     * @param path the jar
     * @return what is in it
     * @throws IOException if it is no jar or cannot be read
     */
    static JarFacts read(Path path) throws IOException {
        try (JarFile jar = new JarFile(path.toFile(), false)) {
            Set<String> classes = new LinkedHashSet<>();
            jar.stream().map(ZipEntry::getName).forEach(name -> {
                if (name.endsWith(CLASS) && !name.startsWith("META-INF/") && !name.endsWith("-info.class")) {
                    classes.add(
                            name.substring(0, name.length() - CLASS.length()).replace('/', '.'));
                }
            });
            ZipEntry service = jar.getEntry(SERVICE_FILE);
            Optional<List<String>> services = Optional.empty();
            if (service != null) {
                try (InputStream in = jar.getInputStream(service)) {
                    services = Optional.of(names(in));
                }
            }
            Manifest manifest = jar.getManifest();
            Attributes main = manifest == null ? new Attributes() : manifest.getMainAttributes();
            return new JarFacts(
                    path,
                    services,
                    classes,
                    Optional.ofNullable(main.getValue(SPI_LEVEL)).map(String::strip),
                    main.getValue(Attributes.Name.CLASS_PATH) != null);
        } catch (SecurityException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /**
     * Tells whether an entry of a jar is a class that can be loaded by its name.
     *
     * @param entry the entry's name
     * @return whether it is one
     */
    static boolean isClass(String entry) {
        return entry.endsWith(CLASS) && !entry.startsWith("META-INF/") && !entry.endsWith("-info.class");
    }

    /**
     * The class in an entry.
     *
     * @param entry the name of an entry that is a class
     * @return its dotted name
     */
    static String className(String entry) {
        return entry.substring(0, entry.length() - CLASS.length()).replace('/', '.');
    }

    private static List<String> names(InputStream in) throws IOException {
        Set<String> names = new LinkedHashSet<>();
        BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            int comment = line.indexOf('#');
            String name = (comment < 0 ? line : line.substring(0, comment)).strip();
            if (!name.isEmpty()) {
                names.add(name);
            }
        }
        return new ArrayList<>(names);
    }
}
