package org.polymm.engine.check;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.state.Stateful;

/**
 * What every process must read at every address, kept the slow and obvious way.
 *
 * <p>One 64-bit token stands for the contents of a page; 0 is a page of zeroes. The model knows nothing of folios, sharing or page tables:
 * a process has areas, private pages that were written since, and objects behind shared areas and files.
 *
 * <pre>
 *   area [0x40, 0x50) private, no object      page 0x42 written: private[0x42] = token, all others read 0
 *   area [0x60, 0x70) private, of file 3      page not written: reads the file's page; written: the private copy
 *   area [0x80, 0x90) shared, of object 7     reads and writes go to the object, whoever maps it
 * </pre>
 *
 * <p>Slow on purpose, and only there when a machine is checked after every operation.
 */
public final class ShadowMemory implements Stateful {

    /**
     * A run of pages with one kind of backing.
     *
     * @param end the page after the last
     * @param shared whether writes go to the object
     * @param object what is behind it; 0 for anonymous private memory
     * @param objectPage which page of the object the area begins with
     */
    private record Area(long end, boolean shared, long object, long objectPage) {}

    private static final class Memory {
        final NavigableMap<Long, Area> areas = new TreeMap<>();
        final Map<Long, Long> written = new TreeMap<>();
        /** Pages that MADV_FREE gave up: they read as before, or as zeroes from some moment on, until written. */
        final TreeSet<Long> freed = new TreeSet<>();

        Memory copy() {
            Memory copy = new Memory();
            copy.areas.putAll(areas);
            copy.written.putAll(written);
            copy.freed.addAll(freed);
            return copy;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Memory process
                    && areas.equals(process.areas)
                    && written.equals(process.written)
                    && freed.equals(process.freed);
        }

        @Override
        public int hashCode() {
            return areas.hashCode() * 31 + written.hashCode();
        }
    }

    private record Saved(
            Map<Integer, Memory> processes,
            Map<Long, Map<Long, Long>> objects,
            Map<Integer, List<ShadowDevices.@Nullable Held>> devices) {}

    private final Map<Integer, Memory> processes = new HashMap<>();
    private final Map<Long, Map<Long, Long>> objects = new HashMap<>();
    private final ShadowDevices devices = new ShadowDevices(this);

    /**
     * An empty model.
     *
     * @param space saves and rewinds it with the machine
     */
    public ShadowMemory(StateSpace space) {
        space.register(this);
    }

    /**
     * A process begins, without any area.
     *
     * @param mm its address space
     */
    public void begin(int mm) {
        processes.put(mm, new Memory());
    }

    /**
     * A process ends.
     *
     * @param mm its address space
     */
    public void end(int mm) {
        devices.leave(mm, 0, Long.MAX_VALUE);
        processes.remove(mm);
    }

    /**
     * A process forks: the child reads what the parent reads.
     *
     * @param parent the parent's address space
     * @param child the child's
     */
    public void fork(int parent, int child) {
        processes.put(child, process(parent).copy());
    }

    /**
     * An area is mapped in place of what was there.
     *
     * @param mm the address space
     * @param first its first page number
     * @param pages its length
     * @param shared whether writes go to the object
     * @param object what is behind it; 0 for anonymous private memory
     * @param objectPage which page of the object it begins with
     */
    public void map(int mm, long first, long pages, boolean shared, long object, long objectPage) {
        unmap(mm, first, pages);
        process(mm).areas.put(first, new Area(first + pages, shared, object, objectPage));
    }

    /**
     * An object begins anew, all zeroes: its number may have been another's.
     *
     * @param object the object
     */
    public void renew(long object) {
        devices.leaveObject(object);
        objects.remove(object);
    }

    /**
     * A page of an object is all zeroes from now on.
     *
     * @param object the object
     * @param objectPage the page
     * @param inPlace whether it is still the page that devices have pinned; if not, they keep what is in theirs
     */
    public void punch(long object, long objectPage, boolean inPlace) {
        if (!inPlace) {
            devices.leaveObjectPage(object, objectPage);
        }
        Map<Long, Long> pages = objects.get(object);
        if (pages != null) {
            pages.remove(objectPage);
        }
    }

    /**
     * A page of an object is written, not through a mapping.
     *
     * @param object the object
     * @param objectPage the page
     * @param token what it holds from now on
     */
    public void writeObject(long object, long objectPage, long token) {
        objects.computeIfAbsent(object, key -> new TreeMap<>()).put(objectPage, token);
    }

    /**
     * A range is unmapped.
     *
     * @param mm the address space
     * @param first its first page number
     * @param pages its length
     */
    public void unmap(int mm, long first, long pages) {
        Memory process = process(mm);
        long end = first + pages;
        devices.leave(mm, first, end);
        cutAt(process, first);
        cutAt(process, end);
        process.areas.subMap(first, end).clear();
        forget(process, first, end);
    }

