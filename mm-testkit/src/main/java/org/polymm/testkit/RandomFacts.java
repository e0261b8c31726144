package org.polymm.testkit;

import java.util.Random;
import org.polymm.api.view.MappingLevel;
import org.polymm.api.view.ThpView;
import org.polymm.testkit.fake.FakeCandidate;
import org.polymm.testkit.fake.FakeFolio;
import org.polymm.testkit.fake.FakeThp;
import org.polymm.testkit.fake.FakeVma;
import org.polymm.testkit.fake.FakeWriteFault;

/** Facts drawn at random, plausible one by one if not always together. */
final class RandomFacts {

    private final Random random;

    RandomFacts(Random random) {
        this.random = random;
    }

    boolean flag() {
        return random.nextBoolean();
    }

    boolean rarely() {
        return random.nextInt(8) == 0;
    }

    int upTo(int most) {
        return random.nextInt(most + 1);
    }

    <E extends Enum<E>> E any(Class<E> type) {
        E[] all = type.getEnumConstants();
        return all[random.nextInt(all.length)];
    }

    ThpView thp() {
        FakeThp thp = FakeThp.of(flag() ? 9 : 3).shrinkUnderused(flag());
        int entries = 1 << thp.pmdOrder();
        for (int order = 2; order <= thp.pmdOrder(); order++) {
            if (flag()) {
                thp = flag() ? thp.always(order) : thp.madvise(order);
            }
        }
        return flag() ? thp : thp.limits(upTo(entries - 1), upTo(entries), upTo(entries));
    }

    FakeVma vma() {
        long start = random.nextInt(1 << 20);
        long end = start + 1 + random.nextInt(flag() ? 32 : 2048);
        FakeVma vma = flag()
                ? FakeVma.anonymous(start, end)
                : FakeVma.file(start, end).shared(flag());
        return vma.locked(flag())
                .lockedOnFault(rarely())
                .wantsHugePages(rarely())
                .refusesHugePages(rarely())
                .uffdMissing(rarely())
                .uffdWriteProtect(rarely())
                .withAnonVma(flag())
                .forkChild(rarely())
                .withGuardRegions(rarely());
    }

    FakeFolio folio(int maxOrder) {
        FakeFolio folio = FakeFolio.ofOrder(upTo(maxOrder))
                .anon(!rarely())
                .ksm(rarely())
                .mlocked(rarely())
                .unevictable(rarely())
                .maybeMappedShared(flag())
                .maybePinned(rarely())
                .partiallyMapped(rarely())
                .onDeferredQueue(flag())
                .inSwapCache(rarely())
                .everCowShared(flag());
        int mapcount = 1 + upTo(2 * folio.pages());
        return folio.mapcount(mapcount).entireMapcount(upTo(1)).refcount(mapcount + upTo(2));
    }

    FakeFolio largeFolio() {
        while (true) {
            FakeFolio folio = folio(9);
            if (folio.isLarge()) {
                return folio;
            }
        }
    }

    MappingLevel level(FakeFolio folio) {
        return folio.order() == 9 && flag() ? MappingLevel.PMD : MappingLevel.PTE;
    }

    FakeWriteFault writeFault() {
        FakeFolio folio = folio(rarely() ? 9 : 4);
        int index = upTo(folio.pages() - 1);
        FakeVma vma = vma();
        long page = flag() ? vma.startPage() / folio.pages() * folio.pages() + index : vma.startPage();
        FakeWriteFault fault = FakeWriteFault.of(vma, folio, page, index)
                .thp(thp())
                .unshare(rarely())
                .level(level(folio));
        if (fault.level() != MappingLevel.PTE) {
            return fault;
        }
        if (flag()) {
            fault.run(upTo(index), upTo(folio.pages() - 1 - index));
        }
        for (int i = upTo(3); i > 0; i--) {
            int first = 1 + upTo(fault.runAfter());
            fault.exclusive(first, upTo(4)).exclusive(-1 - upTo(fault.runBefore()), 1);
        }
        return fault;
    }

    FakeCandidate candidate() {
        ThpView thp = thp();
        FakeCandidate candidate = FakeCandidate.of(vma(), thp).forced(flag());
        int entries = candidate.entries();
        for (int i = upTo(4); i > 0; i--) {
            int first = upTo(entries - 1);
            int count = upTo(entries - first);
            switch (upTo(4)) {
                case 0 -> candidate.shared(first, count);
                case 1 -> candidate.old(first, count);
                case 2 -> candidate.writeProtected(first);
                case 3 -> candidate.referenced(first);
                default -> candidate.entries(first, count, any(FakeCandidate.EntryKind.class));
            }
        }
        return rarely() ? candidate.offLru(0).locked(entries - 1) : candidate;
    }
}
