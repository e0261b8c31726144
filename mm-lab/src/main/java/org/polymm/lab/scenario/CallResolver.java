package org.polymm.lab.scenario;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.mm.Mman;
import org.polymm.lab.program.Action;
import org.polymm.lab.program.Advice;
import org.polymm.lab.program.Operation;
import org.polymm.lab.scenario.syntax.Amount;
import org.polymm.lab.scenario.syntax.Call;
import org.polymm.lab.scenario.syntax.Circumstance;
import org.polymm.lab.scenario.syntax.Place;
import org.polymm.lab.scenario.syntax.Placement;
import org.polymm.lab.scenario.syntax.Result;
import org.polymm.lab.scenario.syntax.Step;
import org.polymm.lab.scenario.syntax.Value;
import org.polymm.lab.scenario.syntax.Word;

/** Turns what a process does into operations with numbers. */
final class CallResolver {

    private static final long PAGE = Operation.PAGE;

    private final Scope scope;
    private final Layout layout;

    CallResolver(Scope scope, Layout layout) {
        this.scope = scope;
        this.layout = layout;
    }

    /** The operations of a step, mostly one, with how each is to end. */
    List<Item.Act> resolve(Step step, String text) {
        int process = scope.process(step.process());
        Ending ending = ending(step.result(), null);
        if (step.call() instanceof Call.Read read && read.value() != null) {
            return reads(step, read, read.value(), process, text);
        }
        if (step.call() instanceof Call.Look look && look.value() != null) {
            ending = ending(step.result(), look.value().first());
        }
        if (step.call() instanceof Call.Finish finish && finish.value() != null) {
            ending = ending(step.result(), finish.value().first());
        }
        return List.of(new Item.Act(step.at(), text, operation(step, process), ending));
    }

    /** A read that must see values looks at one page at a time. */
    private List<Item.Act> reads(Step step, Call.Read read, Value value, int process, String text) {
        Span span = span(read.place(), step);
        List<Item.Act> acts = new ArrayList<>();
        for (int page = 0; page < span.pages(); page++) {
            Operation operation = Operation.of(Action.READ, process, span.start() + page * PAGE, 1);
            acts.add(new Item.Act(
                    step.at(), text, operation, ending(step.result(), value.first() + page * value.step())));
        }
        return acts;
    }

    static Ending ending(@Nullable Result result, @Nullable Long value) {
        if (result == null) {
            return new Ending(Guard.ALWAYS, Ending.End.OK, Ending.End.OK, value);
        }
        result.when().forEach(CallResolver::requireKnown);
        Ending.End expected = end(result.outcome());
        Ending.End otherwise = result.otherwise() == null ? expected : end(result.otherwise());
        return new Ending(new Guard(result.when(), false), expected, otherwise, value);
    }

    /** A circumstance names a slot, or the machine; switches are known to the configuration only. */
    static void requireKnown(Circumstance circumstance) {
        String name = circumstance.name().text();
        String value = circumstance.value().text();
        if (name.equals(Circumstance.MACHINE)) {
            List<String> machines = List.of(Circumstances.SIMULATOR, Circumstances.LINUX);
            if (!machines.contains(value)) {
                throw MistakeException.unknown("machine", circumstance.value(), machines);
            }
        } else if (value.contains("/")) {
            SettingsResolver.requireSlot(circumstance.name());
        }
    }

    private static Ending.End end(Word word) {
        String text = word.text();
        if (text.equals("ok")) {
            return Ending.End.OK;
        }
        if (text.equals("any")) {
            return Ending.End.ANY;
        }
        OptionalInt signal = ErrnoNames.signal(text);
        if (signal.isPresent()) {
            return new Ending.End(false, 0, signal.getAsInt());
        }
        OptionalInt errno = ErrnoNames.errno(text);
        if (errno.isPresent()) {
            return new Ending.End(false, errno.getAsInt(), 0);
        }
        throw MistakeException.unknown("such result as", word, ErrnoNames.results());
    }

    private Span span(Place place, Step step) {
        return scope.span(place, step.process());
    }

