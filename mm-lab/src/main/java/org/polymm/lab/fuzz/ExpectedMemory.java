package org.polymm.lab.fuzz;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.check.Invariant;
import org.polymm.engine.check.Violation;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.mm.Mman;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.state.Errno;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;
import org.polymm.lab.program.Action;
import org.polymm.lab.program.Operation;
import org.polymm.lab.program.Outcome;

/**
 * What every process must read in the window: the model of {@link org.polymm.engine.check.ShadowMemory} in flat arrays, for runs in which a
 * million operations a second are held against it.
 *
 * <p>Like that model it knows no folios and no sharing: a page of a process is unmapped, private, or a page of an object, and a private page
 * that was written since has a token of its own. It looks at VMAs, which are checked by other means, where a call may have come only half
 * way; and at page tables for one thing: whether a private page of a file was copied before the file changes.
 */
final class ExpectedMemory {

    private static final long PAGE = Operation.PAGE;

    // What is behind a page: a kind, two flags, and for the kinds of an object its number and the page of it.
    private static final long UNMAPPED = 0;
    private static final long PRIVATE = 1;
    private static final long PRIVATE_OF_OBJECT = 2;
    private static final long SHARED_OF_OBJECT = 3;
    /** Mapped by a call that failed half way: contents are not known. */
    private static final long UNKNOWN = 4;

    private static final long KIND = 7;
    /** The process has a page of its own, with a token of its own. */
    private static final long OWNED = 1 << 3;
    /** The page may read as zeroes as well: MADV_FREE. */
    private static final long MAY_BE_ZERO = 1 << 4;

    private static final int OBJECT_SHIFT = 8;
    private static final int OBJECT_MASK = 0xff_ffff;
    private static final int PAGE_SHIFT = 32;

    private final Machine machine;
    private final AddressSpaces spaces;
    private final VmaTable vmas;
    private final PageTables tables;
    private final long base;
    private final int pages;
    private final int objectPages;
    private final long[] behind;
    private final long[] own;
    private final long[] movedBehind;
    private final long[] movedOwn;
    private final int[] mms;
    private final int[] fileObjects = new int[16];
    private int[] objectOfHandle = new int[16];
    private long[][] objects = new long[0][];
    private int objectCount;
    private boolean privateFiles;
    private final ExpectedPins pins = new ExpectedPins(this::privateToken);

    ExpectedMemory(Machine machine, ProgramShape shape) {
        this.machine = machine;
        spaces = machine.spaces();
        vmas = spaces.vmas();
        tables = machine.pageTables();
        base = shape.window().base();
        pages = shape.window().pages();
        objectPages = 3 * pages;
        behind = new long[pages * shape.processes()];
        own = new long[behind.length];
        movedBehind = new long[pages];
        movedOwn = new long[pages];
        mms = new int[shape.processes()];
    }

    /** Forgets everything: a program begins. */
    void begin() {
        Arrays.fill(mms, 0);
        objectCount = 0;
        privateFiles = false;
        pins.begin();
    }