    /**
     * The private pages of a range are thrown away: MADV_DONTNEED, or a range wiped in a forked child.
     *
     * @param mm the address space
     * @param first its first page number
     * @param pages its length
     */
    public void discard(int mm, long first, long pages) {
        devices.leave(mm, first, first + pages);
        forget(process(mm), first, first + pages);
    }

    /**
     * The private pages of a range may be thrown away at any moment until they are written again: MADV_FREE.
     *
     * @param mm the address space
     * @param first its first page number
     * @param pages its length
     */
    public void mayDiscard(int mm, long first, long pages) {
        Memory process = process(mm);
        process.freed.addAll(((TreeMap<Long, Long>) process.written)
                .subMap(first, first + pages)
                .keySet());
    }

    /**
     * Whether a page may have been thrown away.
     *
     * @param mm the address space
     * @param page the page number
     * @return whether it may
     */
    public boolean mayBeGone(int mm, long page) {
        return process(mm).freed.contains(page);
    }

    /**
     * A page that might be thrown away was found to be gone: it reads as zeroes from now on.
     *
     * @param mm the address space
     * @param page the page number
     * @return false if it must not be gone
     */
    public boolean wasDiscarded(int mm, long page) {
        Memory process = process(mm);
        boolean freed = process.freed.remove(page);
        if (freed) {
            process.written.put(page, 0L);
        }
        return freed;
    }

    /**
     * A range moves. Holes in it stay holes only if there was nothing at their new place.
     *
     * @param mm the address space
     * @param from its first page number
     * @param to where it goes; the old and new ranges do not overlap
     * @param pages its length
     * @param keepArea whether the old place stays mapped, emptied of its private pages
     */
    public void move(int mm, long from, long to, long pages, boolean keepArea) {
        Memory process = process(mm);
        long end = from + pages;
        cutAt(process, from);
        cutAt(process, end);
        List<ShadowDevices.Held> held = devices.depart(mm, from, end);
        NavigableMap<Long, Area> moved = new TreeMap<>(process.areas.subMap(from, end));
        Map<Long, Long> pagesMoved = new TreeMap<>();
        TreeSet<Long> freedMoved = new TreeSet<>();
        for (long page = from; page < end; page++) {
            Long token = process.written.get(page);
            if (token != null) {
                pagesMoved.put(page - from + to, token);
            }
            if (process.freed.contains(page)) {
                freedMoved.add(page - from + to);
            }
        }
        if (keepArea) {
            forget(process, from, end);
        } else {
            unmap(mm, from, pages);
        }
        moved.forEach((start, area) -> {
            long first = start - from + to;
            unmap(mm, first, area.end() - start);
            process.areas.put(first, new Area(area.end() - from + to, area.shared(), area.object(), area.objectPage()));
        });
        process.written.putAll(pagesMoved);
        process.freed.addAll(freedMoved);
        devices.arrive(held, mm, to - from);
    }

    /**
     * A process writes a page.
     *
     * @param mm the address space
     * @param page a mapped page number
     * @param token the new contents
     */
    public void write(int mm, long page, long token) {
        Memory process = process(mm);
        Area area = areaOf(mm, process, page);
        if (area.shared()) {
            writeObject(area.object(), objectPage(process, area, page), token);
        } else {
            process.written.put(page, token);
            process.freed.remove(page);
        }
    }

    /** As {@link #write}, without the entry's dirty bit: what MADV_FREE gave up may be thrown away all the same. */
    void writeByDevice(int mm, long page, long token) {
        boolean freed = mayBeGone(mm, page);
        write(mm, page, token);
        if (freed) {
            process(mm).freed.add(page);
        }
    }

    /**
     * A process has a copy of its own of a page, whether or not it wrote anything: a store fault without contents, or populating for
     * writing. What becomes of the file is nothing to it any more.
     *
     * @param mm the address space
     * @param page a mapped page number
     */
    public void settle(int mm, long page) {
        Memory process = process(mm);
        Area area = areaOf(mm, process, page);
        if (!area.shared() && area.object() != 0) {
            process.written.putIfAbsent(page, read(mm, page));
        }
    }

    /**
     * What a process must read.
     *
     * @param mm the address space
     * @param page a mapped page number
     * @return the contents
     */
    public long read(int mm, long page) {
        Memory process = process(mm);
        Area area = areaOf(mm, process, page);
        Long own = process.written.get(page);
        if (own != null) {
            return own;
        }
        if (area.object() == 0) {
            return 0;
        }
        return readObject(area.object(), objectPage(process, area, page));
    }

    /**
     * Whether a page belongs to an area.
     *
     * @param mm the address space
     * @param page a page number
     * @return whether it is mapped
     */
    public boolean isMapped(int mm, long page) {
        Memory process = processes.get(mm);
        return process != null && covering(process, page) != null;
    }

    /** {@return what devices must see through their pins} */
    ShadowDevices devices() {
        return devices;
    }

