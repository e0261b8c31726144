package org.polymm.lab.explore;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Sync;

/**
 * Watches the order in which the tasks of a run take locks of one class, one inside the other. {@link Sync} sees to the order between classes,
 * so a cycle can only be one between the objects of a class, and it takes two tasks to make one.
 *
 * <pre>
 *   A holds PTL 7, waits for PTL 8      7 -&gt; 8
 *   B holds PTL 8, waits for PTL 7      8 -&gt; 7      a cycle, although A and B have not met
 * </pre>
 *
 * <p>Two chains that lie inside one and the same lock cannot meet, and make no cycle. One run is looked at at a time: objects are named by
 * handles, and a handle can mean something else in the next.
 */
final class LockOrder {

    /** One lock waited for while another is held; {@code gates} are the locks held exclusively besides. */
    private record Edge(int task, long from, long to, Set<Long> gates, Set<Long> all, String chain) {

        boolean mayMeet(Edge other) {
            return task != other.task
                    && gates.stream().noneMatch(other.all::contains)
                    && other.gates.stream().noneMatch(all::contains);
        }
    }

    private final boolean isOn;
    private final List<Edge> edges = new ArrayList<>();

    LockOrder(boolean isOn) {
        this.isOn = isOn;
    }

    void begin() {
        if (!edges.isEmpty()) {
            edges.clear();
        }
    }

    /** A task is about to wait for a lock. */
    void waits(int task, Execution run, Sync sync, LockClass lockClass, int id) {
        if (isOn && sync.holdsClass(lockClass)) {
            long to = Sync.lockObject(lockClass, id);
            sync.forEachHeld((of, mode, held) -> {
                if (of == lockClass) {
                    add(
                            Sync.lockObject(of, held),
                            to,
                            task,
                            run,
                            sync,
                            lockClass + " of " + lockClass.idName() + " " + id);
                }
            });
        }
    }

    private void add(long from, long to, int task, Execution run, Sync sync, String taken) {
        for (Edge edge : edges) {
            if (edge.task == task && edge.from == from && edge.to == to) {
                return;
            }
        }
        Set<Long> gates = new HashSet<>();
        Set<Long> all = new HashSet<>();
        sync.forEachHeld((of, mode, held) -> {
            long lock = Sync.lockObject(of, held);
            if (lock != from) {
                all.add(lock);
                if (mode == Sync.WRITE) {
                    gates.add(lock);
                }
            }
        });
        String chain = run.taskName(task) + ", in '" + run.currentCall(task) + "', holds " + run.held(task)
                + " and takes " + taken;
        edges.add(new Edge(task, from, to, gates, all, chain));
    }

    /** Looks for a cycle in what was seen in the run. */
    @Nullable
    String cycle() {
        if (edges.size() < 2) {
            return null;
        }
        List<Edge> path = new ArrayList<>();
        for (Edge edge : edges) {
            path.add(edge);
            if (closes(path)) {
                StringBuilder text = new StringBuilder("tasks that meet here wait for each other for ever");
                path.forEach(each -> text.append("\n  ").append(each.chain));
                return text.toString();
            }
            path.clear();
        }
        return null;
    }

    private boolean closes(List<Edge> path) {
        long at = path.getLast().to;
        if (at == path.getFirst().from && path.size() > 1) {
            return true;
        }
        for (Edge edge : edges) {
            if (edge.from == at && path.stream().allMatch(edge::mayMeet)) {
                path.add(edge);
                if (closes(path)) {
                    return true;
                }
                path.removeLast();
            }
        }
        return false;
    }
}
