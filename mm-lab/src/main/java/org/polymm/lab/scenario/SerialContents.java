package org.polymm.lab.scenario;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.mm.Mman;
import org.polymm.lab.program.Action;
import org.polymm.lab.program.Operation;
import org.polymm.lab.program.UnmetException;
import org.polymm.lab.simulator.SimulatorSubject;

/**
 * What pages may hold when all tasks have ended: what some order of their calls, one after the other, would leave there. A page that holds
 * something else has lost what was written to it, or shows what is another's.
 *
 * <p>Pages are looked at one by one: a call on several pages may take effect on them at different times, and the kernel promises no more. The
 * orders are run on the machine itself, so that the policies are the same; whether an order breaks anything else is not asked here.
 */
final class SerialContents {

    /** More orders are not run, and contents then not looked at. */
    private static final int MOST_ORDERS = 1000;

    private final SimulatorSubject subject;
    private final List<Item.Task> tasks;
    private final Names names;
    private final long base;
    private final int pages;
    private final boolean isTold;
    private final Map<Long, TreeSet<Long>> allowed = new HashMap<>();

    /** Runs the orders, and leaves the machine as it was. */
    SerialContents(Scenario scenario, SimulatorSubject subject, List<Item.Task> tasks) {
        this.subject = subject;
        this.tasks = tasks;
        names = scenario.names();
        base = scenario.window().base();
        pages = scenario.window().pages();
        isTold = orders() <= MOST_ORDERS && tasks.stream().noneMatch(SerialContents::leavesItToReclaim);
        if (isTold) {
            Object start = subject.save();
            run(start, new ArrayList<>(), new int[tasks.size()]);
            subject.rewind(start);
        }
    }

    /** What MADV_FREE was said of may be there or not. */
    private static boolean leavesItToReclaim(Item.Task task) {
        return task.acts().stream()
                .map(Item.Act::operation)
                .anyMatch(o -> o.action() == Action.MADVISE && o.c() == Mman.MADV_FREE);
    }

    private long orders() {
        double orders = 1;
        int done = 0;
        for (Item.Task task : tasks) {
            for (int call = 1; call <= task.acts().size(); call++) {
                done++;
                orders = orders * done / call;
            }
        }
        return Math.round(Math.min(orders, Integer.MAX_VALUE));
    }

    /** Runs every order that begins with the given calls. */
    private void run(Object start, List<Operation> before, int[] next) {
        boolean isWhole = true;
        for (int task = 0; task < next.length; task++) {
            List<Item.Act> acts = tasks.get(task).acts();
            if (next[task] < acts.size()) {
                isWhole = false;
                before.add(acts.get(next[task]).operation());
                next[task]++;
                run(start, before, next);
                next[task]--;
                before.removeLast();
            }
        }
        if (isWhole) {
            subject.rewind(start);
            try {
                for (Operation operation : before) {
                    subject.perform(operation);
                }
            } catch (RuntimeException | UnmetException _) {
                // In this order a call would wait for one that comes later, or names what is not there yet: it is none
                // of them.
                return;
            }
            learn();
        }
    }

    private void learn() {
        for (int process = 0; process < subject.processEnd(); process++) {
            for (int page = 0; subject.mm(process) != 0 && page < pages; page++) {
                allowed.computeIfAbsent(key(process, page), _ -> new TreeSet<>())
                        .add(word(process, page));
            }
        }
    }

    private static long key(int process, int page) {
        return (long) process << 32 | page;
    }

    private long word(int process, int page) {
        return subject.word(process, base + page * Operation.PAGE);
    }

    /** {@return what is wrong with the contents of some page; null if nothing is} */
    @Nullable
    String wrong() {
        if (!isTold) {
            return null;
        }
        for (int process = 0; process < subject.processEnd(); process++) {
            for (int page = 0; subject.mm(process) != 0 && page < pages; page++) {
                TreeSet<Long> may = allowed.get(key(process, page));
                if (may == null || may.contains(SimulatorSubject.UNKNOWN)) {
                    continue;
                }
                long word = word(process, page);
                if (word != SimulatorSubject.UNKNOWN && !may.contains(word)) {
                    return names.process(process) + "." + names.page(base + page * Operation.PAGE) + " holds "
                            + text(word) + "; whatever the order of the calls, one after the other, it holds "
                            + String.join(
                                    " or ",
                                    may.stream().map(SerialContents::text).toList());
                }
            }
        }
        return null;
    }

    private static String text(long word) {
        return word == SimulatorSubject.NOTHING ? "nothing" : Long.toString(word);
    }
}