    /**
     * An operation was carried out.
     *
     * @param operation what it was
     * @param outcome how it ended
     * @param processes the address space of a process
     * @param handles the machine's handle of a pin
     * @return what it should have got; null if all is well
     */
    @Nullable
    String observe(Operation operation, Outcome outcome, IntUnaryOperator processes, IntUnaryOperator handles) {
        switch (operation.action()) {
            case SPAWN -> spawned(operation.process(), processes.applyAsInt(operation.process()));
            case FORK -> {
                int child = (int) operation.a();
                if (outcome.isSuccess()) {
                    forked(operation.process(), child, processes.applyAsInt(child));
                }
            }
            case EXIT -> exited(operation.process());
            case FILE -> {
                if (outcome.isSuccess()) {
                    opened((int) operation.a(), operation.b());
                }
            }
            case READ -> {
                if (outcome.isSuccess()) {
                    long last = operation.a() + (operation.b() - 1) * PAGE;
                    return loaded(operation.process(), last, outcome.value());
                }
            }
            case WRITE -> written(operation, outcome.page());
            case PIN -> {
                if (outcome.isSuccess()) {
                    pinned(operation, handles.applyAsInt((int) operation.c()));
                }
            }
            case UNPIN -> pins.released((int) operation.a());
            case DEVICE_READ -> {
                if (outcome.isSuccess()) {
                    return deviceRead((int) operation.a(), (int) operation.b(), outcome.value());
                }
            }
            case DEVICE_WRITE -> {
                if (outcome.isSuccess()) {
                    deviceWrote((int) operation.a(), (int) operation.b(), operation.c());
                }
            }
            case TRUNCATE -> {
                if (outcome.isSuccess()) {
                    truncated(machine.files().byName((int) operation.a() + 1), operation.b() / PAGE);
                }
            }
            case PUNCH_HOLE -> {
                if (outcome.isSuccess()) {
                    long first = operation.b() / PAGE;
                    punched(machine.files().byName((int) operation.a() + 1), first, first + operation.c() / PAGE);
                }
            }
            case MMAP, MUNMAP, MREMAP, MADVISE ->
                called(operation, outcome.errno() == 0 ? outcome.value() : -outcome.errno());
            default -> {
                // changes no contents
            }
        }
        return null;
    }

    private void spawned(int process, int mm) {
        mms[process] = mm;
        Arrays.fill(behind, process * pages, (process + 1) * pages, UNMAPPED);
    }

    private void forked(int parent, int child, int childMm) {
        mms[child] = childMm;
        System.arraycopy(behind, parent * pages, behind, child * pages, pages);
        System.arraycopy(own, parent * pages, own, child * pages, pages);
        for (int vma = spaces.first(mms[parent]); vma != 0; vma = spaces.next(vma)) {
            long flags = vmas.flags(vma);
            if ((flags & VmFlags.VM_DONTCOPY) != 0) {
                fill(child, vmas.start(vma), vmas.end(vma), UNMAPPED);
            } else if ((flags & VmFlags.VM_WIPEONFORK) != 0) {
                discard(child, vmas.start(vma), vmas.end(vma));
            }
        }
    }

    private void exited(int process) {
        pins.ended(process);
        pins.leave(process * pages, (process + 1) * pages);
        mms[process] = 0;
    }

    /** A file of some pages was filled. What lies beyond its end can be seen where a collapse has put a huge page there: it is zero. */
    private void opened(int file, long length) {
        int object = newObject(machine.files().byName(file + 1));
        fileObjects[file] = object;
        for (int page = 0; page < Math.min(length, objectPages); page++) {
            objects[object][page] = Action.fileToken(file, page);
        }
    }

    /**
     * A system call of memory returned.
     *
     * @param operation what was called
     * @param result the value or a negated errno
     */
    private void called(Operation operation, long result) {
        int process = operation.process();
        long start = operation.a();
        long end = start + roundUp(operation.b());
        switch (operation.action()) {
            case MMAP -> mapped(operation, result, start, end);
            case MUNMAP -> {
                if (result == 0) {
                    fill(process, start, end, UNMAPPED);
                } else {
                    follow(process, start, end);
                }
            }
            case MREMAP -> remapped(operation, result);
            case MADVISE -> advised(process, start, end, (int) operation.c(), result);
            default -> {
                // changes no contents
            }
        }
    }

    /**
     * Pages were stored to.
     *
     * @param operation the store
     * @param accessed how many pages it reached
     */
    private void written(Operation operation, int accessed) {
        int process = operation.process();
        for (int index = 0; index < accessed; index++) {
            int page = (int) ((operation.a() - base) / PAGE) + index;
            int at = process * pages + page;
            long token = operation.c() + index * operation.d();
            long there = behind[at];
            if ((there & KIND) == UNMAPPED) {
                follow(process, address(page), address(page + 1));
                there = behind[at];
            }
            if ((there & KIND) == SHARED_OF_OBJECT) {
                settleBefore(there);
                store(there, token);
            } else {
                behind[at] = there & ~MAY_BE_ZERO | OWNED;
                own[at] = token;
            }
        }
    }

