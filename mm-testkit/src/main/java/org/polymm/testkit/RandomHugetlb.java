package org.polymm.testkit;

import java.util.Random;
import java.util.function.Consumer;
import org.polymm.api.mapcount.MapcountScheme;
import org.polymm.testkit.fake.FakeHugetlbPage;

/** A hugetlb page that a few address spaces map whole or piece by piece, collapse, cut and leave at random. */
final class RandomHugetlb {

    private static final int MMS = 3;
    private static final int OPERATIONS = 30;
    private static final int ENTRIES = 8;

    /** How an address space maps the page. */
    private enum Shape {
        NOTHING,
        WHOLE,
        PIECES
    }

    private final Random random;

    RandomHugetlb(Random random) {
        this.random = random;
    }

    /**
     * Runs a sequence that ends with nothing mapped, asks every question after each operation, and lets it be checked.
     */
    void run(MapcountScheme.Hugetlb scheme, Consumer<FakeHugetlbPage> check) {
        FakeHugetlbPage page = FakeHugetlbPage.small(ENTRIES, scheme);
        boolean pieces = scheme.supportsHighGranularity();
        scheme.needsPerPageDescriptors();
        Shape[] shapes = new Shape[MMS + 1];
        for (int mm = 1; mm <= MMS; mm++) {
            shapes[mm] = Shape.NOTHING;
        }
        for (int i = 0; i < OPERATIONS; i++) {
            int mm = 1 + random.nextInt(MMS);
            shapes[mm] = operate(page, mm, shapes[mm], pieces);
            ask(scheme, page);
            check.accept(page);
        }
        for (int mm = 1; mm <= MMS; mm++) {
            page.unmapAll(mm);
            ask(scheme, page);
            check.accept(page);
        }
    }

    private Shape operate(FakeHugetlbPage page, int mm, Shape shape, boolean pieces) {
        if (random.nextInt(6) == 0) {
            page.unmapAll(mm);
            return Shape.NOTHING;
        }
        return switch (shape) {
            case NOTHING -> {
                if (!pieces || random.nextBoolean()) {
                    page.mapWhole(mm);
                    yield Shape.WHOLE;
                }
                int first = random.nextInt(page.pages() - 1);
                int count = 1 + random.nextInt(page.pages() - 1 - first);
                page.continueRange(mm, first, count);
                yield Shape.PIECES;
            }
            case WHOLE -> {
                if (pieces && random.nextBoolean()) {
                    page.split(mm);
                    yield Shape.PIECES;
                }
                yield Shape.WHOLE;
            }
            case PIECES -> {
                if (random.nextInt(3) == 0) {
                    page.collapse(mm);
                    yield Shape.WHOLE;
                }
                int first = random.nextInt(page.pages());
                page.unmapLeaves(mm, first, 1 + random.nextInt(page.pages() - first));
                yield Shape.PIECES;
            }
        };
    }

    private void ask(MapcountScheme.Hugetlb scheme, FakeHugetlbPage page) {
        scheme.mapcount(page);
        scheme.maybeMappedShared(page);
        scheme.reportedMapcount(page, random.nextInt(page.pages()));
    }
}
