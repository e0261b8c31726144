package org.polymm.api.signature;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.AccessFlags;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.Interfaces;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.ConstantValueAttribute;
import java.lang.classfile.attribute.SignatureAttribute;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Changes a small SPI in its class files, and looks at what the signature shows of it. */
class SpiSignatureChangeTest {

    private static final String SHAPE = "org.polymm.api.signature.SmallSpi$Shape";
    private static final MethodTypeDesc NOTHING = MethodTypeDesc.of(ConstantDescs.CD_void);

    private final byte[] outer = classFile("SmallSpi");
    private final byte[] shape = classFile("SmallSpi$Shape");
    private final byte[] hidden = classFile("SmallSpi$Hidden");

    @Test
    void the_signature_names_every_type_and_member_that_a_plugin_can_name() {
        assertEquals(
                List.of(
                        "org.polymm.api.signature.SmallSpi : public final class",
                        "org.polymm.api.signature.SmallSpi$Shape : public static interface extends java.util.function.Supplier"
                                + " generic Ljava/lang/Object;Ljava/util/function/Supplier<Ljava/lang/String;>;",
                        "org.polymm.api.signature.SmallSpi$Shape.LIMIT : public static final int = 7",
                        "org.polymm.api.signature.SmallSpi$Shape.area(int[]) : public abstract varargs long",
                        "org.polymm.api.signature.SmallSpi$Shape.names() : public default java.util.List"
                                + " generic ()Ljava/util/List<Ljava/lang/String;>;"),
                SpiSignature.of(List.of(outer, shape, hidden)));
    }

    @Test
    void an_abstract_method_that_is_added_is_a_difference() {
        byte[] changed = change(
                shape,
                ClassTransform.endHandler(builder -> builder.withMethod(
                        "perimeter", NOTHING, ClassFile.ACC_PUBLIC | ClassFile.ACC_ABSTRACT, method -> {})));
        assertEquals(Optional.of("+ " + SHAPE + ".perimeter() : public abstract void"), differenceTo(changed));
    }

    @Test
    void a_method_that_is_removed_is_a_difference() {
        byte[] changed = change(
                shape,
                ClassTransform.dropping(element -> element instanceof MethodModel method
                        && method.methodName().equalsString("area")));
        assertEquals(Optional.of("- " + SHAPE + ".area(int[]) : public abstract varargs long"), differenceTo(changed));
    }

    @Test
    void a_default_method_that_becomes_abstract_is_a_difference() {
        byte[] changed = change(
                shape,
                ClassTransform.transformingMethods(
                        method -> method.methodName().equalsString("names"), (builder, element) -> {
                            if (element instanceof AccessFlags) {
                                builder.withFlags(ClassFile.ACC_PUBLIC | ClassFile.ACC_ABSTRACT);
                            } else if (!(element instanceof CodeModel)) {
                                builder.with(element);
                            }
                        }));
        String generic = " java.util.List generic ()Ljava/util/List<Ljava/lang/String;>;";
        assertEquals(
                Optional.of("- " + SHAPE + ".names() : public default" + generic + "\n+ " + SHAPE
                        + ".names() : public abstract" + generic),
                differenceTo(changed));
    }

    @Test
    void a_constant_with_another_value_is_a_difference() {
        byte[] changed = change(shape, (builder, element) -> {
            if (element instanceof FieldModel field) {
                builder.withField(
                        field.fieldName().stringValue(),
                        ConstantDescs.CD_int,
                        copy -> copy.withFlags(field.flags().flagsMask()).with(ConstantValueAttribute.of(8)));
            } else {
                builder.with(element);
            }
        });
        assertEquals(
                Optional.of("- " + SHAPE + ".LIMIT : public static final int = 7\n+ " + SHAPE
                        + ".LIMIT : public static final int = 8"),
                differenceTo(changed));
    }

    @Test
    void another_supertype_is_a_difference() {
        byte[] changed = change(shape, (builder, element) -> {
            if (element instanceof Interfaces) {
                builder.withInterfaceSymbols(ClassDesc.of("java.lang.Cloneable"));
            } else if (!(element instanceof SignatureAttribute)) {
                builder.with(element);
            }
        });
        assertEquals(
                Optional.of("- " + SHAPE + " : public static interface extends java.util.function.Supplier"
                        + " generic Ljava/lang/Object;Ljava/util/function/Supplier<Ljava/lang/String;>;\n+ " + SHAPE
                        + " : public static interface extends java.lang.Cloneable"),
                differenceTo(changed));
    }

    @Test
    void what_plugins_cannot_see_is_no_difference() {
        byte[] changed = change(
                shape,
                ClassTransform.endHandler(builder -> builder.withMethodBody(
                        "helper", NOTHING, ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC, code -> code.return_())));
        assertEquals(Optional.empty(), differenceTo(changed));
    }

    @Test
    void a_type_that_is_removed_is_a_difference_in_each_of_its_lines() {
        List<String> before = SpiSignature.of(List.of(outer, shape, hidden));
        List<String> after = SpiSignature.of(List.of(outer, hidden));
        assertEquals(
                4, SpiSignature.difference(before, after).orElseThrow().lines().count());
    }

    private Optional<String> differenceTo(byte[] changedShape) {
        return SpiSignature.difference(
                SpiSignature.of(List.of(outer, shape, hidden)), SpiSignature.of(List.of(outer, changedShape, hidden)));
    }

    private static byte[] change(byte[] classFile, ClassTransform transform) {
        ClassFile format = ClassFile.of();
        return format.transformClass(format.parse(classFile), transform);
    }

    private static byte[] classFile(String name) {
        try (InputStream in = SmallSpi.class.getResourceAsStream(name + ".class")) {
            return Objects.requireNonNull(in, () -> "no class file of " + name).readAllBytes();
        } catch (IOException e) {
            throw new AssertionError("cannot read the class file of " + name, e);
        }
    }
}
