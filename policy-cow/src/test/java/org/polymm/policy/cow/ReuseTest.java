package org.polymm.policy.cow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.polymm.api.PageSpan;
import org.polymm.api.cow.CowSizingPolicy.Reuse;
import org.polymm.api.cow.ExclusivityProof;
import org.polymm.api.view.MappingLevel;
import org.polymm.testkit.fake.FakeFolio;
import org.polymm.testkit.fake.FakeVma;
import org.polymm.testkit.fake.FakeWriteFault;

class ReuseTest {

    private static final FakeVma VMA = FakeVma.anonymous(0x100, 0x400);

    private final Reuse neverLarge = new NeverLargeReuse();
    private final Reuse byScheme = new ProvenBySchemeReuse();
    private final Reuse run = new ExclusiveRunReuse(true);
    private final Reuse runByScheme = new ExclusiveRunReuse(false);

    @ParameterizedTest(name = "order {0} at {1}, {2} mappings, {3} references")
    @CsvSource({
        // order, level, mappings, references, to 6.14, since 6.15, run by scan, run by scheme
        "0, PTE,  1,  1, REFERENCES, REFERENCES, REFERENCES, REFERENCES",
        "9, PMD,  1,  1, REFERENCES, REFERENCES, REFERENCES, REFERENCES",
        "4, PTE, 16, 16, NOTHING,    SCHEME,     SCAN,       SCHEME",
        "4, PTE, 16, 17, NOTHING,    SCHEME,     NOTHING,    SCHEME",
        "4, PTE, 32, 32, NOTHING,    SCHEME,     NOTHING,    SCHEME",
        "4, PTE,  1,  1, NOTHING,    NOTHING,    SCAN,       SCHEME",
    })
    void what_may_prove_a_page_exclusive(
            int order,
            MappingLevel level,
            int mappings,
            int references,
            ExclusivityProof to614,
            ExclusivityProof since615,
            ExclusivityProof byScan,
            ExclusivityProof byTheScheme) {
        FakeFolio folio = FakeFolio.ofOrder(order).mapcount(mappings).refcount(references);
        FakeWriteFault fault = FakeWriteFault.of(VMA, folio, 0x200, 0).level(level);
        assertSame(to614, neverLarge.proof(fault));
        assertSame(since615, byScheme.proof(fault));
        assertSame(byScan, run.proof(fault));
        assertSame(byTheScheme, runByScheme.proof(fault));
    }

    @Test
    void a_ksm_page_is_always_copied() {
        FakeWriteFault fault = FakeWriteFault.of(VMA, FakeFolio.small().ksm(true), 0x200, 0);
        for (Reuse policy : new Reuse[] {neverLarge, byScheme, run, runByScheme}) {
            assertSame(ExclusivityProof.NOTHING, policy.proof(fault));
        }
    }

    @Test
    void mainline_makes_one_page_writable_however_many_are_proven() {
        FakeWriteFault fault =
                FakeWriteFault.of(VMA, FakeFolio.ofOrder(4), 0x205, 5).folioProvenExclusive(true);
        assertEquals(PageSpan.ONE_PAGE, neverLarge.reuseExtent(fault));
        assertEquals(PageSpan.ONE_PAGE, byScheme.reuseExtent(fault));
    }

    @Test
    void a_proof_for_the_folio_takes_the_whole_run_along() {
        FakeWriteFault fault =
                FakeWriteFault.of(VMA, FakeFolio.ofOrder(4), 0x205, 5).folioProvenExclusive(true);
        assertEquals("[-5, 11)", PageSpan.toString(run.reuseExtent(fault)));
        assertEquals("[-2, 4)", PageSpan.toString(run.reuseExtent(fault.run(2, 3))));
    }

    @Test
    void without_a_proof_the_run_ends_at_the_first_page_that_may_be_shared() {
        FakeWriteFault fault = FakeWriteFault.of(VMA, FakeFolio.ofOrder(4), 0x205, 5)
                .exclusive(-2, 3)
                .exclusive(-5, 2)
                .exclusive(1, 1)
                .exclusive(3, 8);
        assertEquals("[-2, 2)", PageSpan.toString(run.reuseExtent(fault)));
        assertEquals(PageSpan.ONE_PAGE, run.reuseExtent(FakeWriteFault.of(VMA, FakeFolio.ofOrder(4), 0x205, 5)));
    }
}
