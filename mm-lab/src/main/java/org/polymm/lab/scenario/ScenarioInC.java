package org.polymm.lab.scenario;

import java.util.ArrayList;
import java.util.List;
import org.polymm.lab.emit.NotEmittableException;
import org.polymm.lab.emit.SelftestWriter;
import org.polymm.lab.program.Action;
import org.polymm.lab.program.MachineImage;
import org.polymm.lab.program.Operation;

/**
 * Says a scenario in C. What only a simulator can tell, and counters of the whole machine, become remarks; what the host cannot be asked for at
 * all is refused. Used once.
 */
public final class ScenarioInC {

    private final Circumstances circumstances = HostNeeds.circumstances();
    private final SelftestWriter writer;
    private final List<Item.Expect> always = new ArrayList<>();

    private ScenarioInC(Scenario scenario) {
        this.writer = new SelftestWriter(
                scenario.title().isEmpty() ? scenario.file() : scenario.title(),
                String.join("; ", scenario.sources()),
                scenario.settings(),
                scenario.names().processes());
    }

    /**
     * Writes a scenario as a stand-alone C program.
     *
     * @param scenario the scenario
     * @return the text of the program
     * @throws NotEmittableException if something of it cannot be done or seen by such a program; the message names the line
     */
    public static String write(Scenario scenario) throws NotEmittableException {
        String unmet = HostNeeds.unmet(scenario);
        if (unmet != null) {
            throw new NotEmittableException(unmet);
        }
        if (scenario.settings().swapBytes() != 0 || scenario.settings().hugetlbPages() != 0) {
            throw new NotEmittableException("swap and hugetlb pages are not set up by the C program");
        }
        ScenarioInC translation = new ScenarioInC(scenario);
        for (Item item : scenario.items()) {
            try {
                translation.add(item);
            } catch (NotEmittableException e) {
                throw new NotEmittableException(
                        "line " + item.at().line() + ": " + item.text() + ": " + e.getMessage());
            }
        }
        return translation.writer.text();
    }

    private void add(Item item) throws NotEmittableException {
        switch (item) {
            case Item.Act act -> {
                act(act);
                for (Item.Expect expect : always) {
                    expect(expect);
                }
            }
            case Item.Expect expect -> {
                expect(expect);
                if (expect.always()) {
                    always.add(expect);
                }
            }
            case Item.Mark mark -> writer.remark(mark.text());
            case Item.Tasks tasks ->
                throw new NotEmittableException("tasks that run at the same time have no order that C could follow");
        }
    }

    private void act(Item.Act act) throws NotEmittableException {
        Operation operation = act.operation();
        Ending ending = act.ending();
        Ending.End end = ending.guard().holds(circumstances) ? ending.expected() : ending.otherwise();
        int errno = end.any() ? SelftestWriter.ANY : end.errno();
        int signal = end.any() ? SelftestWriter.ANY : end.signal();
        writer.operation(operation, errno, signal, act.text());
        Long value = ending.value();
        if (operation.action() == Action.READ && value != null && end.equals(Ending.End.OK)) {
            long last = operation.a() + (operation.b() - 1) * Operation.PAGE;
            writer.check(operation.process(), "contents(" + hex(last) + ", 1, " + word(value) + ", 0)", act.text());
        }
    }

    private void expect(Item.Expect expect) throws NotEmittableException {
        if (!expect.guard().holds(circumstances)) {
            return;
        }
        switch (expect.check().kind()) {
            case ENGINE_ONLY -> writer.remark("only a simulator can tell: " + expect.text());
            case DELTA -> writer.remark("other programs move this counter too: " + expect.text());
            case EXACT -> exact(expect.check(), expect.text());
        }
    }

