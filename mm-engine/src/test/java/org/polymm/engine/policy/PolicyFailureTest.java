package org.polymm.engine.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.polymm.api.OrderSet;
import org.polymm.api.PageSpan;
import org.polymm.api.Policy;
import org.polymm.api.cow.CowSizingPolicy;
import org.polymm.api.cow.ExclusivityProof;
import org.polymm.api.plugin.Slot;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.mm.Mman;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.testpolicy.FixedPolicies;
import org.polymm.engine.testpolicy.Machines;

/** Policies that throw or answer nonsense: who is blamed, what the machine looks like afterwards, and what it does instead. */
class PolicyFailureTest {

    private static final long PAGE = Machines.PAGE;
    private static final long HUGE = 2L << 20;

    /** A method of a role that fails, and how. */
    private record Failing(Slot slot, String call, String how, Supplier<@Nullable Object> answer) {
        @Override
        public String toString() {
            return slot + " " + call + " " + how;
        }

        String problem() {
            return switch (how) {
                case "throws" -> "it threw java.lang.ArithmeticException: planted";
                case "asserts" -> "it threw java.lang.AssertionError: planted";
                case "answers null" -> "it answered null";
                default -> "its answer ";
            };
        }
    }

    /** Its other methods answer as the healthy policy does. */
    private static final class Saboteur {
        private final Policy healthy;
        int calls;

        Saboteur(FixedPolicies policies, Failing failing) {
            this.healthy = policies.policy(failing.slot());
            Class<?> role = failing.slot().role();
            policies.with(failing.slot(), (Policy) Proxy.newProxyInstance(
                    role.getClassLoader(), new Class<?>[] {role}, (proxy, method, args) -> {
                        if (method.getName().equals(failing.call())) {
                            calls++;
                            return failing.answer().get();
                        }
                        try {
                            method.setAccessible(true);
                            return method.invoke(healthy, args);
                        } catch (InvocationTargetException thrown) {
                            throw thrown.getCause();
                        }
                    }));
        }
    }

    private static Failing throwing(Slot slot, String call) {
        return new Failing(slot, call, "throws", () -> {
            throw new ArithmeticException("planted");
        });
    }

    private static Failing asserting(Slot slot, String call) {
        return new Failing(slot, call, "asserts", () -> {
            throw new AssertionError("planted");
        });
    }

    private static Failing answeringNull(Slot slot, String call) {
        return new Failing(slot, call, "answers null", () -> null);
    }

    private static Failing answering(Slot slot, String call, Object answer, String how) {
        return new Failing(slot, call, "answers " + how, () -> answer);
    }

    static Stream<Failing> failures() {
        List<Failing> all = new ArrayList<>();
        Object[][] calls = {
            {Slot.COW_SIZING_ORDERS, "candidates"},
            {Slot.COW_SIZING_ORDERS, "afterAllocationFailure"},
            {Slot.COW_SIZING_REUSE, "proof"},
            {Slot.FOLIO_SPLIT_MLOCK, "onWalk"},
            {Slot.FOLIO_SPLIT_MLOCK, "onRmapAdd"},
            {Slot.FOLIO_SPLIT_MLOCK, "onRmapRemove"},
            {Slot.FOLIO_SPLIT_BOUNDARY, "onBoundary"},
            {Slot.FOLIO_SPLIT_DEFERRED, "onCandidate"},
            {Slot.COLLAPSE_TABLE_MOVE, "onTableMove"},
            {Slot.RELOCATION, "onMove"},
        };
        for (Object[] call : calls) {
            all.add(throwing((Slot) call[0], (String) call[1]));
            all.add(answeringNull((Slot) call[0], (String) call[1]));
        }
        all.add(asserting(Slot.COW_SIZING_ORDERS, "candidates"));
        all.add(asserting(Slot.FOLIO_SPLIT_BOUNDARY, "onBoundary"));
        all.add(asserting(Slot.MAPCOUNT_FOLIO, "onMap"));
        for (String call : List.of("onMap", "onUnmap", "maybeMappedShared", "isExclusiveTo", "isPartiallyMapped")) {
            all.add(throwing(Slot.MAPCOUNT_FOLIO, call));
        }
        all.add(throwing(Slot.RELOCATION, "acceptedFlags"));
        all.add(throwing(Slot.COW_SIZING_REUSE, "reuseExtent"));
        all.add(throwing(Slot.COW_SIZING_COPY, "copyExtent"));
        all.add(throwing(Slot.COW_SIZING_COPY, "afterAllocationFailure"));
        all.add(answering(
                Slot.COW_SIZING_ORDERS, "afterAllocationFailure", OrderSet.of(2, 9), "orders that do not remain"));
        all.add(answering(Slot.COW_SIZING_REUSE, "reuseExtent", PageSpan.of(0, 100), "more than the run"));
        all.add(answering(Slot.COW_SIZING_REUSE, "reuseExtent", PageSpan.of(1, 1), "a span without the fault"));
        all.add(answering(Slot.COW_SIZING_REUSE, "reuseExtent", 0L, "no pages"));
        all.add(answering(Slot.COW_SIZING_COPY, "copyExtent", PageSpan.of(-1, 4), "what begins before the run"));
        all.add(answering(Slot.COW_SIZING_COPY, "copyExtent", PageSpan.of(0, 8), "more than the run"));
        all.add(answering(Slot.COW_SIZING_COPY, "copyExtent", PageSpan.of(0, 3), "three pages"));
        all.add(answering(Slot.COW_SIZING_COPY, "copyExtent", PageSpan.of(0, 2), "two pages"));
        all.add(answering(Slot.COW_SIZING_COPY, "copyExtent", -1L, "no span at all"));
        all.add(answering(Slot.COW_SIZING_COPY, "afterAllocationFailure", PageSpan.of(0, 4), "what failed before"));
        return all.stream();
    }

