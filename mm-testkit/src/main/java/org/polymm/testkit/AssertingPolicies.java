package org.polymm.testkit;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;
import org.polymm.api.Policy;

/**
 * Policies in a wrapper that checks what every call promises.
 *
 * <p>The wrapper hands on each call with views of its own. When the call has returned, they are worthless: a policy
 * that kept one and asks it again, in a later call or from elsewhere, gets a {@link KeptViewError}. And it holds each
 * answer against the rules that the role's Javadoc states, where an {@link AnswerError} says which is broken. A wrapped
 * policy can stand wherever the policy can, in a unit test or in a machine; it is slower by far.
 */
public final class AssertingPolicies {

    /** Told of every call that was answered within the rules. */
    @FunctionalInterface
    interface Listener {
        void answered(Method call, @Nullable Object[] facts, @Nullable Object answer);
    }

    private AssertingPolicies() {}

    /**
     * Wraps a policy.
     *
     * @param role its role interface, such as {@code FolioSplitPolicy.Mlock.class}
     * @param policy the policy
     * @param <P> the role
     * @return the policy, watched
     */
    public static <P extends Policy> P wrap(Class<P> role, P policy) {
        return wrap(role, policy, (call, facts, answer) -> {});
    }

    static <P extends Policy> P wrap(Class<P> role, Policy policy, Listener listener) {
        return role.cast(Proxy.newProxyInstance(
                AssertingPolicies.class.getClassLoader(), new Class<?>[] {role}, (proxy, method, arguments) -> {
                    @Nullable Object[] facts = arguments == null ? new Object[0] : arguments;
                    return method.getDeclaringClass() == Object.class
                            ? invoke(method, policy, facts)
                            : watch(method, policy, facts, listener);
                }));
    }

    private static @Nullable Object watch(Method method, Policy policy, @Nullable Object[] facts, Listener listener)
            throws Throwable {
        Validity validity = new Validity(method);
        @Nullable Object[] views = new Object[facts.length];
        Class<?>[] types = method.getParameterTypes();
        for (int i = 0; i < facts.length; i++) {
            views[i] = guard(types[i], facts[i], validity);
        }
        Object answer;
        try {
            answer = invoke(method, policy, views);
        } finally {
            validity.ended = true;
        }
        Answers.outOfRange(method, facts, answer).ifPresent(problem -> {
            throw new AnswerError(Answers.describe(method, facts, answer) + ": " + problem);
        });
        listener.answered(method, facts, answer);
        return answer;
    }

    private static @Nullable Object invoke(Method method, Object target, @Nullable Object[] arguments)
            throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static @Nullable Object guard(Class<?> type, @Nullable Object view, Validity validity) {
        boolean isView = type.isInterface() && type.getName().startsWith("org.polymm.api.");
        if (view == null || !isView) {
            return view;
        }
        return Proxy.newProxyInstance(
                AssertingPolicies.class.getClassLoader(), new Class<?>[] {type}, new Guard(type, view, validity));
    }

    /** Whether the call that a view belongs to is still going on. */
    private static final class Validity {
        final Method call;
        boolean ended;

        Validity(Method call) {
            this.call = call;
        }
    }

    private record Guard(Class<?> type, Object view, Validity validity) implements InvocationHandler {

        @Override
        public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
            @Nullable Object[] facts = arguments == null ? new Object[0] : arguments;
            if (method.getDeclaringClass() == Object.class) {
                return AssertingPolicies.invoke(method, view, facts);
            }
            if (validity.ended) {
                throw new KeptViewError("the policy asked " + type.getSimpleName() + "." + method.getName()
                        + "() of a view whose call, " + validity.call.getName()
                        + ", had returned: a view is valid during its call only");
            }
            return guard(method.getReturnType(), AssertingPolicies.invoke(method, view, facts), validity);
        }
    }
}
