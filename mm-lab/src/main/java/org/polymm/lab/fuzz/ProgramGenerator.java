package org.polymm.lab.fuzz;

import java.util.List;
import java.util.SplittableRandom;
import org.polymm.engine.mm.Mman;
import org.polymm.lab.program.Action;
import org.polymm.lab.program.FileKind;
import org.polymm.lab.program.Operation;

/**
 * Makes programs: the same for the same seed and number, on every machine.
 *
 * <p>Operations are drawn by weight, their ranges by what makes memory management interesting: a whole run of like pages, a part of it that
 * begins or ends where it does, a range across its edge, a block aligned like a folio, a range that was used before. Each write stores
 * tokens that no other write of the program stores. All mappings are placed with MAP_FIXED or MREMAP_FIXED inside the window, because a
 * place that the kernel chooses is not the same on two machines.
 *
 * <p>Allocates the operations and a generator of random numbers a program. Belongs to one thread.
 */
public final class ProgramGenerator {

    private static final Action[] ACTIONS = Action.values();
    private static final int PRIVATE = Mman.MAP_PRIVATE | Mman.MAP_ANONYMOUS | Mman.MAP_FIXED;
    private static final int SHARED = Mman.MAP_SHARED | Mman.MAP_ANONYMOUS | Mman.MAP_FIXED;
    private static final int MOVE = Mman.MREMAP_MAYMOVE | Mman.MREMAP_FIXED;
    private static final int READ_WRITE = Mman.PROT_READ | Mman.PROT_WRITE;
    private static final int MOST_FILES = 3;
    private static final int REMEMBERED = 4;
    private static final int MOST_HELD = ExpectedPins.MOST;
    private static final int GONE = -1;

    private final ProgramShape shape;
    private final Capabilities can;
    private final int pages;
    private final GuessedMemory memory;
    private final Wheel actions;
    private final Wheel limitedActions;
    private final Wheel advices;
    private final int[] rememberedFirst = new int[REMEMBERED];
    private final int[] rememberedCount = new int[REMEMBERED];

    private SplittableRandom random = new SplittableRandom(0);
    private long token;
    private int files;
    private final int[] pinners = new int[MOST_HELD];
    private final int[] pinned = new int[MOST_HELD];
    private final int[] referrers = new int[MOST_HELD];
    private final int[] referred = new int[MOST_HELD];
    private int held;
    private int references;
    private int remembered;
    private int process;
    private int first;
    private int count;

    /**
     * A generator.
     *
     * @param shape the measures of programs
     * @param can what they may ask for
     */
    public ProgramGenerator(ProgramShape shape, Capabilities can) {
        this.shape = shape;
        this.can = can;
        pages = shape.window().pages();
        memory = new GuessedMemory(shape.processes(), pages);
        actions = ActionWeights.actions(can);
        limitedActions = ActionWeights.limitedActions(can);
        advices = ActionWeights.advices(can);
    }

    /**
     * Makes a program.
     *
     * @param seed of the run
     * @param index which program of it, from 0
     * @param into receives the operations, after it was emptied
     */
    public void generate(long seed, long index, List<Operation> into) {
        into.clear();
        random = new SplittableRandom(seed * 0x9E37_79B9_7F4A_7C15L + index);
        memory.clear();
        token = 0;
        files = 0;
        held = 0;
        references = 0;
        remembered = 0;
        add(into, Action.SPAWN, 0);
        memory.spawn(0);
        boolean limited = can.has(Ability.LIMITS) && random.nextInt(8) == 0;
        if (limited) {
            add(into, Action.LIMIT_MEMLOCK, 0, random.nextInt(pages) * Operation.PAGE);
        }
        int operations = shape.operations() / 2 + random.nextInt(shape.operations());
        while (into.size() < operations) {
            process = living();
            step(into, into.size() < 4 ? Action.MMAP : ACTIONS[(limited ? limitedActions : actions).draw(random)]);
        }
    }

    /** Whether a program limits locked memory, and so needs processes that the limit binds. */
    static boolean isLimited(List<Operation> operations) {
        for (int index = 0; index < operations.size(); index++) {
            if (operations.get(index).action() == Action.LIMIT_MEMLOCK) {
                return true;
            }
        }
        return false;
    }