    /**
     * A page was loaded from.
     *
     * @param process who did it
     * @param address of the page
     * @param token what it got
     * @return what it should have got instead; null if all is well
     */
    private @Nullable String loaded(int process, long address, long token) {
        int page = (int) ((address - base) / PAGE);
        long there = behind[process * pages + page];
        if ((there & KIND) == UNMAPPED) {
            follow(process, address, address + PAGE);
            there = behind[process * pages + page];
        }
        return isRight(process, page, there, token) ? null : wrong(process, page, there, token);
    }

    /** {@return the first page that holds what it must not; null if all is well} */
    @Nullable
    String firstWrong() {
        for (int process = 0; process < mms.length; process++) {
            if (mms[process] != 0) {
                String wrong = firstWrong(process);
                if (wrong != null) {
                    return wrong;
                }
            }
        }
        return null;
    }

    private @Nullable String firstWrong(int process) {
        int root = spaces.mms().pgd(mms[process]);
        int first = process * pages;
        for (int page = 0; page < pages; page++) {
            long entry = tables.lookup(root, address(page));
            long there = behind[first + page];
            if (entry == Pte.NONE) {
                boolean lost = (there & OWNED) != 0 && own[first + page] != 0 && (there & MAY_BE_ZERO) == 0;
                if (lost) {
                    return "process " + process + " wrote " + own[first + page] + " at page " + page
                            + " of the window, and nothing is mapped there any more";
                }
            } else if (Pte.isPresent(entry)) {
                long token = token(entry, page);
                if (!isRight(process, page, there, token)) {
                    return wrong(process, page, there, token);
                }
            }
        }
        return null;
    }

    private long token(long entry, int page) {
        if (Pte.isZeroPage(entry)) {
            return 0;
        }
        long leaf = Pte.isHuge(entry) ? Pte.pageOfHuge(entry, tables.pteIndex(address(page))) : entry;
        return machine.memory().contents().read(Pte.pfn(leaf));
    }

    private boolean isRight(int process, int page, long there, long token) {
        long kind = there & KIND;
        if (kind == UNKNOWN) {
            return true;
        }
        if ((there & OWNED) != 0) {
            return token == own[process * pages + page] || token == 0 && (there & MAY_BE_ZERO) != 0;
        }
        if (kind == PRIVATE) {
            return token == 0;
        }
        return kind != UNMAPPED && token == content(there);
    }

    private String wrong(int process, int page, long there, long token) {
        String where = "process " + process + " reads " + token + " at page " + page + " of the window and ";
        if ((there & KIND) == UNMAPPED) {
            return where + "has nothing mapped there";
        }
        long expected =
                (there & OWNED) != 0 ? own[process * pages + page] : (there & KIND) == PRIVATE ? 0 : content(there);
        return where + "must read " + expected;
    }

    // ---------------------------------------------------------------- pins

    /** Pages were pinned: from here on a private page is the process's own, and stays where it is until the process gives it up. */
    private void pinned(Operation operation, int handle) {
        int process = operation.process();
        long start = operation.a() & -PAGE;
        int pin = (int) operation.c();
        int count = (int) (roundUp(operation.a() + operation.b() - start) / PAGE);
        boolean promised = (operation.d() & (Action.PIN_WRITE | Action.PIN_LONGTERM)) != 0;
        pins.taken(pin, process, count);
        for (int index = 0; index < count; index++) {
            int page = (int) ((start - base) / PAGE) + index;
            if (page < 0 || page >= pages) {
                continue;
            }
            int at = process * pages + page;
            long there = behind[at];
            if ((there & KIND) == SHARED_OF_OBJECT) {
                pins.track(pin, index, ExpectedPins.OBJECT, there);
            } else if (((there & KIND) == PRIVATE || (there & KIND) == PRIVATE_OF_OBJECT)
                    && (promised || isAnonymous(machine.pins().page(handle, index)))) {
                long token = contents(handle, index);
                if (isRight(process, page, there, token)) {
                    own[at] = token;
                    behind[at] = there | OWNED;
                }
                pins.track(pin, index, ExpectedPins.PLACE, at);
            }
        }
    }