    private Operation operation(Step step, int process) {
        return switch (step.call()) {
            case Call.Exit _ -> {
                scope.ended(process);
                yield Operation.of(Action.EXIT, process);
            }
            case Call.Fork _ -> {
                Word name = Objects.requireNonNull(step.name());
                int child = scope.newProcess(name);
                scope.inherit(child, process);
                if (ending(step.result(), null).expected().errno() != 0) {
                    scope.ended(child);
                }
                yield Operation.of(Action.FORK, process, child);
            }
            case Call.Truncate truncate ->
                Operation.of(
                        Action.TRUNCATE,
                        process,
                        scope.file(truncate.file()),
                        wholePages(truncate.file(), truncate.size()));
            case Call.PagesOfFile pages -> pagesOfFile(pages, process);
            case Call.Uprobe uprobe -> uprobe(uprobe, scope, process);
            case Call.Shrink _ -> Operation.of(Action.SHRINK, process);
            case Call.Reclaim reclaim ->
                Operation.of(Action.RECLAIM, process, reclaim.amount().bytes() / PAGE);
            case Call.Fail fail -> FailingWords.operation(fail.failing(), process);
            case Call.Mmap mmap -> mmap(step, mmap, process);
            case Call.Munmap munmap -> ranged(Action.MUNMAP, span(munmap.place(), step));
            case Call.Mprotect mprotect ->
                ranged(Action.MPROTECT, span(mprotect.place(), step), protection(mprotect.protection()));
            case Call.Madvise madvise -> ranged(Action.MADVISE, span(madvise.place(), step), advice(madvise.advice()));
            case Call.Mremap mremap -> mremap(step, mremap, process);
            case Call.Lock lock -> lock(step, lock);
            case Call.LockAll all -> Operation.of(Action.MLOCKALL, process, lockFlags(all.flags()));
            case Call.UnlockAll _ -> Operation.of(Action.MUNLOCKALL, process);
            case Call.Limit limit ->
                Operation.of(
                        Action.LIMIT_MEMLOCK,
                        process,
                        limit.limit() == null ? -1 : limit.limit().bytes());
            case Call.Write write -> {
                Span span = span(write.place(), step);
                yield Operation.of(
                        Action.WRITE,
                        process,
                        span.start(),
                        span.pages(),
                        write.value().first(),
                        write.value().step());
            }
            case Call.Read read -> {
                Span span = span(read.place(), step);
                yield Operation.of(Action.READ, process, span.start(), span.pages());
            }
            case Call.Pin pin -> pin(step, pin, process);
            case Call.Vmsplice vmsplice -> vmsplice(step, vmsplice, process);
            case Call.Release release -> {
                Scope.Holder holder = scope.holder(release.holder(), release.pipe(), process);
                yield Operation.of(release.pipe() ? Action.RELEASE : Action.UNPIN, process, holder.number());
            }
            case Call.Look look -> {
                Scope.Holder holder = held(look.holder(), look.pipe(), look.page(), process);
                yield Operation.of(
                        look.pipe() ? Action.REFERENCE_READ : Action.DEVICE_READ,
                        process,
                        holder.number(),
                        look.page());
            }
            case Call.DeviceWrite write -> {
                Scope.Holder holder = held(write.holder(), false, write.page(), process);
                yield Operation.of(
                        Action.DEVICE_WRITE,
                        process,
                        holder.number(),
                        write.page(),
                        write.value().first());
            }
            case Call.Userfault userfault ->
                UserfaultWords.operation(
                        userfault, process, userfault.place() == null ? null : span(userfault.place(), step));
            case Call.UserfaultMessage message ->
                UserfaultWords.message(
                        message,
                        process,
                        message.place() == null ? null : span(message.place(), step),
                        message.to() == null ? null : span(message.to(), step));
            case Call.Finish finish ->
                Operation.of(Action.FINISH, process, span(finish.place(), step).start());
            case Call.Khugepaged khugepaged -> Operation.of(Action.KHUGEPAGED, process, pages(khugepaged));
            case Call.Raw raw -> raw(raw, process);
        };
    }

    private Operation pagesOfFile(Call.PagesOfFile pages, int process) {
        long first = wholePages(pages.file(), pages.first());
        long end = pages.end() == null ? first + PAGE : wholePages(pages.file(), pages.end());
        if (end <= first) {
            throw new MistakeException(
                    pages.file().at(),
                    (pages.away() ? "a hole has" : "fallocate gives") + " a page at least: " + pages.file()
                            + "[4:8] is from page 4 to page 7");
        }
        Action action = pages.away() ? Action.PUNCH_HOLE : Action.FALLOCATE;
        return Operation.of(action, process, scope.file(pages.file()), first, end - first);
    }

    /** A breakpoint is nobody's: the process is who runs it. */
    static Operation uprobe(Call.Uprobe uprobe, Scope scope, int process) {
        return Operation.of(
                uprobe.removed() ? Action.UPROBE_REMOVE : Action.UPROBE,
                process,
                scope.file(uprobe.file()),
                uprobe.page());
    }

