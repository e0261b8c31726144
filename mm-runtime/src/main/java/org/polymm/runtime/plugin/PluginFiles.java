package org.polymm.runtime.plugin;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a plugin's classes are.
 *
 * @param path a jar, or a folder of jars
 * @param jars the jars, sorted by name
 */
record PluginFiles(Path path, List<Path> jars) {

    /**
     * The jars of one plugin.
     *
     * @param path a jar, or a folder
     * @return the jars; none if the folder holds none
     * @throws IOException if the folder cannot be read
     */
    static PluginFiles of(Path path) throws IOException {
        return new PluginFiles(path, Files.isDirectory(path) ? list(path, "*.jar") : List.of(path));
    }

    /**
     * The plugins of a folder: every jar, and every folder that is not hidden.
     *
     * @param folder the folder
     * @return plugins, sorted by name
     * @throws IOException if the folder cannot be read
     */
    static List<PluginFiles> in(Path folder) throws IOException {
        List<PluginFiles> found = new ArrayList<>();
        for (Path path : list(folder, "*")) {
            String name = path.getFileName().toString();
            if (!name.startsWith(".") && (Files.isDirectory(path) || name.endsWith(".jar"))) {
                found.add(of(path));
            }
        }
        return found;
    }

    private static List<Path> list(Path folder, String glob) throws IOException {
        List<Path> paths = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, glob)) {
            stream.forEach(paths::add);
        } catch (java.nio.file.DirectoryIteratorException e) {
            throw e.getCause();
        }
        paths.sort(null);
        return paths;
    }

    /** {@return the last part of the path} */
    String name() {
        Path name = path.getFileName();
        return name == null ? path.toString() : name.toString();
    }
}