    private boolean isAnonymous(int pfn) {
        Frames frames = machine.memory().frames();
        return frames.test(frames.head(pfn), Frames.ANON);
    }

    private long contents(int handle, int index) {
        return machine.memory().contents().read(machine.pins().page(handle, index));
    }

    private long privateToken(int at) {
        long there = behind[at];
        return (there & OWNED) != 0 ? own[at] : (there & KIND) == PRIVATE ? 0 : content(there);
    }

    private void deviceWrote(int pin, int index, long token) {
        switch (pins.kind(pin, index)) {
            case ExpectedPins.PLACE -> {
                int at = (int) pins.place(pin, index);
                behind[at] |= OWNED;
                own[at] = token;
            }
            case ExpectedPins.CELL -> pins.writeCell(pin, index, token);
            case ExpectedPins.OBJECT -> {
                settleBefore(pins.place(pin, index));
                store(pins.place(pin, index), token);
            }
            default -> {
                // nothing is promised of such a page
            }
        }
    }

    private @Nullable String deviceRead(int pin, int index, long token) {
        if (pin >= ExpectedPins.MOST || index >= pins.pages(pin) || pins.kind(pin, index) == ExpectedPins.UNTRACKED) {
            return null;
        }
        long expected = switch (pins.kind(pin, index)) {
            case ExpectedPins.PLACE -> privateToken((int) pins.place(pin, index));
            case ExpectedPins.CELL -> pins.cell(pin, index);
            default -> content(pins.place(pin, index));
        };
        return token == expected
                ? null
                : "the device reads " + token + " at page " + index + " of pin " + pin + " and must read " + expected;
    }

    /**
     * Looks at every page that is pinned.
     *
     * @param handles the machine's handle of a pin
     * @return the first that is not where its process has it, or does not hold what it must; null if all is well
     */
    @Nullable
    Violation firstWrongPin(IntUnaryOperator handles) {
        for (int pin = 0; pin < ExpectedPins.MOST; pin++) {
            for (int index = 0; index < pins.pages(pin); index++) {
                if (pins.kind(pin, index) != ExpectedPins.UNTRACKED) {
                    Violation wrong = wrongPin(pin, index, handles.applyAsInt(pin));
                    if (wrong != null) {
                        return wrong;
                    }
                }
            }
        }
        return null;
    }

    private @Nullable Violation wrongPin(int pin, int index, int handle) {
        if (pins.kind(pin, index) == ExpectedPins.PLACE) {
            int at = (int) pins.place(pin, index);
            int page = at % pages;
            int pfn = machine.pins().page(handle, index);
            long entry = tables.lookup(spaces.mms().pgd(mms[at / pages]), address(page));
            boolean huge = Pte.isPresent(entry) && Pte.isHuge(entry);
            long leaf = huge ? Pte.pageOfHuge(entry, tables.pteIndex(address(page))) : entry;
            String where =
                    "process " + at / pages + " page " + page + " of the window, page " + index + " of pin " + pin;
            if (!Pte.isNormalPage(leaf) || Pte.pfn(leaf) != pfn) {
                return new Violation(Invariant.PINNED_PAGE_STAYS_MAPPED, where);
            }
            Frames frames = machine.memory().frames();
            if (!frames.test(huge ? frames.head(pfn) : pfn, Frames.ANON_EXCLUSIVE)) {
                return new Violation(Invariant.PINNED_PAGE_IS_EXCLUSIVE, where);
            }
        }
        String wrong = deviceRead(pin, index, contents(handle, index));
        return wrong == null ? null : new Violation(Invariant.CONTENTS_ARE_RIGHT, wrong);
    }

