/**
 * The way in to PolyMM as a library: open a laboratory on a configuration, look at its plugins, compose, make machines.
 *
 * <pre>
 *   try (Laboratory laboratory = Polymm.open(ConfigSources.builder()
 *           .file(Path.of("my.yaml"))
 *           .environment(System.getenv())
 *           .set("thp.enabled=madvise")
 *           .build())) {
 *       Composition base = laboratory.compose();
 *       Composition wide = laboratory.compose(Map.of("policy.cow-sizing.copy", "copy/wide"), "--vary");
 *       base.blueprint() ...                       // makes machines, without Guice
 *   }
 * </pre>
 *
 * <pre>
 *   runtime   --&gt;  compose  --&gt;  plugin  --&gt;  config
 * </pre>
 *
 * <p>This module alone knows class loaders, Guice and Commons Configuration; none of them shows in what it offers.
 */
@NullMarked
package org.polymm.runtime;

import org.jspecify.annotations.NullMarked;
