/**
 * How policies reach the host: a jar with one {@link org.polymm.api.plugin.PolicyPlugin} service that describes its policies with plain
 * data and creates them.
 *
 * <pre>
 *   plugins/my-policy.jar
 *     META-INF/services/org.polymm.api.plugin.PolicyPlugin   -> com.example.MyPlugin
 *     com/example/MyPlugin.class                             describe(), create(id, options)
 * </pre>
 *
 * Each jar (or folder of jars) has a class loader of its own, which sees the platform and exactly these packages of the SPI.
 */
@NullMarked
package org.polymm.api.plugin;

import org.jspecify.annotations.NullMarked;
