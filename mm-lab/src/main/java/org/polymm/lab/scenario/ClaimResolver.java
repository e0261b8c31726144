package org.polymm.lab.scenario;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.check.Invariant;
import org.polymm.engine.frame.MthpStat;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.lab.explore.FailureKind;
import org.polymm.lab.program.EngineFact;
import org.polymm.lab.program.KhugepagedCounters;
import org.polymm.lab.program.Operation;
import org.polymm.lab.program.ProcFields;
import org.polymm.lab.scenario.syntax.Claim;
import org.polymm.lab.scenario.syntax.Place;
import org.polymm.lab.scenario.syntax.Word;
import org.polymm.runtime.config.Sizes;

/** Turns claims into checks with numbers. */
final class ClaimResolver {

    private final Scope scope;

    ClaimResolver(Scope scope) {
        this.scope = scope;
    }

    Check resolve(Claim claim, @Nullable Word process) {
        return switch (claim) {
            case Claim.VmaCount c ->
                new AreaChecks.Count(span(c.place(), process), Comparison.of(c.comparison()), c.count());
            case Claim.VmaList c -> new AreaChecks.Layout(span(c.place(), process), areas(c, process));
            case Claim.Vmstat c -> {
                if (Vmstat.item(c.counter().text()) == null) {
                    throw MistakeException.unknown(
                            "counter of vmstat",
                            c.counter(),
                            Arrays.stream(VmstatItem.values())
                                    .map(VmstatItem::vmstatName)
                                    .toList());
                }
                yield new CounterChecks.Vmstat(c.counter().text(), c.change());
            }
            case Claim.ThpStat c -> {
                String counter = known(
                        "counter of a folio size",
                        c.counter(),
                        Arrays.stream(MthpStat.values()).map(MthpStat::fileName).toList());
                yield new CounterChecks.Vmstat(SettingsResolver.counters(c.size()) + counter, c.change());
            }
            case Claim.Khugepaged c ->
                new CounterChecks.Vmstat(
                        KhugepagedCounters.nameOf(
                                known("counter of khugepaged", c.counter(), KhugepagedCounters.words())),
                        c.change());
            case Claim.Violation c -> new CounterChecks.Violated(invariant(c.invariant()));
            case Claim.Counterexample c -> new CounterexampleCheck(kind(c.kind()));
            case Claim.Status c -> {
                if (process == null) {
                    throw new MistakeException(
                            c.field().at(), "whose status? Put the process first, as in expect A: status VmLck = 0");
                }
                yield new CounterChecks.Status(
                        scope.process(process),
                        known("field of status", c.field(), ProcFields.STATUS),
                        Comparison.of(c.comparison()),
                        c.amount().bytes());
            }
            case Claim.Smaps c ->
                new CounterChecks.Smaps(
                        span(c.place(), process),
                        known("field of smaps", c.field(), ProcFields.SMAPS),
                        Comparison.of(c.comparison()),
                        c.amount().bytes());
            case Claim.PageCount c -> {
                for (Claim.Property property : c.properties()) {
                    if (property.name().equals(PageWords.ONE_FOLIO)) {
                        throw new MistakeException(
                                property.at(), "'one folio' says something of all pages, not of some");
                    }
                }
                yield new PageChecks.All(span(c.place(), process), properties(c.properties()), c.count());
            }
            case Claim.Pages c -> pages(c, process);
            case Claim.Same c -> {
                Span span = span(c.place(), process);
                Span other = span(c.other(), process);
                if (span.pages() != other.pages()) {
                    throw new MistakeException(
                            c.other().at(),
                            "has " + other.pages() + " pages, and what it is compared with " + span.pages());
                }
                yield new PageChecks.Same(span, other, c.folio(), c.same());
            }
            case Claim.Contents c ->
                new PageChecks.Contents(
                        span(c.place(), process), c.value().first(), c.value().step());
        };
    }

    private Span span(Place place, @Nullable Word process) {
        if (place.plus() != null || place.length() != null) {
            throw new MistakeException(
                    place.at(), "an expectation looks at whole pages: a slice, without plus and length");
        }
        return scope.span(place, process);
    }

    private static String known(String what, Word word, List<String> known) {
        if (!known.contains(word.text())) {
            throw MistakeException.unknown(what, word, known);
        }
        return word.text();
    }

    private static Invariant invariant(Word word) {
        return Arrays.stream(Invariant.values())
                .filter(one -> one.id().equals(word.text()))
                .findFirst()
                .orElseThrow(() -> MistakeException.unknown(
                        "invariant",
                        word,
                        Arrays.stream(Invariant.values()).map(Invariant::id).toList()));
    }

