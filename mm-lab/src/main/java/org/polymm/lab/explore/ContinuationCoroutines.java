package org.polymm.lab.explore;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * Coroutines that are {@code jdk.internal.vm.Continuation}s. They are reached by method handles, so that the build compiles against the
 * documented JDK; the JVM must have been started with {@link #FLAG}.
 */
final class ContinuationCoroutines extends Coroutines {

    /** What makes them available. */
    static final String FLAG = "--add-exports java.base/jdk.internal.vm=ALL-UNNAMED";

    /** The four operations; null where the package is not exported to us. */
    private record Operations(Object scope, MethodHandle make, MethodHandle run, MethodHandle isDone) {}

    private static final MethodHandle YIELD;
    private static final @Nullable Operations OPERATIONS;

    static {
        MethodHandle yield = MethodHandles.zero(void.class);
        Operations operations = null;
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            Class<?> scopeClass = Class.forName("jdk.internal.vm.ContinuationScope");
            Class<?> type = Class.forName("jdk.internal.vm.Continuation");
            Object scope = lookup.findConstructor(scopeClass, MethodType.methodType(void.class, String.class))
                    .invoke("polymm");
            yield = lookup.findStatic(type, "yield", MethodType.methodType(boolean.class, scopeClass))
                    .bindTo(scope)
                    .asType(MethodType.methodType(void.class));
            operations = new Operations(
                    scope,
                    lookup.findConstructor(type, MethodType.methodType(void.class, scopeClass, Runnable.class))
                            .bindTo(scope)
                            .asType(MethodType.methodType(Object.class, Runnable.class)),
                    lookup.findVirtual(type, "run", MethodType.methodType(void.class))
                            .asType(MethodType.methodType(void.class, Object.class)),
                    lookup.findVirtual(type, "isDone", MethodType.methodType(boolean.class))
                            .asType(MethodType.methodType(boolean.class, Object.class)));
        } catch (Throwable notToBeHad) {
            operations = null;
        }
        YIELD = yield;
        OPERATIONS = operations;
    }

    private static final MethodHandle MAKE = OPERATIONS == null ? YIELD : OPERATIONS.make();
    private static final MethodHandle RUN = OPERATIONS == null ? YIELD : OPERATIONS.run();
    private static final MethodHandle IS_DONE = OPERATIONS == null ? YIELD : OPERATIONS.isDone();

    ContinuationCoroutines() {
        if (!isAvailable()) {
            throw new IllegalStateException("this JVM does not export continuations; start it with " + FLAG);
        }
    }

    /** {@return whether the JVM exports continuations to us} */
    static boolean isAvailable() {
        return OPERATIONS != null;
    }

    /** One of them. */
    private record Continued(Object continuation) implements Coroutine {

        @Override
        public boolean resume() {
            try {
                RUN.invokeExact(continuation);
                return (boolean) IS_DONE.invokeExact(continuation);
            } catch (RuntimeException | Error passing) {
                throw passing;
            } catch (Throwable impossible) {
                throw new IllegalStateException(impossible);
            }
        }

        /** Nothing refers to it any more, so the collector takes it with its stack. */
        @Override
        public void abandon() {}
    }

    @Override
    public Coroutine create(Runnable body) {
        try {
            return new Continued((Object) MAKE.invokeExact(body));
        } catch (RuntimeException | Error passing) {
            throw passing;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public void suspend() {
        try {
            YIELD.invokeExact();
        } catch (RuntimeException | Error passing) {
            throw passing;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public void run(Runnable work) {
        work.run();
    }

    @Override
    public String description() {
        return "continuations";
    }
}
