package org.polymm.testkit;

import java.util.Random;
import java.util.function.Consumer;
import org.polymm.api.mapcount.MapcountScheme;
import org.polymm.testkit.fake.FakeLargeFolio;

/** A large folio that a few address spaces map, split, share, cut and leave at random, each page once at most. */
final class RandomMappings {

    private static final int MMS = 5;
    private static final int OPERATIONS = 60;

    private final Random random;

    RandomMappings(Random random) {
        this.random = random;
    }

    /**
     * Runs a sequence that ends with nothing mapped, asks every question after each operation, and lets it be checked.
     */
    void run(MapcountScheme.Folio scheme, Consumer<FakeLargeFolio> check) {
        int order = 1 + random.nextInt(4);
        FakeLargeFolio folio = new FakeLargeFolio(order, scheme);
        // What each address space maps: one bit a page, or everything by a PMD entry.
        long[] mapped = new long[MMS + 1];
        boolean[] entire = new boolean[MMS + 1];
        long all = (1L << (1 << order)) - 1;
        for (int i = 0; i < OPERATIONS; i++) {
            int mm = 1 + random.nextInt(MMS);
            int other = 1 + random.nextInt(MMS);
            switch (random.nextInt(8)) {
                case 0 -> {
                    if (mapped[mm] == 0 && !entire[mm]) {
                        folio.mapEntire(mm);
                        entire[mm] = true;
                    }
                }
                case 1 -> {
                    if (entire[mm]) {
                        folio.splitPmd(mm);
                        entire[mm] = false;
                        mapped[mm] = all;
                    }
                }
                case 2 -> {
                    if (mm != other && mapped[other] == 0 && !entire[other]) {
                        folio.fork(mm, other);
                        mapped[other] = mapped[mm];
                        entire[other] = entire[mm];
                    }
                }
                case 3 -> {
                    folio.exit(mm);
                    mapped[mm] = 0;
                    entire[mm] = false;
                }
                case 4, 5 -> {
                    int first = random.nextInt(1 << order);
                    int count = run(~mapped[mm], first, order);
                    if (count > 0 && !entire[mm]) {
                        folio.map(mm, first, count);
                        mapped[mm] |= bits(first, count);
                    }
                }
                default -> {
                    int first = random.nextInt(1 << order);
                    int count = run(mapped[mm], first, order);
                    if (count > 0) {
                        folio.unmap(mm, first, count);
                        mapped[mm] &= ~bits(first, count);
                    }
                }
            }
            ask(scheme, folio);
            check.accept(folio);
        }
        for (int mm = 1; mm <= MMS; mm++) {
            folio.exit(mm);
            ask(scheme, folio);
            check.accept(folio);
        }
    }

    private void ask(MapcountScheme.Folio scheme, FakeLargeFolio folio) {
        int page = random.nextInt(folio.pages());
        scheme.maybeMappedShared(folio);
        scheme.isExclusiveTo(folio, 1 + random.nextInt(MMS));
        scheme.reportedMapcount(folio, page);
        scheme.reportedExclusive(folio, page);
        scheme.pssDivisor(folio, page);
    }

    /** A random length of a run of set bits that begins at a page; 0 if there is none. */
    private int run(long bits, int first, int order) {
        int longest = 0;
        while (first + longest < 1 << order && (bits >>> (first + longest) & 1) != 0) {
            longest++;
        }
        return longest == 0 ? 0 : 1 + random.nextInt(longest);
    }

    private static long bits(int first, int count) {
        return ((1L << count) - 1) << first;
    }
}
