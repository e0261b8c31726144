/**
 * Plugins: found in a folder, kept apart, and contained when they are broken.
 *
 * <pre>
 *   plugins/                          one PluginClassLoader each
 *     acme.jar            ---------&gt;  Java platform + SPI packages of the host + acme.jar
 *     zorp/               ---------&gt;  Java platform + SPI packages of the host + zorp.jar, lib-2.0.jar
 *       zorp.jar
 *       lib-2.0.jar
 * </pre>
 *
 * <p><b>Isolation.</b> The parent of a plugin's loader is the Java platform, not the application. From the host it gets exactly the packages
 * of the SPI, classes and resources alike; a copy of the SPI inside the jar is never seen. So two plugins may bring two versions of one
 * library, and neither sees what the host is built with. This keeps versions apart. It is no sandbox: a plugin is trusted code.
 *
 * <p><b>Context class loader.</b> Every call into a plugin (constructor, {@code describe}, {@code create}) runs with the plugin's loader as
 * the thread's context class loader. A decision of a policy does not: it is called millions of times a second, policies of several plugins
 * decide in turn on one thread, and a decision computes an answer from a view, it does not look up services. A policy does its looking up
 * when it is created. {@code Composition.run} sets a neutral loader once for a whole run.
 *
 * <p><b>Containment.</b> Whatever a jar does wrong, from not being a zip file to throwing in a constructor, the result is a
 * {@link org.polymm.runtime.plugin.Plugin} in state {@link org.polymm.runtime.plugin.PluginState#FAILED} with reasons in words. It becomes
 * an error only when a configuration chooses one of its policies. A plugin or policy that is there twice is always an error, because which
 * one would run is then an accident.
 *
 * <pre>
 *   DISCOVERED --&gt; RESOLVED --&gt; CREATED --&gt; CLOSED        loaders are closed last found first
 *        \-------&gt; FAILED
 * </pre>
 *
 * <p><b>Bundled plugins</b> have ids that begin with {@code polymm-}. That is kept for plugins whose class lives in a package below
 * {@code org.polymm.policy}: who writes a plugin of their own has packages of their own. The rule guards against accident, not against
 * forgery; nothing here could.
 */
@NullMarked
package org.polymm.runtime.plugin;

import org.jspecify.annotations.NullMarked;
