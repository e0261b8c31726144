package org.polymm.lab.replay;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.polymm.lab.trace.AreaKind;
import org.polymm.lab.trace.TraceCursor;
import org.polymm.lab.trace.TraceEvent;
import org.polymm.lab.trace.TraceField;

/**
 * The smallest model of memory that can be compared with a snapshot: for every process its areas, and for every private
 * page whether it is there and how often it is mapped. No folios, no page tables, no policies. It exists to find mistakes
 * of the importer without any help of the engine.
 */
final class ReferenceModel {
    private static final int READ = 1;
    private static final int WRITE = 2;
    private static final int MAP_SHARED = 1;
    private static final int MAP_ANONYMOUS = 0x20;
    private static final int MAP_GROWSDOWN = 0x100;
    private static final int CLONE_VM = 0x100;

    /** A range of pages with one meaning. */
    private record Area(long end, long protection, boolean shared, boolean anonymous, boolean growsDown) {
        Area endingAt(long newEnd) {
            return new Area(newEnd, protection, shared, anonymous, growsDown);
        }
    }

    /** A private page; the zero page is one that is never mapped "once". */
    private static final class Page {
        int mappings;
        final boolean zero;

        Page(boolean zero) {
            this.zero = zero;
        }
    }

    private static final class Space {
        int users = 1;
        long brk;
        final TreeMap<Long, Area> areas = new TreeMap<>();
        final TreeMap<Long, Page> pages = new TreeMap<>();
    }

    private final Map<Integer, Space> spaces = new HashMap<>();
    private long badFaults;

    /** Applies the cursor's event. */
    void apply(TraceCursor cursor) {
        TraceEvent event = cursor.event();
        int process = event.process();
        if (event.kind().has(TraceField.RESULT) || event.kind().has(TraceField.RESULT_ADDRESS)) {
            if (event.failed()) {
                return;
            }
        }
        switch (event.kind()) {
            case PROCESS -> spaces.put(process, new Space());
            case EXEC -> {
                leave(process);
                spaces.put(process, new Space());
            }
            case FORK -> fork(process, event.getInt(TraceField.CHILD), event.get(TraceField.FLAGS));
            case PROCESS_EXIT -> {
                leave(process);
                spaces.remove(process);
            }
            case INITIAL_MAP -> map(space(process), event.address(), event);
            case MMAP -> map(space(process), event.result(), event);
            case MUNMAP -> unmap(space(process), event.address(), pageEnd(event.address() + event.length()));
            case MREMAP -> remap(space(process), event);
            case MPROTECT -> protect(space(process), event);
            case BRK -> brk(space(process), event.result());
            case MADVISE -> {
                if (event.get(TraceField.ADVICE) == 4) {
                    drop(space(process), event.address(), pageEnd(event.address() + event.length()));
                }
            }
            case FAULT -> fault(space(process), event.address(), event.getInt(TraceField.ERROR_CODE));
            default -> {
                // The other events do not change which pages are there.
            }
        }
    }

    /** Page number to "exclusively mapped", for every present private page of the process inside an area. */
    TreeMap<Long, Boolean> anonymous(int process) {
        TreeMap<Long, Boolean> result = new TreeMap<>();
        space(process).pages.forEach((number, page) -> result.put(number, !page.zero && page.mappings == 1));
        return result;
    }

    /** Faults that no area explains: the program got a signal. */
    long badFaults() {
        return badFaults;
    }

    private Space space(int process) {
        Space space = spaces.get(process);
        if (space == null) {
            throw new IllegalStateException("process " + process + " has no address space");
        }
        return space;
    }

    private void leave(int process) {
        Space space = space(process);
        if (--space.users == 0) {
            drop(space, 0, Long.MAX_VALUE);
        }
    }

    private void fork(int parent, int child, long flags) {
        Space from = space(parent);
        if ((flags & CLONE_VM) != 0) {
            from.users++;
            spaces.put(child, from);
            return;
        }
        Space to = new Space();
        to.brk = from.brk;
        to.areas.putAll(from.areas);
        from.pages.forEach((number, page) -> {
            page.mappings++;
            to.pages.put(number, page);
        });
        spaces.put(child, to);
    }

