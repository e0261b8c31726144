package org.polymm.engine.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What devices must see through their pins: part of the {@link ShadowMemory}.
 *
 * <pre>
 *   pinned private page    what the process reads there, wherever it moves the page
 *     .. then discarded    what was there at that moment, from then on a page of the device's own; of all devices that pinned it
 *   pinned shared page     what is in the object, whoever maps it
 * </pre>
 */
final class ShadowDevices {

    /** A page that no process has any more, as all devices that pinned it see it. */
    static final class Cell {
        long token;

        Cell(long token) {
            this.token = token;
        }
    }

    /** One page of a pin: at a place of a process, in an object, or a cell. */
    static final class Held {
        int mm;
        long page;
        long object;

        @Nullable
        Cell cell;

        Held copy(IdentityHashMap<Cell, Cell> cells) {
            Held copy = new Held();
            copy.mm = mm;
            copy.page = page;
            copy.object = object;
            copy.cell = cell == null ? null : cells.computeIfAbsent(cell, from -> new Cell(from.token));
            return copy;
        }

        boolean isAt(int where, long first, long end) {
            return mm == where && page >= first && page < end;
        }

        boolean sameAs(Held other) {
            Cell mine = cell;
            Cell others = other.cell;
            boolean sameCell = mine == null || others == null ? mine == others : mine.token == others.token;
            return mm == other.mm && page == other.page && object == other.object && sameCell;
        }
    }

    private final TreeMap<Integer, List<@Nullable Held>> pins = new TreeMap<>();
    private final ShadowMemory memory;

    ShadowDevices(ShadowMemory memory) {
        this.memory = memory;
    }

    /** A page of a private area was pinned: page {@code index} of a handle. */
    void pinPrivate(int handle, int index, int mm, long page) {
        Held held = new Held();
        held.mm = mm;
        held.page = page;
        put(handle, index, held);
    }

    /** A page of an object was pinned. */
    void pinShared(int handle, int index, long object, long objectPage) {
        Held held = new Held();
        held.object = object;
        held.page = objectPage;
        put(handle, index, held);
    }

    private void put(int handle, int index, Held held) {
        List<@Nullable Held> pages = pins.computeIfAbsent(handle, key -> new ArrayList<>());
        while (pages.size() <= index) {
            pages.add(null);
        }
        pages.set(index, held);
    }

    void release(int handle) {
        pins.remove(handle);
    }

    void releaseAll(IntPredicate isLive) {
        pins.keySet().removeIf(handle -> !isLive.test(handle));
    }

    /** A device wrote. Returns whether the page is one that is kept track of. */
    boolean write(int handle, int index, long token) {
        Held held = held(handle, index);
        if (held == null) {
            return false;
        }
        Cell cell = held.cell;
        if (cell != null) {
            cell.token = token;
        } else if (held.object != 0) {
            memory.writeObject(held.object, held.page, token);
        } else {
            memory.writeByDevice(held.mm, held.page, token);
        }
        return true;
    }

    private @Nullable Held held(int handle, int index) {
        List<@Nullable Held> pages = pins.get(handle);
        return pages == null || index >= pages.size() ? null : pages.get(index);
    }

    private long read(Held held) {
        Cell cell = held.cell;
        if (cell != null) {
            return cell.token;
        }
        return held.object != 0 ? memory.readObject(held.object, held.page) : memory.read(held.mm, held.page);
    }

    /** A process gives up pages: who pinned them keeps them as they are. To be told before they are forgotten. */
    void leave(int mm, long first, long end) {
        Map<Long, Cell> cells = new HashMap<>();
        for (Held held : all()) {
            if (held.isAt(mm, first, end)) {
                held.cell = cells.computeIfAbsent(held.page, page -> new Cell(memory.read(mm, page)));
                held.mm = 0;
            }
        }
    }

    /** An object begins anew; its old pages belong to nobody but devices. */
    void leaveObject(long object) {
        Map<Long, Cell> cells = new HashMap<>();
        for (Held held : all()) {
            if (held.object == object) {
                held.cell = cells.computeIfAbsent(held.page, page -> new Cell(memory.readObject(object, page)));
                held.object = 0;
            }
        }
    }

    /** A page of an object is the object's no more. */
    void leaveObjectPage(long object, long page) {
        Cell cell = null;
        for (Held held : all()) {
            if (held.object == object && held.page == page) {
                cell = cell == null ? new Cell(memory.readObject(object, page)) : cell;
                held.cell = cell;
                held.object = 0;
            }
        }
    }

    /** Pages of a process are about to move. Returns those that devices hold, which are nowhere until {@link #arrive}. */
    List<Held> depart(int mm, long first, long end) {
        List<Held> moving = new ArrayList<>();
        for (Held held : all()) {
            if (held.isAt(mm, first, end)) {
                held.mm = 0;
                moving.add(held);
            }
        }
        return moving;
    }

    void arrive(List<Held> moving, int mm, long distance) {
        for (Held held : moving) {
            held.mm = mm;
            held.page += distance;
        }
    }

    private List<Held> all() {
        List<Held> all = new ArrayList<>();
        for (List<@Nullable Held> pages : pins.values()) {
            for (Held held : pages) {
                if (held != null && held.cell == null) {
                    all.add(held);
                }
            }
        }
        return all;
    }

    /** Sees a page that a device holds. */
    interface Visitor {
        /**
         * Sees one.
         *
         * @param mm the process that still has it; 0 if none
         * @param page where; meaningless without a process
         * @param token what the device must read
         */
        void see(int handle, int index, int mm, long page, long token);
    }

    void forEach(Visitor visitor) {
        pins.forEach((handle, pages) -> {
            for (int index = 0; index < pages.size(); index++) {
                Held held = pages.get(index);
                if (held != null) {
                    visitor.see(handle, index, held.mm, held.page, read(held));
                }
            }
        });
    }

    Map<Integer, List<@Nullable Held>> capture() {
        return copy(pins);
    }

    void restore(Map<Integer, List<@Nullable Held>> saved) {
        pins.clear();
        pins.putAll(copy(saved));
    }

    boolean differs(Map<Integer, List<@Nullable Held>> saved) {
        if (!pins.keySet().equals(saved.keySet())) {
            return true;
        }
        for (Map.Entry<Integer, List<@Nullable Held>> entry : pins.entrySet()) {
            List<@Nullable Held> now = entry.getValue();
            List<@Nullable Held> then = saved.getOrDefault(entry.getKey(), List.of());
            for (int index = 0; index < now.size(); index++) {
                Held a = now.get(index);
                Held b = index < then.size() ? then.get(index) : null;
                if (a == null || b == null ? a != b : !a.sameAs(b)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static Map<Integer, List<@Nullable Held>> copy(Map<Integer, List<@Nullable Held>> from) {
        IdentityHashMap<Cell, Cell> cells = new IdentityHashMap<>();
        Map<Integer, List<@Nullable Held>> copies = new TreeMap<>();
        from.forEach((handle, pages) -> {
            List<@Nullable Held> copied = new ArrayList<>();
            for (Held held : pages) {
                copied.add(held == null ? null : held.copy(cells));
            }
            copies.put(handle, copied);
        });
        return copies;
    }
}