    private static @Nullable FailureKind kind(@Nullable Word word) {
        return word == null
                ? null
                : Arrays.stream(FailureKind.values())
                        .filter(one -> one.id().equals(word.text()))
                        .findFirst()
                        .orElseThrow(() -> MistakeException.unknown(
                                "kind of counterexample",
                                word,
                                Arrays.stream(FailureKind.values())
                                        .map(FailureKind::id)
                                        .toList()));
    }

    private List<AreaChecks.Wanted> areas(Claim.VmaList claim, @Nullable Word process) {
        List<AreaChecks.Wanted> wanted = new ArrayList<>();
        long sum = 0;
        for (Claim.Area area : claim.areas()) {
            String kind = area.kind().text();
            if (!kind.equals(AreaChecks.HOLE)) {
                CallResolver.protection(area.kind());
            }
            int set = 0;
            int clear = 0;
            for (Claim.Property flag : area.flags()) {
                Integer bit = PageWords.vmaBit(flag.name());
                if (bit == null) {
                    throw MistakeException.unknown(
                            "property of a VMA", new Word(flag.at(), flag.name()), PageWords.vmaWords());
                }
                set |= flag.is() ? bit : 0;
                clear |= flag.is() ? 0 : bit;
            }
            long pages = area.length().bytes() / Operation.PAGE;
            sum += pages;
            wanted.add(new AreaChecks.Wanted(kind, pages, set, clear));
        }
        long pages = span(claim.place(), process).pages();
        if (sum > pages) {
            throw new MistakeException(
                    claim.place().at(), "VMAs and holes are " + sum + " pages, the range has " + pages);
        }
        if (sum < pages) {
            wanted.add(new AreaChecks.Wanted(AreaChecks.HOLE, pages - sum, 0, 0));
        }
        return wanted;
    }

    private Check pages(Claim.Pages claim, @Nullable Word process) {
        Span span = span(claim.place(), process);
        List<Claim.Property> ofPages = new ArrayList<>();
        List<Check> checks = new ArrayList<>();
        for (Claim.Property property : claim.properties()) {
            if (property.name().equals(PageWords.ONE_FOLIO)) {
                checks.add(new PageChecks.OneFolio(span, property.is()));
            } else {
                ofPages.add(property);
            }
        }
        if (!ofPages.isEmpty()) {
            checks.add(new PageChecks.All(span, properties(ofPages), null));
        }
        return checks.size() == 1 ? checks.getFirst() : new AllOf(checks);
    }

    private static List<PageChecks.Property> properties(List<Claim.Property> properties) {
        return properties.stream().map(ClaimResolver::property).toList();
    }

    private static PageChecks.Property property(Claim.Property property) {
        Long number = property.number();
        Word word = new Word(property.at(), property.name());
        if (number == null) {
            Integer bit = property.name().equals(PageWords.EMPTY) ? Integer.valueOf(0) : PageWords.bit(property.name());
            if (bit != null) {
                return new PageChecks.Bit(property.name(), bit, property.is());
            }
            EngineFact fact = PageWords.fact(property.name());
            if (fact == null || fact.isNumber()) {
                throw PageWords.counted().contains(property.name())
                        ? new MistakeException(property.at(), "'" + word + "' needs a number, as in " + word + " 2")
                        : MistakeException.unknown("page property", word, PageWords.plain());
            }
            return new PageChecks.Fact(fact, 1, property.is());
        }
        return switch (property.name()) {
            case PageWords.FOLIO -> new PageChecks.Order(orderOf(property.at(), number));
            case PageWords.ORDER -> new PageChecks.Order((int) Math.min(number, 64));
            case PageWords.MAPCOUNT -> new PageChecks.Mapcount(number);
            default -> {
                EngineFact fact = PageWords.fact(property.name());
                if (fact == null || !fact.isNumber()) {
                    throw MistakeException.unknown("page property with a number", word, PageWords.counted());
                }
                yield new PageChecks.Fact(fact, number, true);
            }
        };
    }

    private static int orderOf(org.polymm.lab.scenario.syntax.Position at, long bytes) {
        if (Long.bitCount(bytes) != 1 || bytes < Operation.PAGE) {
            throw new MistakeException(
                    at, "no folio has " + Sizes.show(bytes) + ": a power of two and a page at least");
        }
        return Long.numberOfTrailingZeros(bytes / Operation.PAGE);
    }
}