    private int living() {
        int chosen = random.nextInt(shape.processes());
        while (!memory.isAlive(chosen)) {
            chosen = (chosen + 1) % shape.processes();
        }
        return chosen;
    }

    private void step(List<Operation> into, Action action) {
        switch (action) {
            case FORK -> fork(into);
            case EXIT -> exit(into);
            case FILE -> file(into);
            case TRUNCATE, PUNCH_HOLE, FALLOCATE -> resize(into, action);
            case MMAP -> mmap(into);
            case MUNMAP -> {
                range();
                add(into, action, process, shape.address(first), bytes());
                memory.unmap(process, first, count);
            }
            case MPROTECT -> mprotect(into);
            case MADVISE -> {
                range();
                add(into, action, process, shape.address(first), bytes(), advices.draw(random));
            }
            case MREMAP -> mremap(into);
            case MLOCK, MUNLOCK -> {
                range();
                add(into, action, process, shape.address(first), bytes());
            }
            case MLOCK2 -> {
                range();
                add(into, action, process, shape.address(first), bytes(), random.nextInt(4) == 0 ? 0 : 1);
            }
            case MLOCKALL -> add(into, action, process, 1 + random.nextInt(7));
            case MUNLOCKALL, SHRINK -> add(into, action, process);
            case LIMIT_MEMLOCK -> add(into, action, process, random.nextInt(pages) * Operation.PAGE);
            case READ, WRITE -> access(into, action);
            case PIN -> pin(into);
            case UNPIN, DEVICE_READ, DEVICE_WRITE -> usePin(into, action);
            case REFERENCE -> reference(into);
            case REFERENCE_READ, RELEASE -> useReference(into, action);
            case RECLAIM ->
                add(into, action, process, 1 + random.nextInt(shape.window().pages()));
            case FAIL -> fail(into);
            default -> throw new IllegalStateException(action + " has no weight");
        }
    }

    private static void add(List<Operation> into, Action action, int process) {
        into.add(new Operation(action, process, 0, 0, 0, 0, 0, 0));
    }

    private static void add(List<Operation> into, Action action, int process, long a) {
        into.add(new Operation(action, process, a, 0, 0, 0, 0, 0));
    }

    private static void add(List<Operation> into, Action action, int process, long a, long b) {
        into.add(new Operation(action, process, a, b, 0, 0, 0, 0));
    }

    private static void add(List<Operation> into, Action action, int process, long a, long b, long c) {
        into.add(new Operation(action, process, a, b, c, 0, 0, 0));
    }

    // ---------------------------------------------------------------- ranges

    /** Draws {@link #first} and {@link #count}, in the present process. */
    private void range() {
        int how = random.nextInt(16);
        if (how < 3 && remembered > 0) {
            int slot = random.nextInt(Math.min(remembered, REMEMBERED));
            first = rememberedFirst[slot];
            count = rememberedCount[slot];
            return;
        }
        if (how == 3) {
            first = random.nextInt(pages);
            count = 1 + random.nextInt(1 + random.nextInt(pages - first));
        } else if (how < 6) {
            block();
        } else {
            part(mappedPage(0));
        }
        int slot = remembered++ % REMEMBERED;
        rememberedFirst[slot] = first;
        rememberedCount[slot] = count;
    }

    /** A block aligned like a folio, or half of it, or two. */
    private void block() {
        int blocks = pages / shape.block();
        first = random.nextInt(blocks) * shape.block();
        count = shape.block();
        int what = random.nextInt(4);
        if (what == 0) {
            count /= 2;
            first += random.nextBoolean() ? count : 0;
        } else if (what == 1 && first + 2 * count <= pages) {
            count *= 2;
        }
    }

    /** A part of the run of like pages around one. */
    private void part(int page) {
        int start = memory.runStart(process, page);
        int end = memory.runEnd(process, page);
        int length = end - start;
        int inner = 1 + random.nextInt(length);
        switch (random.nextInt(9)) {
            case 0, 1 -> set(start, end);
            case 2 -> set(start, start + inner);
            case 3 -> set(end - inner, end);
            case 4 -> set(start + (length - inner) / 2, start + (length - inner) / 2 + inner);
            case 5 -> set(page, page + 1);
            case 6 -> set(page, Math.min(end, page + 1 + random.nextInt(8)));
            case 7 -> set(start - random.nextInt(4), start + 1 + random.nextInt(Math.min(8, length)));
            default -> set(end - 1 - random.nextInt(Math.min(8, length)), end + random.nextInt(4));
        }
    }

