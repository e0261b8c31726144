package org.polymm.api.signature;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.ConstantValueAttribute;
import java.lang.classfile.attribute.InnerClassInfo;
import java.lang.classfile.attribute.SignatureAttribute;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.constant.ClassDesc;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The binary signature of a set of classes: what a plugin that was compiled against them is linked to.
 *
 * <p>One line for each type and each member that code outside can name, so that a difference of two signatures is a
 * difference of two sets of lines. Line: what it is, a colon, how it is. Included are modifiers that matter to a caller
 * or an implementer, supertypes, permitted subtypes, erased and generic types, and the values of constants, which
 * compilers copy into plugins. Not included are bodies, private and package-private members, synthetic members,
 * annotations, and the exceptions of {@code throws} clauses: none of them is looked at when classes are linked.
 */
final class SpiSignature {

    private static final List<AccessFlag> SHOWN =
            List.of(AccessFlag.PUBLIC, AccessFlag.PROTECTED, AccessFlag.STATIC, AccessFlag.ABSTRACT, AccessFlag.FINAL);

    private SpiSignature() {}

    /** The signature of all classes below a directory of class files, sorted. */
    static List<String> ofDirectory(Path classes) throws IOException {
        try (Stream<Path> files = Files.walk(classes)) {
            return of(files.filter(file -> file.toString().endsWith(".class"))
                    .map(SpiSignature::bytes)
                    .toList());
        }
    }

    /** The signature of the classes in these class files, sorted. */
    static List<String> of(Collection<byte[]> classFiles) {
        Map<String, ClassModel> models = new TreeMap<>();
        for (byte[] bytes : classFiles) {
            ClassModel model = ClassFile.of().parse(bytes);
            models.put(model.thisClass().asInternalName(), model);
        }
        Set<String> lines = new TreeSet<>();
        for (ClassModel model : models.values()) {
            if (isVisible(model.thisClass().asInternalName(), models)) {
                describe(model, lines);
            }
        }
        return List.copyOf(lines);
    }

