package org.polymm.lab.scenario;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.polymm.lab.program.EngineFact;
import org.polymm.lab.program.MachineImage;
import org.polymm.lab.program.UnmetException;

/** Checks of pages: what they are, whether they are the same, what they hold. */
final class PageChecks {

    /** How many wrong pages a failure names. */
    private static final int SHOWN = 3;

    private PageChecks() {}

    /** Whether a page is as it should be. */
    interface Property {
        /** What it is called, such as {@code not mlocked}. */
        String text();

        boolean isEngineOnly();

        boolean holds(View view, Span span, int slot, int page) throws UnmetException;

        /** What to say of a page that is not: empty if the page's description says it already. */
        default String seen(View view, Span span, int page) throws UnmetException {
            return "";
        }
    }

    record Bit(String word, int bit, boolean is) implements Property {
        @Override
        public String text() {
            return (is ? "" : "not ") + word;
        }

        @Override
        public boolean isEngineOnly() {
            return false;
        }

        @Override
        public boolean holds(View view, Span span, int slot, int page) {
            int bits = bits(view, span, slot, page);
            return (bit == 0 ? bits == 0 : (bits & bit) != 0) == is;
        }
    }

    record Order(int order) implements Property {
        @Override
        public String text() {
            return "order " + order;
        }

        @Override
        public boolean isEngineOnly() {
            return false;
        }

        @Override
        public boolean holds(View view, Span span, int slot, int page) {
            int at = span.firstIn(view.image().window()) + page;
            return view.image().folio(slot, at) != 0 && view.image().order(slot, at) == order;
        }
    }

    record Mapcount(long mapcount) implements Property {
        @Override
        public String text() {
            return "mapcount " + mapcount;
        }

        @Override
        public boolean isEngineOnly() {
            return false;
        }

        @Override
        public boolean holds(View view, Span span, int slot, int page) {
            int at = span.firstIn(view.image().window()) + page;
            return view.image().folio(slot, at) != 0 && view.image().mapcount(slot, at) == mapcount;
        }
    }

    record Fact(EngineFact fact, long value, boolean is) implements Property {
        @Override
        public String text() {
            return (is ? "" : "not ") + fact.word() + (fact.isNumber() ? " " + value : "");
        }

        @Override
        public boolean isEngineOnly() {
            return true;
        }

        @Override
        public boolean holds(View view, Span span, int slot, int page) throws UnmetException {
            return (view.fact(span.process(), span.page(page), fact) == value) == is;
        }

        @Override
        public String seen(View view, Span span, int page) throws UnmetException {
            long seen = view.fact(span.process(), span.page(page), fact);
            return fact.isNumber() ? " " + fact.word() + " " + seen : (seen == 0 ? " not " : " ") + fact.word();
        }
    }

    private static int bits(View view, Span span, int slot, int page) {
        return view.image().bits(slot, span.firstIn(view.image().window()) + page);
    }

    /** Every page has every property, or as many pages as were named. */
    record All(
            Span span, List<Property> properties, @Nullable Long count) implements Check {

        @Override
        public Kind kind() {
            return properties.stream().anyMatch(Property::isEngineOnly) ? Kind.ENGINE_ONLY : Kind.EXACT;
        }

        @Override
        public @Nullable String failure(View view) throws UnmetException {
            int slot = view.slot(span);
            int wrong = 0;
            StringBuilder text = new StringBuilder();
            for (int page = 0; page < span.pages(); page++) {
                Property missing = firstMissing(view, slot, page);
                if (missing != null && wrong++ < SHOWN) {
                    text.append(text.isEmpty() ? "" : "; ")
                            .append(view.names().page(span.page(page)))
                            .append(" is ")
                            .append(PageWords.page(
                                    view.image(),
                                    slot,
                                    span.firstIn(view.image().window()) + page))
                            .append(missing.seen(view, span, page));
                }
            }
            if (count != null) {
                int right = span.pages() - wrong;
                return right == count ? null : right + " of " + span.pages() + " pages are, expected " + count;
            }
            if (wrong == 0) {
                return null;
            }
            return text + (wrong > SHOWN ? "; and " + (wrong - SHOWN) + " more" : "") + "; expected " + wanted();
        }

        private @Nullable Property firstMissing(View view, int slot, int page) throws UnmetException {
            for (Property property : properties) {
                if (!property.holds(view, span, slot, page)) {
                    return property;
                }
            }
            return null;
        }

        private String wanted() {
            return String.join(", ", properties.stream().map(Property::text).toList());
        }
    }