    private void set(int from, int to) {
        first = Math.max(0, from);
        count = Math.min(pages, to) - first;
    }

    /** A page that is probably mapped and has these bits; any page if none is found quickly. */
    private int mappedPage(int bits) {
        int page = random.nextInt(pages);
        int step = 1 + random.nextInt(7);
        for (int tries = 0; tries < 32; tries++) {
            if (memory.is(process, page, GuessedMemory.MAPPED | bits)) {
                return page;
            }
            page = (page + step) % pages;
        }
        return page;
    }

    private long bytes() {
        return count * Operation.PAGE;
    }

    // ---------------------------------------------------------------- processes and files

    private void fork(List<Operation> into) {
        if (memory.living() == shape.processes()) {
            exit(into);
            return;
        }
        int child = 0;
        while (memory.isAlive(child)) {
            child++;
        }
        add(into, Action.FORK, process, child);
        memory.fork(process, child);
    }

    private void exit(List<Operation> into) {
        if (memory.living() > 1) {
            add(into, Action.EXIT, process);
            memory.exit(process);
            letGo(pinners);
            letGo(referrers);
        }
    }

    /** What the process held is gone with it, also when its number is used again. */
    private void letGo(int[] holders) {
        for (int index = 0; index < holders.length; index++) {
            if (holders[index] == process) {
                holders[index] = GONE;
            }
        }
    }

    private void file(List<Operation> into) {
        if (files < MOST_FILES) {
            boolean regular = can.has(Ability.REGULAR_FILES) && (!can.has(Ability.MEMFD_FILES) || random.nextBoolean());
            FileKind kind = regular ? FileKind.REGULAR : FileKind.MEMFD;
            add(into, Action.FILE, process, files++, 1 + random.nextInt(2 * shape.block()), kind.ordinal());
        }
    }

    // ---------------------------------------------------------------- allocations

    /** Few failures, and soon: one allocation in the middle of a call is what is looked for. */
    private void fail(List<Operation> into) {
        int what = random.nextInt(8);
        if (what == 0) {
            add(into, Action.FAIL, process, Action.NOTHING);
            return;
        }
        int skipped = random.nextInt(1 + random.nextInt(8));
        int times = 1 + random.nextInt(3);
        int highest = Integer.numberOfTrailingZeros(Integer.highestOneBit(shape.block()));
        int order = what < 3 ? (int) Action.PAGE_TABLES : what < 6 ? 0 : 1 + random.nextInt(highest);
        long upTo = order < 0 ? 0 : random.nextBoolean() ? order : Action.ANY_ORDER;
        into.add(new Operation(Action.FAIL, process, order, upTo, skipped, times, 0, 0));
    }

    /** Cuts a file at an end of a block, a page beside it or anywhere. */
    private void resize(List<Operation> into, Action action) {
        if (files == 0) {
            return;
        }
        int longest = 3 * shape.block();
        int at = random.nextInt(longest);
        if (random.nextBoolean()) {
            at = Math.max(0, at / shape.block() * shape.block() + random.nextInt(3) - 1);
        }
        long file = random.nextInt(files);
        if (action == Action.TRUNCATE) {
            add(into, action, process, file, at * Operation.PAGE);
        } else {
            int length = 1 + random.nextInt(random.nextBoolean() ? 8 : longest);
            add(into, action, process, file, at * Operation.PAGE, length * Operation.PAGE);
        }
    }

    // ---------------------------------------------------------------- address spaces