    private static long wholePages(Word file, Amount amount) {
        if (amount.bytes() % PAGE != 0) {
            throw new MistakeException(
                    file.at(),
                    "files are cut between pages, at a multiple of " + PAGE + " bytes, not at " + amount.bytes());
        }
        return amount.bytes();
    }

    /** How many pages khugepaged is to scan; 0 for what its own setting says. */
    static long pages(Call.Khugepaged khugepaged) {
        return khugepaged.amount() == null ? 0 : Math.max(1, khugepaged.amount().bytes() / PAGE);
    }

    private static Operation ranged(Action action, Span span, long... more) {
        long[] arguments = new long[2 + more.length];
        arguments[0] = span.start();
        arguments[1] = span.bytes();
        System.arraycopy(more, 0, arguments, 2, more.length);
        return Operation.of(action, span.process(), arguments);
    }

    // ---------------------------------------------------------------- mappings

    private Operation mmap(Step step, Call.Mmap mmap, int process) {
        Call.Mapping mapping = mmap.mapping();
        long flags = Mman.MAP_FIXED
                | (mapping.shared() ? Mman.MAP_SHARED : Mman.MAP_PRIVATE)
                | (mapping.file() == null ? Mman.MAP_ANONYMOUS : 0);
        for (String flag : mapping.flags()) {
            flags |= switch (flag) {
                case "populate" -> Mman.MAP_POPULATE;
                case "locked" -> Mman.MAP_LOCKED;
                default -> Mman.MAP_NORESERVE;
            };
        }
        long protection = protection(mapping.protection());
        long file = mapping.file() == null ? -1 : scope.file(mapping.file());
        Span span;
        if (mmap.place() != null) {
            span = span(mmap.place(), step);
        } else {
            long bytes = mmap.size() == null ? 0 : mmap.size().bytes();
            Region region = newRegion(step, bytes, mmap.placement());
            span = new Span(process, region.start(), region.bytes());
        }
        return ranged(
                Action.MMAP,
                span,
                protection,
                flags,
                file,
                mapping.offset() == null ? 0 : mapping.offset().bytes());
    }

    private Region newRegion(Step step, long bytes, Placement placement) {
        Word name = step.name();
        if (name == null) {
            throw new MistakeException(step.at(), "a new region needs a name, as in buf = ...");
        }
        int process = scope.process(step.process());
        scope.requireFreeRegion(process, name);
        Region region = place(layout, scope, name, bytes, placement, step.process());
        scope.region(process, name, region);
        return region;
    }

    /** Places something new. */
    static Region place(
            Layout layout, Scope scope, Word name, long bytes, Placement placement, @Nullable Word process) {
        if (bytes <= 0) {
            throw new MistakeException(name.at(), name + " is empty; a region has a byte at least");
        }
        long align = placement.align() == null ? PAGE : placement.align().bytes();
        if (Long.bitCount(align) != 1 || align < PAGE) {
            throw new MistakeException(name.at(), "an alignment is a power of two and a page at least");
        }
        Region region;
        if (placement.where() != null) {
            region = layout.placeAt(
                    name.text(), scope.span(placement.where(), process).start(), bytes);
        } else if (placement.after() != null) {
            long gap = placement.gap() == null ? 0 : placement.gap().bytes();
            region = layout.placeAt(
                    name.text(), scope.span(placement.after(), process).end() + gap, bytes);
        } else {
            long gap = placement.gap() == null ? PAGE : placement.gap().bytes();
            region = layout.place(name.text(), bytes, align, gap);
        }
        if (region.start() % align != 0) {
            throw new MistakeException(name.at(), name + " cannot lie there and be aligned as it says");
        }
        if (layout.pages() > Layout.MOST_PAGES) {
            throw new MistakeException(
                    name.at(), "regions and what is between them span at most " + Layout.MOST_PAGES + " pages");
        }
        return region;
    }

    private Operation mremap(Step step, Call.Mremap mremap, int process) {
        Span from = span(mremap.place(), step);
        long flags = 0;
        for (String flag : mremap.flags()) {
            flags |= flag.equals("dontunmap") ? Mman.MREMAP_DONTUNMAP : Mman.MREMAP_MAYMOVE;
        }
        long size = mremap.size() == null ? 0 : mremap.size().bytes();
        long target = 0;
        if (mremap.target() != null) {
            Span to = span(mremap.target(), step);
            size = to.bytes();
            if (to.start() != from.start()) {
                target = to.start();
                flags |= Mman.MREMAP_MAYMOVE | Mman.MREMAP_FIXED;
            }
        } else if (mremap.placement() != null) {
            target = newRegion(step, size, mremap.placement()).start();
            flags |= Mman.MREMAP_MAYMOVE | Mman.MREMAP_FIXED;
        }
        return Operation.of(Action.MREMAP, process, from.start(), from.bytes(), size, flags, target);
    }

