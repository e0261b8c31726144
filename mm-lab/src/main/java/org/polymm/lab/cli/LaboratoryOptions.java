package org.polymm.lab.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.polymm.lab.cost.CostKeys;
import org.polymm.runtime.Laboratory;
import org.polymm.runtime.Polymm;
import org.polymm.runtime.config.ConfigSources;
import org.polymm.runtime.config.KeyRegistry;
import picocli.CommandLine.Option;

/** The options that say which configuration and which plugins a command works with. */
final class LaboratoryOptions {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Read a configuration file (YAML or properties). May be repeated; a later one is stronger.")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description =
                    "Set a key, stronger than files and environment. May be repeated. `polymm config` lists the keys.")
    private List<String> assignments = new ArrayList<>();

    @Option(
            names = "--plugin",
            paramLabel = "JAR",
            description =
                    "Load a plugin beside those of the plugin folder: a jar, or a folder of jars. May be repeated.")
    private List<Path> plugins = new ArrayList<>();

    /** Reads the configuration and opens the plugins. The caller closes the laboratory. */
    Laboratory open() {
        ConfigSources.Builder sources = ConfigSources.builder()
                .home(Path.of(System.getProperty("polymm.home", "")))
                .environment(System.getenv());
        files.forEach(sources::file);
        assignments.forEach(sources::set);
        plugins.forEach(sources::plugin);
        return Polymm.open(sources.build(), keys());
    }

    /** The keys of the runtime and of the laboratory. */
    static KeyRegistry keys() {
        return CostKeys.declare(Polymm.keys().toBuilder())
                .otherVariable("POLYMM_JAVA_HOME")
                .otherVariable("POLYMM_JAVA_OPTS")
                .build();
    }
}