    private void map(Space space, long start, TraceEvent event) {
        long flags = event.get(TraceField.FLAGS);
        long end = pageEnd(start + event.length());
        // The kernel's own pages (vdso, vvar) are like a file's: never private to a process.
        boolean kernels =
                event.kind().has(TraceField.AREA) && event.getInt(TraceField.AREA) == AreaKind.KERNEL.ordinal();
        boolean shared = kernels || (flags & MAP_SHARED) != 0;
        unmap(space, start, end);
        space.areas.put(
                start,
                new Area(
                        end,
                        event.get(TraceField.PROT),
                        shared,
                        (flags & MAP_ANONYMOUS) != 0,
                        (flags & MAP_GROWSDOWN) != 0));
    }

    private void unmap(Space space, long start, long end) {
        cut(space, start);
        cut(space, end);
        space.areas.subMap(start, end).clear();
        drop(space, start, end);
    }

    private void cut(Space space, long at) {
        Map.Entry<Long, Area> below = space.areas.lowerEntry(at);
        if (below != null && below.getValue().end > at) {
            space.areas.put(below.getKey(), below.getValue().endingAt(at));
            space.areas.put(at, below.getValue());
        }
    }

    private void drop(Space space, long start, long end) {
        Map<Long, Page> range = space.pages.subMap(start >> 12, end >> 12);
        range.values().forEach(page -> page.mappings--);
        range.clear();
    }

    private void protect(Space space, TraceEvent event) {
        long start = event.address();
        long end = pageEnd(start + event.length());
        cut(space, start);
        cut(space, end);
        space.areas
                .subMap(start, end)
                .replaceAll((at, area) ->
                        new Area(area.end, event.get(TraceField.PROT), area.shared, area.anonymous, area.growsDown));
    }

    private void brk(Space space, long end) {
        if (space.brk != 0 && end > space.brk) {
            space.areas.put(pageEnd(space.brk), new Area(pageEnd(end), READ | WRITE, false, true, false));
        } else if (space.brk != 0 && end < space.brk) {
            unmap(space, pageEnd(end), pageEnd(space.brk));
        }
        space.brk = end;
    }

    private void remap(Space space, TraceEvent event) {
        long from = event.address();
        long oldEnd = pageEnd(from + event.length());
        long to = event.result();
        long newEnd = pageEnd(to + event.get(TraceField.NEW_LENGTH));
        Area area = space.areas.floorEntry(from).getValue();
        TreeMap<Long, Page> moved = new TreeMap<>();
        space.pages.subMap(from >> 12, oldEnd >> 12).forEach((number, page) -> {
            long address = to + (number << 12) - from;
            if (address < newEnd) {
                page.mappings++;
                moved.put(address >> 12, page);
            }
        });
        unmap(space, from, oldEnd);
        unmap(space, to, newEnd);
        space.areas.put(to, area.endingAt(newEnd));
        space.pages.putAll(moved);
    }

    private void fault(Space space, long address, int error) {
        boolean write = (error & TraceEvent.FAULT_WRITE) != 0;
        Map.Entry<Long, Area> entry = space.areas.floorEntry(address);
        Area area = entry == null || entry.getValue().end <= address ? stackBelow(space, address) : entry.getValue();
        if (area == null || (area.protection & (write ? WRITE : READ)) == 0) {
            badFaults++;
        } else if (!area.shared && (write || area.anonymous)) {
            Page old = space.pages.get(address >> 12);
            if (old == null || write && (old.zero || old.mappings > 1)) {
                Page page = new Page(!write);
                page.mappings = 1;
                space.pages.put(address >> 12, page);
                if (old != null) {
                    old.mappings--;
                }
            }
        }
    }

    private static @Nullable Area stackBelow(Space space, long address) {
        Map.Entry<Long, Area> above = space.areas.ceilingEntry(address);
        if (above == null || !above.getValue().growsDown) {
            return null;
        }
        space.areas.remove(above.getKey());
        space.areas.put(address & -4096L, above.getValue());
        return above.getValue();
    }

    private static long pageEnd(long address) {
        return address + 4095 & -4096L;
    }
}
