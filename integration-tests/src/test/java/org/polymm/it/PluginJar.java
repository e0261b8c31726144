package org.polymm.it;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Compiles and packs a third party's plugin: one policy for {@code cow-sizing.orders} that always answers with the same orders. */
final class PluginJar {

    private static final String SOURCE = """
            package com.example;

            import java.util.List;
            import org.polymm.api.OrderSet;
            import org.polymm.api.Policy;
            import org.polymm.api.cow.AnonFault;
            import org.polymm.api.cow.CowSizingPolicy;
            import org.polymm.api.plugin.OptionValues;
            import org.polymm.api.plugin.PluginDescriptor;
            import org.polymm.api.plugin.PolicyDescriptor;
            import org.polymm.api.plugin.PolicyPlugin;
            import org.polymm.api.plugin.Provenance;
            import org.polymm.api.plugin.Slot;
            import org.polymm.api.plugin.SpiLevel;

            public final class ExamplePlugin implements PolicyPlugin {
                public PluginDescriptor describe() {
                    return new PluginDescriptor("example", "@VERSION@", SpiLevel.CURRENT, "Example", List.of(PolicyDescriptor.of(
                            "orders/example", Slot.COW_SIZING_ORDERS, "Always order @ORDER@.", new Provenance("none", ""))));
                }
                public Policy create(String id, OptionValues options) {
                    return new Always();
                }
                static final class Always implements CowSizingPolicy.Orders {
                    public OrderSet candidates(AnonFault fault) {
                        return OrderSet.of(0, @ORDER@);
                    }
                }
            }
            """;

    private PluginJar() {}

    static Path write(Path jar, String version, int order) {
        try {
            Path classes = Files.createTempDirectory("example-plugin");
            compile(SOURCE.replace("@VERSION@", version).replace("@ORDER@", Integer.toString(order)), classes);
            try (OutputStream file = Files.newOutputStream(jar);
                    JarOutputStream out = new JarOutputStream(file)) {
                put(
                        out,
                        "META-INF/services/org.polymm.api.plugin.PolicyPlugin",
                        "com.example.ExamplePlugin\n".getBytes(StandardCharsets.UTF_8));
                try (Stream<Path> compiled = Files.walk(classes)) {
                    for (Path each :
                            compiled.filter(Files::isRegularFile).sorted().toList()) {
                        put(out, classes.relativize(each).toString(), Files.readAllBytes(each));
                    }
                }
            }
            return jar;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void put(JarOutputStream out, String name, byte[] bytes) throws IOException {
        out.putNextEntry(new JarEntry(name));
        out.write(bytes);
        out.closeEntry();
    }

    private static void compile(String source, Path classes) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        JavaFileObject file =
                new SimpleJavaFileObject(
                        URI.create("string:///com/example/ExamplePlugin.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return source;
                    }
                };
        List<String> options = List.of("-d", classes.toString(), "-classpath", System.getProperty("java.class.path"));
        if (!compiler.getTask(null, null, problems, options, null, List.of(file))
                .call()) {
            throw new IllegalStateException("the example plugin does not compile: " + problems.getDiagnostics());
        }
    }
}