    // ---------------------------------------------------------------- what calls do

    private void mapped(Operation operation, long result, long start, long end) {
        int process = operation.process();
        if (result != start) {
            follow(process, start, end);
            return;
        }
        boolean isShared = (operation.d() & Mman.MAP_TYPE) != Mman.MAP_PRIVATE;
        boolean anonymous = (operation.d() & Mman.MAP_ANONYMOUS) != 0;
        if (anonymous && !isShared) {
            fill(process, start, end, PRIVATE);
            return;
        }
        privateFiles |= !isShared;
        long object =
                anonymous ? newObject(vmas.file(spaces.find(mms[process], start))) : fileObjects[(int) operation.e()];
        long page = anonymous ? 0 : operation.f() / PAGE;
        long kind = isShared ? SHARED_OF_OBJECT : PRIVATE_OF_OBJECT;
        int at = at(process, start);
        int stop = at(process, end);
        pins.leave(at, stop);
        for (; at < stop; at++) {
            behind[at] = kind | object << OBJECT_SHIFT | page++ << PAGE_SHIFT;
        }
    }

    private void remapped(Operation operation, long result) {
        int process = operation.process();
        long from = operation.a();
        long old = roundUp(operation.b());
        long length = roundUp(operation.c());
        if (result < 0) {
            if (from >= base && from % PAGE == 0) {
                follow(process, from, from + old);
            }
            if ((operation.d() & Mman.MREMAP_FIXED) != 0 && operation.e() % PAGE == 0) {
                follow(process, operation.e(), operation.e() + length);
            }
            return;
        }
        boolean keep = (operation.d() & Mman.MREMAP_DONTUNMAP) != 0;
        long moved = Math.min(old, length);
        if (old == 0) {
            duplicate(process, from, result, length);
            return;
        }
        if (result != from) {
            move(process, from, result, moved, keep);
        }
        if (!keep && old > moved) {
            fill(process, from + moved, from + old, UNMAPPED);
        }
        if (length > moved) {
            extend(process, result + moved - PAGE, result + length);
        }
    }

    /** An old length of 0 maps the pages of a shared mapping once more. */
    private void duplicate(int process, long from, long to, long length) {
        long there = behind[at(process, from)];
        int at = at(process, to);
        int stop = at(process, to + length);
        pins.leave(at, stop);
        for (long page = 0; at < stop; at++, page++) {
            behind[at] = (there & ~(OWNED | MAY_BE_ZERO)) + (page << PAGE_SHIFT);
        }
    }

    /** A mapping grew: what is behind its last page goes on. */
    private void extend(int process, long last, long end) {
        long there = behind[at(process, last)] & ~(OWNED | MAY_BE_ZERO);
        long step = (there & KIND) == PRIVATE ? 0 : 1L << PAGE_SHIFT;
        int stop = at(process, end);
        int first = at(process, last) + 1;
        pins.leave(first, stop);
        for (int at = first; at < stop; at++) {
            there += step;
            behind[at] = there;
        }
    }

    /** Every page that is mapped moves; what lies where a hole would go stays. */
    private void move(int process, long from, long to, long length, boolean keep) {
        int source = at(process, from);
        int target = at(process, to);
        int count = Math.min(at(process, from + length) - source, at(process, to + length) - target);
        System.arraycopy(behind, source, movedBehind, 0, count);
        System.arraycopy(own, source, movedOwn, 0, count);
        for (int page = 0; page < count; page++) {
            long there = movedBehind[page];
            if ((there & KIND) == UNMAPPED) {
                continue;
            }
            if (keep) {
                behind[source + page] = there & ~(OWNED | MAY_BE_ZERO);
            } else {
                behind[source + page] = UNMAPPED;
            }
        }
        for (int page = 0; page < count; page++) {
            if ((movedBehind[page] & KIND) != UNMAPPED) {
                pins.leave(target + page, target + page + 1);
                pins.move(source + page, target + page);
                behind[target + page] = movedBehind[page];
                own[target + page] = movedOwn[page];
            }
        }
    }