    /**
     * A page was pinned: page {@code index} of a handle. From now on the device and the process see the same there, until the process gives
     * the page up.
     *
     * @param handle the pin
     * @param index which of its pages
     * @param mm the address space it was pinned through
     * @param page the page number
     */
    public void pinned(int handle, int index, int mm, long page) {
        Memory process = process(mm);
        Area area = areaOf(mm, process, page);
        if (area.shared()) {
            devices.pinShared(handle, index, area.object(), objectPage(process, area, page));
        } else {
            devices.pinPrivate(handle, index, mm, page);
        }
    }

    /**
     * A pin was given back.
     *
     * @param handle the pin
     */
    public void released(int handle) {
        devices.release(handle);
    }

    /**
     * Pins were given back, nobody says which.
     *
     * @param isLive which handles are still there
     */
    public void releasedAllBut(IntPredicate isLive) {
        devices.releaseAll(isLive);
    }

    /**
     * A device writes a page that it pinned.
     *
     * @param handle the pin
     * @param index which of its pages
     * @param token the new contents
     * @throws IllegalStateException if it pinned no such page
     */
    public void deviceWrites(int handle, int index, long token) {
        if (!devices.write(handle, index, token)) {
            throw new IllegalStateException("shadow contents know no page " + index + " of pin " + handle);
        }
    }

    long readObject(long object, long objectPage) {
        Map<Long, Long> pages = objects.get(object);
        Long token = pages == null ? null : pages.get(objectPage);
        return token == null ? 0 : token;
    }

    /** Sees a page and what must be read there. */
    @FunctionalInterface
    public interface PageVisitor {
        /**
         * Sees one.
         *
         * @param page the page number
         * @param token what the process must read there
         */
        void see(long page, long token);
    }

    /**
     * Visits the private pages that a process wrote.
     *
     * @param mm the address space
     * @param visitor sees them in the order of their numbers
     */
    public void forEachWritten(int mm, PageVisitor visitor) {
        process(mm).written.forEach(visitor::see);
    }

    private Memory process(int mm) {
        Memory process = processes.get(mm);
        if (process == null) {
            throw new IllegalStateException("shadow contents know no address space " + mm);
        }
        return process;
    }

    private static Map.@Nullable Entry<Long, Area> covering(Memory process, long page) {
        Map.Entry<Long, Area> entry = process.areas.floorEntry(page);
        return entry != null && page < entry.getValue().end() ? entry : null;
    }

    private static Area areaOf(int mm, Memory process, long page) {
        Map.Entry<Long, Area> entry = covering(process, page);
        if (entry == null) {
            throw new IllegalStateException(
                    "shadow contents: page 0x" + Long.toHexString(page) + " of address space " + mm + " is not mapped");
        }
        return entry.getValue();
    }

    private static long objectPage(Memory process, Area area, long page) {
        Map.Entry<Long, Area> entry = covering(process, page);
        return area.objectPage() + page - (entry == null ? page : entry.getKey());
    }

    private static void cutAt(Memory process, long page) {
        Map.Entry<Long, Area> entry = covering(process, page);
        if (entry != null && entry.getKey() < page) {
            Area area = entry.getValue();
            process.areas.put(entry.getKey(), new Area(page, area.shared(), area.object(), area.objectPage()));
            process.areas.put(
                    page,
                    new Area(area.end(), area.shared(), area.object(), area.objectPage() + page - entry.getKey()));
        }
    }

    private static void forget(Memory process, long first, long end) {
        ((TreeMap<Long, Long>) process.written).subMap(first, end).clear();
        process.freed.subSet(first, end).clear();
    }

    @Override
    public String name() {
        return "shadow contents";
    }

    @Override
    public Object capture() {
        return new Saved(copyOf(processes), copyOfObjects(objects), devices.capture());
    }

    @Override
    public void restore(Object captured) {
        Saved saved = (Saved) captured;
        processes.clear();
        processes.putAll(copyOf(saved.processes()));
        objects.clear();
        objects.putAll(copyOfObjects(saved.objects()));
        devices.restore(saved.devices());
    }

    @Override
    public @Nullable String difference(Object captured) {
        Saved saved = (Saved) captured;
        boolean same = processes.equals(saved.processes())
                && objects.equals(saved.objects())
                && !devices.differs(saved.devices());
        return same ? null : "shadow contents differ";
    }

    private static Map<Integer, Memory> copyOf(Map<Integer, Memory> from) {
        Map<Integer, Memory> copy = new HashMap<>();
        from.forEach((mm, process) -> copy.put(mm, process.copy()));
        return copy;
    }

    private static Map<Long, Map<Long, Long>> copyOfObjects(Map<Long, Map<Long, Long>> from) {
        Map<Long, Map<Long, Long>> copy = new HashMap<>();
        from.forEach((object, pages) -> copy.put(object, new TreeMap<>(pages)));
        return copy;
    }
}