    private void exact(Check check, String text) throws NotEmittableException {
        switch (check) {
            case AllOf several -> {
                for (Check one : several.checks()) {
                    exact(one, text);
                }
            }
            case PageChecks.All all -> writer.check(all.span().process(), pages(all), text);
            case PageChecks.OneFolio one ->
                writer.check(
                        one.span().process(), (one.is() ? "" : "!") + "one_folio(" + range(one.span()) + ")", text);
            case PageChecks.Same same ->
                writer.compareRanges(
                        same.other().process(),
                        same.other().page(0),
                        same.span().process(),
                        same.span().page(0),
                        same.span().pages(),
                        same.folio(),
                        same.is(),
                        text);
            case PageChecks.Contents contents ->
                writer.check(
                        contents.span().process(),
                        "contents(" + range(contents.span()) + ", " + word(contents.first()) + ", "
                                + word(contents.step()) + ")",
                        text);
            case AreaChecks.Count count ->
                writer.check(
                        count.span().process(),
                        "vmas(" + bounds(count.span()) + ", NULL) " + sign(count.comparison()) + " " + count.count(),
                        text);
            case AreaChecks.Layout layout ->
                writer.check(
                        layout.span().process(),
                        "areas(" + bounds(layout.span()) + ", \"" + areas(layout.wanted()) + "\")",
                        text);
            case CounterChecks.Smaps smaps ->
                writer.check(
                        smaps.span().process(),
                        "smaps(" + bounds(smaps.span()) + ", \"" + smapsField(smaps.field()) + "\") "
                                + sign(smaps.comparison()) + " " + smaps.bytes(),
                        text);
            case CounterChecks.Status status ->
                writer.check(
                        status.process(),
                        "status(\"" + status.field() + "\") " + sign(status.comparison()) + " " + status.bytes(),
                        text);
            default -> throw new NotEmittableException("this cannot be looked at from inside a process");
        }
    }

    private static String pages(PageChecks.All all) throws NotEmittableException {
        Long count = all.count();
        if (count != null) {
            if (all.properties().size() != 1
                    || !(all.properties().getFirst() instanceof PageChecks.Bit bit)
                    || !bit.is()) {
                throw new NotEmittableException("pages are counted by one property at a time");
            }
            return "count(" + test(bit) + ", " + range(all.span()) + ") == " + count;
        }
        List<String> conditions = new ArrayList<>();
        for (PageChecks.Property property : all.properties()) {
            conditions.add(condition(property, all.span()));
        }
        return String.join(" && ", conditions);
    }

    private static String condition(PageChecks.Property property, Span span) throws NotEmittableException {
        return switch (property) {
            case PageChecks.Bit bit -> (bit.is() ? "all(" : "none(") + test(bit) + ", " + range(span) + ")";
            case PageChecks.Order order -> "all_folios_of(" + (1L << order.order()) + ", " + range(span) + ")";
            case PageChecks.Mapcount mapcount -> "all_mapcounts(" + mapcount.mapcount() + ", " + range(span) + ")";
            default -> throw new NotEmittableException(property.text() + " is seen by a simulator only");
        };
    }

    private static String test(PageChecks.Bit bit) throws NotEmittableException {
        return switch (bit.bit()) {
            case 0 -> "is_empty";
            case MachineImage.PRESENT -> "is_present";
            case MachineImage.SWAPPED -> "is_swapped";
            case MachineImage.FILE -> "is_file";
            case MachineImage.MAPPED_ONCE -> "is_mapped_once";
            case MachineImage.ANON -> "is_anon";
            case MachineImage.LARGE -> "is_large";
            case MachineImage.ZERO -> "is_zero_page";
            case MachineImage.MLOCKED -> "is_mlocked";
            default -> throw new NotEmittableException("the C program does not look for pages that are " + bit.word());
        };
    }

    private static String areas(List<AreaChecks.Wanted> wanted) throws NotEmittableException {
        List<String> texts = new ArrayList<>();
        for (AreaChecks.Wanted one : wanted) {
            if ((one.set() | one.clear()) != 0) {
                throw new NotEmittableException("the C program looks at protections of VMAs, not at " + one);
            }
            texts.add(one.kind() + " " + one.pages());
        }
        return String.join(", ", texts);
    }

    private static String smapsField(String field) throws NotEmittableException {
        if (field.equals("Shared") || field.equals("Private")) {
            throw new NotEmittableException(field + " is two fields of smaps, clean and dirty");
        }
        return field;
    }

    private static String sign(Comparison comparison) {
        return comparison == Comparison.EQUAL ? "==" : comparison.toString();
    }

    private static String range(Span span) {
        return hex(span.page(0)) + ", " + span.pages();
    }

    private static String bounds(Span span) {
        return hex(span.start()) + ", " + hex(span.end());
    }

    private static String hex(long address) {
        return "0x" + Long.toHexString(address);
    }

    private static String word(long value) {
        return "0x" + Long.toHexString(value) + "ULL";
    }
}