    private void advised(int process, long start, long end, int advice, long result) {
        if (result == -Errno.EINVAL && start % PAGE != 0) {
            return;
        }
        switch (advice) {
            case Mman.MADV_DONTNEED -> eachVma(process, start, end, VmFlags.VM_LOCKED, advice);
            case Mman.MADV_DONTNEED_LOCKED -> eachVma(process, start, end, 0, advice);
            case Mman.MADV_REMOVE -> removed(process, start, end);
            case Mman.MADV_GUARD_INSTALL, Mman.MADV_FREE -> eachVma(process, start, end, VmFlags.VM_LOCKED, advice);
            default -> {
                // changes no contents
            }
        }
    }

    /** Works its way up through the VMAs of a range, as such advices do, and stops at the first that it is not meant for. */
    private void eachVma(int process, long start, long end, long forbidden, int advice) {
        int mm = mms[process];
        for (int vma = spaces.findIntersection(mm, start, end);
                vma != 0 && vmas.start(vma) < end && (vmas.flags(vma) & forbidden) == 0;
                vma = spaces.next(vma)) {
            long from = Math.max(start, vmas.start(vma));
            long to = Math.min(end, vmas.end(vma));
            if (advice == Mman.MADV_FREE) {
                if (!vmas.isAnonymous(vma)) {
                    return;
                }
                mayBeZero(process, from, to);
            } else {
                discard(process, from, to);
            }
        }
    }

    private void removed(int process, long start, long end) {
        for (int vma = spaces.findIntersection(mms[process], start, end);
                vma != 0
                        && vmas.start(vma) < end
                        && vmas.file(vma) != 0
                        && vmas.has(vma, VmFlags.VM_SHARED)
                        && vmas.has(vma, VmFlags.VM_MAYWRITE)
                        && !vmas.has(vma, VmFlags.VM_LOCKED);
                vma = spaces.next(vma)) {
            long first = vmas.pgoffAt(vma, Math.max(start, vmas.start(vma)));
            punched(vmas.file(vma), first, vmas.pgoffAt(vma, Math.min(end, vmas.end(vma)) - PAGE) + 1);
        }
    }

    /** A file was cut: private copies of what was beyond its end are gone, too. */
    private void truncated(int handle, long size) {
        int object = objectOfHandle[handle];
        for (int at = 0; privateFiles && at < behind.length; at++) {
            long there = behind[at];
            if ((there & KIND) == PRIVATE_OF_OBJECT
                    && mms[at / pages] != 0
                    && object(there) == object
                    && objectPage(there) >= size) {
                pins.leave(at, at + 1);
                behind[at] = there & ~(OWNED | MAY_BE_ZERO);
            }
        }
        zero(handle, size, objectPages);
    }

    /** A hole was punched into a file: private copies stay. */
    private void punched(int handle, long first, long end) {
        int object = objectOfHandle[handle];
        for (int at = 0; privateFiles && at < behind.length; at++) {
            long there = behind[at];
            if ((there & (KIND | OWNED)) == PRIVATE_OF_OBJECT
                    && mms[at / pages] != 0
                    && object(there) == object
                    && objectPage(there) >= first
                    && objectPage(there) < end) {
                settle(at / pages, at % pages, there);
            }
        }
        zero(handle, first, Math.min(end, objectPages));
    }

    /** Pages of an object are zeroes. Devices keep those that have left the page cache. */
    private void zero(int handle, long first, long end) {
        int object = objectOfHandle[handle];
        pins.leaveObject(
                place -> object(place) == object
                        && objectPage(place) >= first
                        && objectPage(place) < end
                        && machine.files().peekPage(handle, objectPage(place)) == 0,
                this::content);
        if (first < end) {
            Arrays.fill(objects[object], (int) first, (int) end, 0);
        }
    }