    /**
     * What an accepted signature and the present one differ in, one line each, or nothing if they are the same. A line
     * starts with a minus sign if it was accepted and is gone, with a plus sign if it is new.
     */
    static Optional<String> difference(Collection<String> accepted, Collection<String> present) {
        Set<String> gone = new TreeSet<>(accepted);
        gone.removeAll(Set.copyOf(present));
        Set<String> added = new TreeSet<>(present);
        added.removeAll(Set.copyOf(accepted));
        if (gone.isEmpty() && added.isEmpty()) {
            return Optional.empty();
        }
        List<String> lines = new ArrayList<>();
        gone.forEach(line -> lines.add("- " + line));
        added.forEach(line -> lines.add("+ " + line));
        return Optional.of(String.join("\n", lines));
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the class file " + file, e);
        }
    }

    /** Whether code outside can name a class: it and all classes around it are public, or protected in an open class. */
    private static boolean isVisible(String name, Map<String, ClassModel> models) {
        ClassModel model = models.get(name);
        if (model == null
                || model.flags().has(AccessFlag.SYNTHETIC)
                || model.isModuleInfo()
                || name.endsWith("-info")) {
            return false;
        }
        Optional<InnerClassInfo> nested = nesting(model);
        if (nested.isEmpty()) {
            return model.flags().has(AccessFlag.PUBLIC);
        }
        Optional<ClassEntry> outer = nested.get().outerClass();
        return outer.isPresent()
                && (nested.get().has(AccessFlag.PUBLIC) || nested.get().has(AccessFlag.PROTECTED))
                && isVisible(outer.get().asInternalName(), models);
    }

    /** How a class is nested in another; nothing for a class at the top. */
    private static Optional<InnerClassInfo> nesting(ClassModel model) {
        return model.findAttribute(Attributes.innerClasses()).stream()
                .flatMap(attribute -> attribute.classes().stream())
                .filter(info -> info.innerClass()
                        .asInternalName()
                        .equals(model.thisClass().asInternalName()))
                .findFirst();
    }

    private static void describe(ClassModel model, Set<String> lines) {
        String name = typeName(model.thisClass().asSymbol());
        Set<AccessFlag> flags =
                nesting(model).map(InnerClassInfo::flags).orElse(model.flags().flags());
        StringBuilder type = new StringBuilder(name).append(" :");
        boolean isInterface = flags.contains(AccessFlag.INTERFACE);
        for (AccessFlag flag : SHOWN) {
            if (flags.contains(flag) && !(isInterface && flag == AccessFlag.ABSTRACT)) {
                type.append(' ').append(word(flag));
            }
        }
        type.append(' ').append(kind(model, flags));
        model.superclass()
                .map(ClassEntry::asSymbol)
                .map(SpiSignature::typeName)
                .filter(parent -> !parent.equals("java.lang.Object"))
                .ifPresent(parent -> type.append(" extends ").append(parent));
        if (!model.interfaces().isEmpty()) {
            type.append(isInterface ? " extends " : " implements ").append(typeNames(model.interfaces()));
        }
        model.findAttribute(Attributes.permittedSubclasses())
                .ifPresent(attribute -> type.append(" permits ").append(typeNames(attribute.permittedSubclasses())));
        model.findAttribute(Attributes.signature()).ifPresent(generic -> append(type, generic));
        lines.add(type.toString());

        for (FieldModel field : model.fields()) {
            if (isVisible(field.flags().flags(), flags)) {
                lines.add(describe(name, field));
            }
        }
        for (MethodModel method : model.methods()) {
            if (isVisible(method.flags().flags(), flags) && !method.methodName().equalsString("<clinit>")) {
                lines.add(describe(name, method, isInterface));
            }
        }
    }

    private static boolean isVisible(Set<AccessFlag> member, Set<AccessFlag> owner) {
        return !member.contains(AccessFlag.SYNTHETIC)
                && (member.contains(AccessFlag.PUBLIC)
                        || member.contains(AccessFlag.PROTECTED) && !owner.contains(AccessFlag.FINAL));
    }

    private static String describe(String owner, FieldModel field) {
        StringBuilder line =
                new StringBuilder(owner).append('.').append(field.fieldName().stringValue());
        line.append(" :");
        modifiers(field.flags().flags(), line);
        line.append(' ').append(typeName(field.fieldTypeSymbol()));
        field.findAttribute(Attributes.constantValue())
                .map(ConstantValueAttribute::constant)
                .ifPresent(value -> line.append(" = ").append(value.constantValue()));
        field.findAttribute(Attributes.signature()).ifPresent(generic -> append(line, generic));
        return line.toString();
    }

    private static String describe(String owner, MethodModel method, boolean inInterface) {
        Set<AccessFlag> flags = method.flags().flags();
        StringBuilder line = new StringBuilder(owner);
        String name = method.methodName().stringValue();
        line.append(name.equals("<init>") ? "" : "." + name).append('(');
        line.append(method.methodTypeSymbol().parameterList().stream()
                        .map(SpiSignature::typeName)
                        .collect(Collectors.joining(", ")))
                .append(") :");
        modifiers(flags, line);
        if (inInterface && !flags.contains(AccessFlag.ABSTRACT) && !flags.contains(AccessFlag.STATIC)) {
            line.append(" default");
        }
        if (flags.contains(AccessFlag.VARARGS)) {
            line.append(" varargs");
        }
        line.append(' ')
                .append(
                        name.equals("<init>")
                                ? "constructor"
                                : typeName(method.methodTypeSymbol().returnType()));
        method.findAttribute(Attributes.signature()).ifPresent(generic -> append(line, generic));
        return line.toString();
    }

    private static void modifiers(Set<AccessFlag> flags, StringBuilder line) {
        for (AccessFlag flag : SHOWN) {
            if (flags.contains(flag)) {
                line.append(' ').append(word(flag));
            }
        }
    }

    private static String kind(ClassModel model, Set<AccessFlag> flags) {
        if (flags.contains(AccessFlag.ANNOTATION)) {
            return "annotation";
        }
        if (flags.contains(AccessFlag.INTERFACE)) {
            return "interface";
        }
        if (flags.contains(AccessFlag.ENUM)) {
            return "enum";
        }
        return model.findAttribute(Attributes.record()).isPresent() ? "record" : "class";
    }

    private static void append(StringBuilder line, SignatureAttribute generic) {
        line.append(" generic ").append(generic.signature().stringValue());
    }

    private static String word(AccessFlag flag) {
        return switch (flag) {
            case PUBLIC -> "public";
            case PROTECTED -> "protected";
            case STATIC -> "static";
            case ABSTRACT -> "abstract";
            case FINAL -> "final";
            default -> throw new IllegalArgumentException(flag + " is not a modifier of the signature");
        };
    }

    private static String typeNames(List<ClassEntry> types) {
        return types.stream()
                .map(ClassEntry::asSymbol)
                .map(SpiSignature::typeName)
                .sorted()
                .collect(Collectors.joining(", "));
    }

    private static String typeName(ClassDesc type) {
        if (type.isArray()) {
            return typeName(type.componentType()) + "[]";
        }
        return type.packageName().isEmpty() ? type.displayName() : type.packageName() + '.' + type.displayName();
    }
}
