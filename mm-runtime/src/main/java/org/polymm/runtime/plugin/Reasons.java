package org.polymm.runtime.plugin;

import java.lang.reflect.InvocationTargetException;
import java.util.ServiceConfigurationError;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.polymm.api.plugin.PolicyPlugin;
import org.polymm.api.plugin.SpiLevel;

/** Says in words what a throwable from inside a plugin means to the one who built the plugin. */
final class Reasons {

    private static final Pattern CLASS_VERSION =
            Pattern.compile("([\\w/$.]+) has been compiled .*class file version (\\d+)");
    private static final int CLASS_VERSION_OF_JAVA_0 = 44;

    private Reasons() {}

    /**
     * Tells whether a throwable may be contained: everything but what says that the virtual machine itself is in trouble.
     *
     * @param thrown what a plugin threw
     * @return the same throwable
     */
    static Throwable contained(Throwable thrown) {
        if (thrown instanceof VirtualMachineError fatal && !(fatal instanceof StackOverflowError)) {
            throw fatal;
        }
        return thrown;
    }

    /**
     * Explains what happened in a call into a plugin.
     *
     * @param doing what the host was doing, such as {@code describe()}
     * @param thrown what came of it
     * @return a sentence without a full stop
     */
    static String of(String doing, Throwable thrown) {
        Throwable cause = thrown.getCause();
        if (cause != null && isWrapper(thrown)) {
            return of(doing, cause);
        }
        return switch (thrown) {
            case ServiceConfigurationError e ->
                "the service file does not lead to a plugin: "
                        + String.valueOf(e.getMessage()).replace(PolicyPlugin.class.getName() + ": ", "");
            case ExceptionInInitializerError e ->
                "a static initialiser failed in " + doing + ": " + (cause == null ? e : cause);
            case UnsupportedClassVersionError e -> classVersion(e);
            case NoClassDefFoundError e -> missing(doing, e.getMessage());
            case ClassNotFoundException e -> missing(doing, e.getMessage());
            case ClassFormatError e -> "a class file is damaged: " + e.getMessage();
            case IncompatibleClassChangeError e ->
                doing + " uses something that is not there (" + e.getMessage()
                        + "); if it belongs to org.polymm.api, the plugin was built against another SPI than level "
                        + SpiLevel.CURRENT;
            default -> doing + " threw " + thrown;
        };
    }

    /** A service loader wraps what a constructor threw, but its own words are better where there is no constructor to call. */
    private static boolean isWrapper(Throwable thrown) {
        return thrown instanceof ServiceConfigurationError && !(thrown.getCause() instanceof NoSuchMethodException)
                || thrown instanceof InvocationTargetException;
    }

    private static String missing(String doing, @Nullable String name) {
        String dotted = String.valueOf(name).replace('/', '.');
        if (PluginClassLoader.isSharedClass(dotted)) {
            return doing + " needs " + dotted + ", which SPI level " + SpiLevel.CURRENT
                    + " does not have: the plugin was built against another";
        }
        if (dotted.startsWith("org.polymm.")) {
            return doing + " needs " + dotted
                    + ", which belongs to the host: a plugin sees the Java platform, org.polymm.api and"
                    + " its own jars";
        }
        return doing + " needs class " + dotted
                + ", which is neither in its jars nor in the Java platform: put the library beside it"
                + " in a folder plugins/NAME/";
    }

    private static String classVersion(UnsupportedClassVersionError e) {
        Matcher matcher = CLASS_VERSION.matcher(String.valueOf(e.getMessage()));
        if (!matcher.find()) {
            return "a class was compiled for another Java version: " + e.getMessage();
        }
        return classVersion(matcher.group(1).replace('/', '.'), Integer.parseInt(matcher.group(2)));
    }

    /**
     * Explains a class file version that is too high.
     *
     * @param className the class
     * @param version its class file version
     * @return a sentence without a full stop
     */
    static String classVersion(String className, int version) {
        return className + " was compiled for Java " + (version - CLASS_VERSION_OF_JAVA_0) + ", and this is Java "
                + Runtime.version().feature();
    }
}