    private Operation lock(Step step, Call.Lock lock) {
        Span span = span(lock.place(), step);
        return switch (lock.verb()) {
            case "mlock" -> ranged(Action.MLOCK, span);
            case "mlock2" -> ranged(Action.MLOCK2, span, lock.onFault() ? Mman.MLOCK_ONFAULT : 0);
            default -> ranged(Action.MUNLOCK, span);
        };
    }

    private static long lockFlags(List<String> words) {
        long flags = 0;
        for (String word : words) {
            flags |= switch (word) {
                case "current" -> Mman.MCL_CURRENT;
                case "future" -> Mman.MCL_FUTURE;
                default -> Mman.MCL_ONFAULT;
            };
        }
        return flags;
    }

    /** PROT_ bits of a word such as {@code rw}. */
    static long protection(Word word) {
        return switch (word.text()) {
            case "none" -> Mman.PROT_NONE;
            case "r" -> Mman.PROT_READ;
            case "w" -> Mman.PROT_WRITE;
            case "x" -> Mman.PROT_EXEC;
            case "rw" -> Mman.PROT_READ | Mman.PROT_WRITE;
            case "rx" -> Mman.PROT_READ | Mman.PROT_EXEC;
            case "wx" -> Mman.PROT_WRITE | Mman.PROT_EXEC;
            case "rwx" -> Mman.PROT_READ | Mman.PROT_WRITE | Mman.PROT_EXEC;
            default ->
                throw new MistakeException(
                        word.at(), "no protection '" + word + "'; there are none, r, w, x, rw, rx, wx and rwx");
        };
    }

    private static long advice(Word word) {
        return Advice.number(word.text())
                .orElseThrow(() -> MistakeException.unknown(
                        "advice",
                        word,
                        word.text().startsWith("MADV_")
                                ? Advice.names()
                                : Advice.names().stream()
                                        .map(name -> name.substring(5).toLowerCase(Locale.ROOT))
                                        .toList()));
    }

    // ---------------------------------------------------------------- pins

    private Operation pin(Step step, Call.Pin pin, int process) {
        long kinds = 0;
        for (Word kind : pin.kinds()) {
            kinds |= switch (kind.text()) {
                case "read-only" -> 0;
                case "writable" -> Action.PIN_WRITE;
                case "longterm" -> Action.PIN_LONGTERM;
                default ->
                    throw MistakeException.unknown("kind of pin", kind, List.of("read-only", "writable", "longterm"));
            };
        }
        Span span = span(pin.place(), step);
        return ranged(Action.PIN, span, scope.newHolder(holderName(step), process, span.pages(), false), kinds);
    }

    private Operation vmsplice(Step step, Call.Vmsplice vmsplice, int process) {
        Span span = span(vmsplice.place(), step);
        return ranged(Action.REFERENCE, span, scope.newHolder(holderName(step), process, span.pages(), true));
    }

    private static Word holderName(Step step) {
        Word name = step.name();
        if (name == null) {
            throw new MistakeException(step.at(), "what holds pages needs a name, as in P = pin buf writable longterm");
        }
        return name;
    }

    private Scope.Holder held(Word name, boolean pipe, int page, int process) {
        Scope.Holder holder = scope.holder(name, pipe, process);
        if (page >= holder.pages()) {
            throw new MistakeException(
                    name.at(),
                    name + " holds " + holder.pages() + " pages, [0:" + holder.pages() + "]; there is no [" + page
                            + "]");
        }
        return holder;
    }

    private static Operation raw(Call.Raw raw, int process) {
        String name = raw.action().text().toUpperCase(Locale.ROOT);
        List<String> known = Arrays.stream(Action.values())
                .map(action -> action.name().toLowerCase(Locale.ROOT))
                .toList();
        Action action = Arrays.stream(Action.values())
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow(() -> MistakeException.unknown("action", raw.action(), known));
        if (action == Action.SPAWN || action == Action.FORK || action == Action.EXIT || action == Action.FILE) {
            throw new MistakeException(
                    raw.action().at(), "raw makes no processes or files: give them names, as in B = fork A");
        }
        return Operation.of(
                action,
                process,
                raw.arguments().stream().mapToLong(Long::longValue).toArray());
    }
}