    private static FixedPolicies healthy() {
        return FixedPolicies.whole()
                .with(Slot.COW_SIZING_COPY, new FixedPolicies.RunCopy(true))
                .with(Slot.COW_SIZING_REUSE, new FixedPolicies.RunReuse(ExclusivityProof.SCHEME));
    }

    private static Machine machine(FixedPolicies policies, FailureMode mode) {
        return Machines.large(policies)
                .withThp("hugepages-16kB/enabled", "always")
                .withThp("hugepages-2048kB/enabled", "always")
                .withSafety(SafetyMode.OBSERVE, mode)
                .create();
    }

    /** Operations that together put every question; each may end with a failure, after which the machine is checked. */
    private static final class Program {
        private final Machine machine;
        private final List<PolicyFailure> failures = new ArrayList<>();
        private int parent;
        private int child;

        Program(Machine machine) {
            this.machine = machine;
        }

        void run() {
            long huge = 8 * HUGE;
            long small = 10 * HUGE + 64 * PAGE;
            long table = 12 * HUGE;
            parent = machine.spawn();
            step(() -> Machines.map(machine, parent, huge, 512));
            step(() -> machine.write(parent, huge, 1));
            step(() -> Machines.map(machine, parent, small, 64));
            for (int page = 0; page < 32; page += 4) {
                long address = small + page * PAGE;
                step(() -> machine.write(parent, address, 2));
            }
            machine.memory().buddy().failNext(2, 1);
            step(() -> machine.write(parent, small + 40 * PAGE, 3));
            step(() -> machine.mlock(parent, small, 32 * PAGE));
            step(() -> machine.mlock(parent, small + 44 * PAGE, 8 * PAGE));
            step(() -> machine.munmap(parent, small + 28 * PAGE, 4 * PAGE));
            step(() -> machine.munmap(parent, small + 25 * PAGE, 2 * PAGE));
            step(() -> child = machine.fork(parent));
            child = child == 0 ? parent + 1 : child;
            step(() -> machine.write(parent, small, 4));
            machine.memory().buddy().failNext(2, 1);
            step(() -> machine.write(child, small + 4 * PAGE, 5));
            step(() -> machine.write(child, huge + PAGE, 6));
            step(() -> machine.exit(child));
            step(() -> machine.write(parent, small + 8 * PAGE, 7));
            step(() -> machine.munmap(parent, huge + 100 * PAGE, 50 * PAGE));
            step(() -> Machines.map(machine, parent, table, 512));
            step(() -> machine.madvise(parent, table, HUGE, Mman.MADV_NOHUGEPAGE));
            step(() -> machine.write(parent, table + 7 * PAGE, 8));
            step(() -> machine.mremap(
                    parent, table, HUGE, HUGE, Mman.MREMAP_MAYMOVE | Mman.MREMAP_FIXED, table + 4 * HUGE));
            step(() -> machine.read(parent, small + 12 * PAGE));
            step(() -> machine.exit(parent));
        }

        private void step(Runnable operation) {
            try {
                operation.run();
            } catch (PolicyFailure failure) {
                failures.add(failure);
            }
            assertEquals(List.of(), machine.check());
        }
    }

