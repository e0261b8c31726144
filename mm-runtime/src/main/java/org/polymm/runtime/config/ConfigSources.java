package org.polymm.runtime.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where a configuration is read from: files, environment, {@code --set} options. Nothing is read before it is used. Immutable.
 *
 * <p>Strength, weakest first: the declared defaults, files in the order given, the environment, {@code --set} options in the order given.
 */
public final class ConfigSources {

    private final Path home;
    private final Path workingFolder;
    private final List<Path> files;
    private final Map<String, String> environment;
    private final List<String> assignments;
    private final List<Path> plugins;

    private ConfigSources(Builder builder) {
        home = builder.home;
        workingFolder = builder.workingFolder;
        files = List.copyOf(builder.files);
        environment = new TreeMap<>(builder.environment);
        assignments = List.copyOf(builder.assignments);
        plugins = List.copyOf(builder.plugins);
    }

    /** {@return a builder without any source: the defaults alone, with the working folder as home} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return the folder that a relative path in a default starts from} */
    public Path home() {
        return home;
    }

    /** {@return the folder that a relative path in the environment or on the command line starts from} */
    public Path workingFolder() {
        return workingFolder;
    }

    /** {@return plugins to load beside those of the folder {@code plugins.directory}} */
    public List<Path> plugins() {
        return plugins;
    }

    List<Path> files() {
        return files;
    }

    Map<String, String> environment() {
        return environment;
    }

    List<String> assignments() {
        return assignments;
    }

    /**
     * The folder that a relative path starts from: the folder of the file it stands in, the home for a default, else the working folder.
     *
     * @param origin where the path was written
     * @return the folder
     */
    public Path base(Origin origin) {
        return switch (origin.kind()) {
            case REFERENCE, DERIVED -> home;
            case FILE -> {
                Path parent = workingFolder.resolve(origin.source()).getParent();
                yield parent == null ? workingFolder : parent;
            }
            case ENVIRONMENT, COMMAND_LINE, OVERRIDE -> workingFolder;
        };
    }

    /** Collects sources. */
    public static final class Builder {

        private Path home = Path.of("");
        private Path workingFolder = Path.of("");
        private final List<Path> files = new ArrayList<>();
        private final Map<String, String> environment = new TreeMap<>();
        private final List<String> assignments = new ArrayList<>();
        private final List<Path> plugins = new ArrayList<>();

        private Builder() {}

        /**
         * Sets the folder PolyMM is installed in: where the default plugin folder is.
         *
         * @param folder the folder
         * @return this builder
         */
        public Builder home(Path folder) {
            home = folder;
            return this;
        }

        /**
         * Sets the folder that relative paths of environment and command line start from.
         *
         * @param folder the folder
         * @return this builder
         */
        public Builder workingFolder(Path folder) {
            workingFolder = folder;
            return this;
        }

        /**
         * Adds a file, stronger than those added before.
         *
         * @param file YAML ({@code .yaml}, {@code .yml}) or {@code .properties}
         * @return this builder
         */
        public Builder file(Path file) {
            files.add(file);
            return this;
        }

        /**
         * Adds the environment; only what begins with {@code POLYMM_} is looked at.
         *
         * @param variables such as {@link System#getenv()}
         * @return this builder
         */
        public Builder environment(Map<String, String> variables) {
            variables.forEach((name, value) -> {
                if (name.startsWith(EnvironmentNames.PREFIX)) {
                    environment.put(name, value);
                }
            });
            return this;
        }

        /**
         * Adds a {@code --set} option, stronger than those added before.
         *
         * @param assignment {@code key=value}; what is malformed is reported with the other problems
         * @return this builder
         */
        public Builder set(String assignment) {
            assignments.add(assignment);
            return this;
        }

        /**
         * Adds a plugin beside those of the folder {@code plugins.directory}.
         *
         * @param jarOrFolder a plugin jar, or a folder of jars that are one plugin
         * @return this builder
         */
        public Builder plugin(Path jarOrFolder) {
            plugins.add(jarOrFolder);
            return this;
        }

        /** {@return the sources} */
        public ConfigSources build() {
            return new ConfigSources(this);
        }
    }
}
