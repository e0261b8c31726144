package org.polymm.it;

import java.nio.file.Path;
import org.polymm.runtime.Laboratory;
import org.polymm.runtime.Polymm;
import org.polymm.runtime.config.ConfigSources;

/** The real policy jars, which the build has laid in a folder and kept off the class path. */
final class Plugins {

    private Plugins() {}

    static Path folder() {
        return Path.of(System.getProperty("polymm.plugins", "target/plugins")).toAbsolutePath();
    }

    static Laboratory open(String... assignments) {
        ConfigSources.Builder sources = ConfigSources.builder().set("plugins.directory=" + folder());
        for (String assignment : assignments) {
            sources.set(assignment);
        }
        return Polymm.open(sources.build());
    }
}