    private void mmap(List<Operation> into) {
        place();
        int prot = protection();
        int drawn = random.nextInt(16);
        int bits = bits(prot);
        int extra = random.nextInt(12) == 0
                ? random.nextBoolean() ? Mman.MAP_POPULATE : Mman.MAP_LOCKED
                : random.nextInt(24) == 0 ? Mman.MAP_NORESERVE : 0;
        if (files > 0 && drawn < 4) {
            boolean shared = random.nextBoolean();
            int flags = (shared ? Mman.MAP_SHARED : Mman.MAP_PRIVATE) | Mman.MAP_FIXED | extra;
            long offset = random.nextInt(4) * (long) random.nextInt(8) * Operation.PAGE;
            into.add(new Operation(
                    Action.MMAP, process, shape.address(first), bytes(), prot, flags, random.nextInt(files), offset));
            memory.map(process, first, count, bits | GuessedMemory.OF_FILE | (shared ? GuessedMemory.SHARED : 0));
            return;
        }
        boolean shared = drawn < 6;
        into.add(new Operation(
                Action.MMAP, process, shape.address(first), bytes(), prot, (shared ? SHARED : PRIVATE) | extra, -1, 0));
        memory.map(process, first, count, bits | (shared ? GuessedMemory.SHARED : 0));
    }

    /** A place for a mapping: often a few blocks, often next to something, sometimes on top of it. */
    private void place() {
        int how = random.nextInt(4);
        if (how == 0) {
            range();
            return;
        }
        int page = random.nextInt(pages);
        if (how == 1) {
            page = memory.isMapped(process, page)
                    ? memory.runEnd(process, page) % pages
                    : memory.runStart(process, page);
        } else {
            page = page / shape.block() * shape.block();
        }
        int blocks = 1 + random.nextInt(4);
        first = page;
        count = Math.min(pages - page, how == 3 ? 1 + random.nextInt(2 * shape.block()) : blocks * shape.block());
    }

    private int protection() {
        return switch (random.nextInt(12)) {
            case 0 -> Mman.PROT_NONE;
            case 1, 2 -> Mman.PROT_READ;
            case 3 -> READ_WRITE | Mman.PROT_EXEC;
            default -> READ_WRITE;
        };
    }

    private static int bits(int prot) {
        return ((prot & Mman.PROT_READ) != 0 ? GuessedMemory.READABLE : 0)
                | ((prot & Mman.PROT_WRITE) != 0 ? GuessedMemory.WRITABLE : 0);
    }

    private void mprotect(List<Operation> into) {
        range();
        int prot = random.nextInt(3) == 0 ? READ_WRITE : random.nextInt(2) == 0 ? Mman.PROT_READ : protection();
        add(into, Action.MPROTECT, process, shape.address(first), bytes(), prot);
        memory.protect(process, first, count, bits(prot));
    }

    private void mremap(List<Operation> into) {
        range();
        long from = shape.address(first);
        long old = bytes();
        int how = random.nextInt(16);
        if (how < 3) {
            // shrink in place, with or without permission to move
            int kept = random.nextInt(count + 1);
            move(into, from, old, kept * Operation.PAGE, random.nextInt(2), 0);
            memory.unmap(process, first + kept, count - kept);
        } else if (how < 6) {
            int room = pages - first - count;
            int grown = count + (room == 0 ? 0 : random.nextInt(Math.min(room, 32) + 1));
            move(into, from, old, grown * Operation.PAGE, 0, 0);
        } else if (how < 15) {
            relocate(into, from, old);
        } else {
            // without MREMAP_FIXED the kernel would choose the place
            int flags = random.nextInt(8);
            int fixed = flags == (Mman.MREMAP_MAYMOVE | Mman.MREMAP_DONTUNMAP) ? Mman.MREMAP_FIXED : 0;
            int to = random.nextInt(pages - count + 1);
            move(into, from, old, old, flags | fixed, shape.address(to) + random.nextInt(2));
        }
    }