    private void mayBeZero(int process, long start, long end) {
        int stop = at(process, end);
        for (int at = at(process, start); at < stop; at++) {
            behind[at] |= MAY_BE_ZERO;
        }
    }

    private void discard(int process, long start, long end) {
        int stop = at(process, end);
        pins.leave(at(process, start), stop);
        for (int at = at(process, start); at < stop; at++) {
            behind[at] &= ~(OWNED | MAY_BE_ZERO);
        }
    }

    /** Takes over from the VMAs what is mapped: pages that are gone, and pages that came, of which no more is known. */
    private void follow(int process, long start, long end) {
        int mm = mms[process];
        int stop = at(process, end);
        for (int at = at(process, start); at < stop; at++) {
            boolean mapped = spaces.find(mm, address(at - process * pages)) != 0;
            boolean known = (behind[at] & KIND) != UNMAPPED;
            if (mapped != known) {
                pins.leave(at, at + 1);
                behind[at] = mapped ? UNKNOWN : UNMAPPED;
            }
        }
    }

    /** A page of an object is about to change: private mappings that have copied it keep what they have. */
    private void settleBefore(long changing) {
        if (!privateFiles) {
            return;
        }
        long wanted = changing & ~(KIND | OWNED | MAY_BE_ZERO);
        for (int process = 0; process < mms.length; process++) {
            for (int page = 0; mms[process] != 0 && page < pages; page++) {
                long there = behind[process * pages + page];
                if ((there & (KIND | OWNED)) == PRIVATE_OF_OBJECT
                        && (there & ~(KIND | OWNED | MAY_BE_ZERO)) == wanted) {
                    settle(process, page, there);
                }
            }
        }
    }

    private void settle(int process, int page, long there) {
        long entry = tables.lookup(spaces.mms().pgd(mms[process]), address(page));
        if (Pte.isSwap(entry) || Pte.isNormalPage(entry) && isAnonymous(Pte.pfn(entry))) {
            behind[process * pages + page] = there | OWNED;
            own[process * pages + page] = content(there);
        }
    }

    private void fill(int process, long start, long end, long with) {
        int from = at(process, start);
        int to = at(process, end);
        if (from < to) {
            pins.leave(from, to);
            Arrays.fill(behind, from, to, with);
        }
    }

    /** A new object, of which a handle of the machine is the file. */
    private int newObject(int handle) {
        if (handle >= objectOfHandle.length) {
            objectOfHandle = Arrays.copyOf(objectOfHandle, 2 * handle);
        }
        objectOfHandle[handle] = objectCount;
        if (objectCount == objects.length) {
            objects = Arrays.copyOf(objects, objectCount + 1);
            objects[objectCount] = new long[objectPages];
        } else {
            Arrays.fill(objects[objectCount], 0);
        }
        return objectCount++;
    }

    /** What a page of an object holds; 0 beyond what an object can have. */
    private long content(long there) {
        int page = objectPage(there);
        return page < objectPages ? objects[object(there)][page] : 0;
    }

    private void store(long there, long token) {
        int page = objectPage(there);
        if (page < objectPages) {
            objects[object(there)][page] = token;
        }
    }

    private static int object(long there) {
        return (int) (there >>> OBJECT_SHIFT) & OBJECT_MASK;
    }

    private static int objectPage(long there) {
        return (int) (there >>> PAGE_SHIFT);
    }

    /** The index of a page, clipped to the window. */
    private int at(int process, long address) {
        long page = Math.clamp((address - base) / PAGE, 0L, (long) pages);
        return process * pages + (int) page;
    }

    private long address(int page) {
        return base + page * PAGE;
    }

    private static long roundUp(long length) {
        return length + PAGE - 1 & -PAGE;
    }
}