    @Test
    void healthy_policies_do_not_fail_and_are_all_asked() {
        Machine machine = machine(healthy(), FailureMode.STOP);
        Program program = new Program(machine);
        program.run();
        assertEquals(List.of(), program.failures);
        for (Slot slot : List.of(
                Slot.COW_SIZING_ORDERS,
                Slot.COW_SIZING_REUSE,
                Slot.COW_SIZING_COPY,
                Slot.FOLIO_SPLIT_MLOCK,
                Slot.FOLIO_SPLIT_BOUNDARY,
                Slot.FOLIO_SPLIT_DEFERRED,
                Slot.COLLAPSE_TABLE_MOVE,
                Slot.MAPCOUNT_FOLIO,
                Slot.RELOCATION)) {
            assertTrue(machine.policies().decisions().asked(slot) > 0, slot::toString);
            assertFalse(machine.policies().decisions().hasFallenBack(slot), slot::toString);
        }
    }

    @ParameterizedTest
    @MethodSource("failures")
    void stopping_names_the_policy_and_the_call_and_leaves_the_machine_consistent(Failing failing) {
        FixedPolicies policies = healthy();
        Saboteur saboteur = new Saboteur(policies, failing);
        Machine machine = machine(policies, FailureMode.STOP);
        Program program = new Program(machine);
        program.run();
        assertEquals(1, saboteur.calls, "asked");
        assertEquals(1, program.failures.size(), () -> program.failures.toString());
        PolicyFailure failure = program.failures.getFirst();
        String role = failing.slot().role().getName();
        String call = role.substring(role.lastIndexOf('.') + 1).replace('$', '.') + "." + failing.call();
        assertEquals(call, failure.call());
        assertEquals(machine.blueprint().policies().origin(failing.slot()), failure.origin());
        assertTrue(
                message(failure)
                        .startsWith("policy " + failure.origin().id() + " (tests) failed in " + call + ": "
                                + failing.problem()),
                failure::getMessage);
        boolean threw = failing.how().equals("throws") || failing.how().equals("asserts");
        assertEquals(threw, failure.getCause() != null);
    }

    private static String message(PolicyFailure failure) {
        String message = failure.getMessage();
        assertNotNull(message);
        return message;
    }

    @ParameterizedTest
    @MethodSource("failures")
    void falling_back_takes_safe_answers_and_does_not_ask_again(Failing failing) {
        FixedPolicies policies = healthy();
        Saboteur saboteur = new Saboteur(policies, failing);
        Machine machine = machine(policies, FailureMode.FALL_BACK);
        Program program = new Program(machine);
        program.run();
        assertEquals(1, saboteur.calls, "asked");
        assertEquals(List.of(), program.failures);
        assertTrue(machine.policies().decisions().hasFallenBack(failing.slot()));
    }

    @Test
    void a_rewind_forgets_that_a_policy_failed() {
        FixedPolicies policies = healthy();
        Saboteur saboteur = new Saboteur(policies, throwing(Slot.COW_SIZING_ORDERS, "candidates"));
        Machine machine = machine(policies, FailureMode.FALL_BACK);
        var birth = machine.save();
        new Program(machine).run();
        machine.rewind(birth);
        assertFalse(machine.policies().decisions().hasFallenBack(Slot.COW_SIZING_ORDERS));
        new Program(machine).run();
        assertEquals(2, saboteur.calls);
    }

    private static String failureOf(Consumer<Sync> misdeed) {
        Sync[] sync = new Sync[1];
        FixedPolicies policies = FixedPolicies.whole().with(Slot.COW_SIZING_ORDERS, (CowSizingPolicy.Orders) fault -> {
            misdeed.accept(sync[0]);
            return OrderSet.BASE_PAGE;
        });
        Machine machine = machine(policies, FailureMode.STOP);
        sync[0] = machine.sync();
        Program program = new Program(machine);
        program.run();
        assertEquals(1, program.failures.size());
        assertEquals(0, machine.sync().heldCount());
        return message(program.failures.getFirst());
    }

    @Test
    void a_policy_that_reaches_a_scheduling_point_is_caught() {
        String message = failureOf(sync -> sync.point(Point.READ_COUNT, 1));
        assertTrue(message.contains("CowSizingPolicy.Orders.candidates' reached a scheduling point"), message);
    }

    @Test
    void a_policy_that_takes_a_lock_is_caught() {
        String message = failureOf(sync -> sync.lock(LockClass.FOLIO_LOCK, 1));
        assertTrue(message.contains("CowSizingPolicy.Orders.candidates'"), message);
    }

    @Test
    void a_policy_that_tries_a_lock_is_caught() {
        String message = failureOf(sync -> sync.tryLock(LockClass.FOLIO_LOCK, 1));
        assertTrue(message.contains("CowSizingPolicy.Orders.candidates'"), message);
    }
}