    /** All pages are of one folio, or are not. */
    record OneFolio(Span span, boolean is) implements Check {

        @Override
        public Kind kind() {
            return Kind.EXACT;
        }

        @Override
        public @Nullable String failure(View view) {
            int slot = view.slot(span);
            MachineImage image = view.image();
            int first = span.firstIn(image.window());
            long folio = image.folio(slot, first);
            for (int page = 0; page < span.pages(); page++) {
                if (image.folio(slot, first + page) != folio || folio == 0) {
                    return is
                            ? view.names().page(span.page(page)) + " is " + PageWords.page(image, slot, first + page)
                                    + ", " + view.names().page(span.start()) + " is "
                                    + PageWords.page(image, slot, first) + "; expected one folio"
                            : null;
                }
            }
            return is ? null : "all pages are of one folio";
        }
    }

    /** Pages are backed by the same pages or folios, or are not. */
    record Same(Span span, Span other, boolean folio, boolean is) implements Check {

        @Override
        public Kind kind() {
            return Kind.EXACT;
        }

        @Override
        public @Nullable String failure(View view) {
            int slot = view.slot(span);
            int otherSlot = view.slot(other);
            MachineImage image = view.image();
            for (int page = 0; page < span.pages(); page++) {
                int at = span.firstIn(image.window()) + page;
                int otherAt = other.firstIn(image.window()) + page;
                if (same(image, slot, at, otherSlot, otherAt) != is) {
                    return view.names().process(span.process()) + "."
                            + view.names().page(span.page(page)) + " is "
                            + PageWords.page(image, slot, at) + ", "
                            + view.names().process(other.process()) + "."
                            + view.names().page(other.page(page))
                            + " is " + PageWords.page(image, otherSlot, otherAt) + "; expected "
                            + (is ? "the same " : "not the same ") + (folio ? "folio" : "page");
                }
            }
            return null;
        }

        private boolean same(MachineImage image, int slot, int at, int otherSlot, int otherAt) {
            int zero = MachineImage.ZERO;
            if ((image.bits(slot, at) & image.bits(otherSlot, otherAt) & zero) != 0) {
                return true;
            }
            return image.folio(slot, at) != 0
                    && image.folio(slot, at) == image.folio(otherSlot, otherAt)
                    && (folio || image.folioIndex(slot, at) == image.folioIndex(otherSlot, otherAt));
        }
    }

    /** Pages hold values; looked at without a fault. */
    record Contents(Span span, long first, long step) implements Check {

        @Override
        public Kind kind() {
            return Kind.EXACT;
        }

        @Override
        public @Nullable String failure(View view) {
            int slot = view.slot(span);
            MachineImage image = view.image();
            for (int page = 0; page < span.pages(); page++) {
                int at = span.firstIn(image.window()) + page;
                long expected = first + page * step;
                String where = view.names().page(span.page(page));
                if ((image.bits(slot, at) & MachineImage.PRESENT) == 0) {
                    return where + " is " + PageWords.page(image, slot, at) + " and holds nothing; expected "
                            + expected;
                }
                if (!isReadable(image, slot, span.page(page))) {
                    return where + " is not readable, so that what it holds cannot be seen without a fault";
                }
                if (image.content(slot, at) != expected) {
                    return String.format(
                            Locale.ROOT, "%s holds %d, expected %d", where, image.content(slot, at), expected);
                }
            }
            return null;
        }

        private static boolean isReadable(MachineImage image, int slot, long address) {
            for (int vma = 0; vma < image.vmaCount(slot); vma++) {
                if (image.vmaStart(slot, vma) <= address && address < image.vmaEnd(slot, vma)) {
                    return (image.vmaBits(slot, vma) & MachineImage.VMA_READ) != 0;
                }
            }
            return false;
        }
    }
}