    private void relocate(List<Operation> into, long from, long old) {
        int to = target();
        int length = count;
        int drawn = random.nextInt(8);
        if (drawn == 0) {
            length = 1 + random.nextInt(count);
        } else if (drawn == 1) {
            length = Math.min(pages - to, count + random.nextInt(16));
        }
        length = Math.max(1, Math.min(length, pages - to));
        boolean keep = drawn == 2 || drawn == 3;
        int moved = Math.min(count, length);
        if (keep) {
            int kept = Math.min(count, pages - to);
            move(
                    into,
                    from,
                    kept * Operation.PAGE,
                    kept * Operation.PAGE,
                    MOVE | Mman.MREMAP_DONTUNMAP,
                    shape.address(to));
            moved = kept;
        } else if (drawn == 4 && memory.is(process, first, GuessedMemory.MAPPED | GuessedMemory.SHARED)) {
            move(into, from, 0, length * Operation.PAGE, MOVE, shape.address(to));
            keep = true;
        } else {
            move(into, from, old, length * Operation.PAGE, MOVE, shape.address(to));
        }
        boolean overlap = to < first + count && first < to + Math.max(length, moved);
        if (!overlap) {
            memory.move(process, first, to, moved, keep);
        }
    }

    /** Where to move to: the same place in another block, right behind something, back where something was, or anywhere. */
    private int target() {
        int how = random.nextInt(4);
        if (how == 0 && remembered > 0) {
            return rememberedFirst[random.nextInt(Math.min(remembered, REMEMBERED))];
        }
        int page = random.nextInt(pages);
        if (how == 1) {
            return memory.runEnd(process, page) % pages;
        }
        return how == 2 ? (page / shape.block() * shape.block() + first % shape.block()) % pages : page;
    }

    private void move(List<Operation> into, long from, long old, long length, long flags, long to) {
        into.add(new Operation(Action.MREMAP, process, from, old, length, flags, to, 0));
    }

    // ---------------------------------------------------------------- accesses

    private void access(List<Operation> into, Action action) {
        boolean write = action == Action.WRITE;
        int page = mappedPage(random.nextInt(16) == 0 ? 0 : write ? GuessedMemory.WRITABLE : GuessedMemory.READABLE);
        int length = 1;
        if (random.nextInt(4) == 0) {
            int end = memory.runEnd(process, page);
            length = Math.min(end - page, 1 + random.nextInt(shape.block()));
        }
        if (write) {
            into.add(new Operation(Action.WRITE, process, shape.address(page), length, token + 1, 1, 0, 0));
            token += length;
        } else {
            add(into, Action.READ, process, shape.address(page), length);
        }
    }

    // ---------------------------------------------------------------- pins and references

    private void pin(List<Operation> into) {
        if (held == MOST_HELD) {
            return;
        }
        int page = mappedPage(GuessedMemory.WRITABLE);
        int length = Math.min(memory.runEnd(process, page) - page, 1 + random.nextInt(shape.block()));
        long flags = Action.PIN_WRITE | Action.PIN_LONGTERM;
        if (can.has(Ability.SHORT_PINS) && random.nextInt(3) == 0) {
            flags = random.nextInt((int) flags);
        }
        pinners[held] = process;
        pinned[held] = length;
        into.add(new Operation(Action.PIN, process, shape.address(page), length * Operation.PAGE, held++, flags, 0, 0));
    }

    /** By the process that pinned, if it still lives: a pin is its own. */
    private void usePin(List<Operation> into, Action action) {
        int pin = held == 0 ? 0 : random.nextInt(held);
        if (held == 0 || pinners[pin] == GONE) {
            pin(into);
        } else if (action == Action.UNPIN) {
            add(into, action, pinners[pin], pin);
        } else {
            add(
                    into,
                    action,
                    pinners[pin],
                    pin,
                    random.nextInt(pinned[pin]),
                    action == Action.DEVICE_WRITE ? ++token : 0);
        }
    }

    private void reference(List<Operation> into) {
        if (references == MOST_HELD) {
            return;
        }
        int page = mappedPage(GuessedMemory.READABLE);
        int length = Math.min(memory.runEnd(process, page) - page, 1 + random.nextInt(4));
        referrers[references] = process;
        referred[references] = length;
        add(into, Action.REFERENCE, process, shape.address(page), length * Operation.PAGE, MOST_HELD + references++);
    }

    private void useReference(List<Operation> into, Action action) {
        int reference = references == 0 ? 0 : random.nextInt(references);
        if (references == 0 || referrers[reference] == GONE) {
            reference(into);
        } else {
            int page = action == Action.REFERENCE_READ ? random.nextInt(referred[reference]) : 0;
            add(into, action, referrers[reference], MOST_HELD + reference, page);
        }
    }
}
