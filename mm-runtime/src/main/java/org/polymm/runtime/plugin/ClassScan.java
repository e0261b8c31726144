package org.polymm.runtime.plugin;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.constant.ClassDesc;
import java.lang.invoke.MethodType;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.polymm.api.plugin.SpiLevel;

/**
 * Reads every class of a plugin for what it refers to, so that a class or a method that is not there is found before a decision stumbles
 * over it. Runs nothing.
 */
final class ClassScan {

    private static final int MAJOR_VERSION_OFFSET = 6;
    private static final int CLASS_VERSION_OF_JAVA_0 = 44;

    private final PluginClassLoader loader;
    private final ClassLoader host;
    private final boolean bundled;
    private final Set<String> errors;
    private final Set<String> warnings;
    private final Map<String, Boolean> isThere = new HashMap<>();
    private final Set<String> missing = new LinkedHashSet<>();

    private ClassScan(
            PluginClassLoader loader, ClassLoader host, boolean bundled, Set<String> errors, Set<String> warnings) {
        this.loader = loader;
        this.host = host;
        this.bundled = bundled;
        this.errors = errors;
        this.warnings = warnings;
    }

    /**
     * Reads all classes of a plugin.
     *
     * @param files its jars
     * @param host the loader of the SPI
     * @param bundled whether it comes with PolyMM
     * @param errors what cannot work is added here
     * @param warnings what may not work is added here
     */
    static void of(PluginFiles files, ClassLoader host, boolean bundled, Set<String> errors, Set<String> warnings) {
        try (PluginClassLoader loader = new PluginClassLoader(files.name(), PluginOpener.urls(files.jars()), host)) {
            ClassScan scan = new ClassScan(loader, host, bundled, errors, warnings);
            for (Path jar : files.jars()) {
                if (Files.isRegularFile(jar)) {
                    scan.jar(jar);
                }
            }
        } catch (IOException e) {
            errors.add(files.name() + " cannot be read: " + e.getMessage());
        }
    }

    private void jar(Path path) {
        try (JarFile jar = new JarFile(path.toFile(), false)) {
            List<ZipEntry> classes = new ArrayList<>();
            jar.stream().filter(entry -> JarFacts.isClass(entry.getName())).forEach(classes::add);
            for (ZipEntry entry : classes) {
                try (InputStream in = jar.getInputStream(entry)) {
                    classFile(JarFacts.className(entry.getName()), in.readAllBytes());
                }
            }
        } catch (IOException | SecurityException e) {
            errors.add(path.getFileName() + " is not a readable jar: " + e.getMessage());
        }
    }

    private void classFile(String name, byte[] bytes) {
        if (PluginClassLoader.isSharedClass(name)) {
            return;
        }
        if (bytes.length > MAJOR_VERSION_OFFSET + 1) {
            int major = (bytes[MAJOR_VERSION_OFFSET] & 0xff) << 8 | bytes[MAJOR_VERSION_OFFSET + 1] & 0xff;
            if (major > Runtime.version().feature() + CLASS_VERSION_OF_JAVA_0) {
                errors.add(Reasons.classVersion(name, major));
                return;
            }
        }
        try {
            ClassModel model = ClassFile.of().parse(bytes);
            for (PoolEntry entry : model.constantPool()) {
                switch (entry) {
                    case ClassEntry type -> type(name, type.asInternalName());
                    case MemberRefEntry member -> member(name, member);
                    default -> {}
                }
            }
        } catch (IllegalArgumentException e) {
            errors.add("class file " + name + " is damaged: " + e.getMessage());
        }
    }

    private void type(String user, String internalName) {
        String name = element(internalName);
        if (name.isEmpty() || isThere(name) || !missing.add(name)) {
            return;
        }
        if (PluginClassLoader.isSharedClass(name)) {
            errors.add(user + " uses " + name + ", which SPI level " + SpiLevel.CURRENT + " does not have");
        } else if (name.startsWith("org.polymm.")) {
            errors.add(user + " uses " + name
                    + ", which belongs to the host: a plugin sees the Java platform, org.polymm.api and its"
                    + " own jars");
        } else {
            warnings.add(user + " uses " + name
                    + ", which is neither in its jars nor in the Java platform: it fails when it gets" + " there");
        }
    }

    private void member(String user, MemberRefEntry member) {
        String owner = element(member.owner().asInternalName());
        if (!PluginClassLoader.isSharedClass(owner) || !isThere(owner)) {
            return;
        }
        String name = member.name().stringValue();
        String descriptor = member.type().stringValue();
        if (!hasMember(owner, name, descriptor)) {
            errors.add(user + " uses " + owner + "." + name + " of type " + descriptor + ", which SPI level "
                    + SpiLevel.CURRENT + " does not have");
        }
        if (owner.equals(SpiLevel.class.getName()) && name.equals("CURRENT") && !bundled) {
            warnings.add(user
                    + " uses SpiLevel.CURRENT, which is the level of the host it runs on: write the level it was built"
                    + " against, new SpiLevel(" + SpiLevel.CURRENT.major() + ", " + SpiLevel.CURRENT.minor() + ")");
        }
    }

    private boolean isThere(String name) {
        return isThere.computeIfAbsent(name, key -> loader.getResource(key.replace('.', '/') + ".class") != null);
    }

    private boolean hasMember(String owner, String name, String descriptor) {
        Deque<Class<?>> types = new ArrayDeque<>();
        try {
            types.add(Class.forName(owner, false, host));
        } catch (ClassNotFoundException e) {
            return false;
        }
        while (!types.isEmpty()) {
            Class<?> type = types.remove();
            if (descriptor.startsWith("(") ? hasMethod(type, name, descriptor) : hasField(type, name, descriptor)) {
                return true;
            }
            types.addAll(Arrays.asList(type.getInterfaces()));
            Class<?> parent = type.isInterface() ? Object.class : type.getSuperclass();
            if (parent != null) {
                types.add(parent);
            }
        }
        return false;
    }

    private static boolean hasMethod(Class<?> type, String name, String descriptor) {
        Stream<? extends Executable> candidates = name.equals("<init>")
                ? Arrays.stream(type.getDeclaredConstructors())
                : Arrays.stream(type.getDeclaredMethods())
                        .filter(method -> method.getName().equals(name));
        return candidates.anyMatch(candidate -> {
            Class<?> result = candidate instanceof Method method ? method.getReturnType() : void.class;
            return MethodType.methodType(result, candidate.getParameterTypes())
                    .toMethodDescriptorString()
                    .equals(descriptor);
        });
    }

    private static boolean hasField(Class<?> type, String name, String descriptor) {
        for (Field field : type.getDeclaredFields()) {
            if (field.getName().equals(name)
                    && field.getType().descriptorString().equals(descriptor)) {
                return true;
            }
        }
        return false;
    }

    /** The dotted name of a class, or of the elements of an array; empty for primitives. */
    private static String element(String internalName) {
        if (!internalName.startsWith("[")) {
            return internalName.replace('/', '.');
        }
        ClassDesc type = ClassDesc.ofDescriptor(internalName);
        while (type.isArray()) {
            type = type.componentType();
        }
        String descriptor = type.descriptorString();
        return type.isPrimitive()
                ? ""
                : descriptor.substring(1, descriptor.length() - 1).replace('/', '.');
    }
}
