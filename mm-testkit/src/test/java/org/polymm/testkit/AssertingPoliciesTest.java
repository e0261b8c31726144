package org.polymm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.polymm.api.PageSpan;
import org.polymm.api.cow.CowSizingPolicy;
import org.polymm.api.split.FolioSplitPolicy;
import org.polymm.api.split.LongTermPin;
import org.polymm.api.split.SplitPlan;
import org.polymm.testkit.fake.FakeFolio;
import org.polymm.testkit.fake.FakeLongTermPin;
import org.polymm.testkit.fake.FakeVma;
import org.polymm.testkit.fake.FakeWriteFault;

class AssertingPoliciesTest {

    private static final FakeLongTermPin PIN = FakeLongTermPin.of(
            FakeVma.anonymous(0x200, 0x400), FakeFolio.ofOrder(9).mlocked(true));

    @Test
    void a_call_passes_through_with_its_facts_and_its_answer() {
        FolioSplitPolicy.Pin wrapped = AssertingPolicies.wrap(FolioSplitPolicy.Pin.class, pin -> {
            assertEquals(0x200, pin.vma().pages());
            assertTrue(pin.folio().isMlocked() && pin.folio().isLarge());
            return SplitPlan.split();
        });
        assertSame(SplitPlan.split(), wrapped.onLongTermPin(PIN));
    }

    @Test
    void a_view_is_worthless_after_its_call() {
        List<LongTermPin> kept = new ArrayList<>();
        FolioSplitPolicy.Pin wrapped = AssertingPolicies.wrap(FolioSplitPolicy.Pin.class, pin -> {
            kept.add(pin);
            return SplitPlan.keep();
        });
        wrapped.onLongTermPin(PIN);
        KeptViewError error =
                assertThrows(KeptViewError.class, () -> kept.getFirst().pinnedPages());
        assertTrue(error.getMessage().contains("LongTermPin.pinnedPages"), error.getMessage());
        assertTrue(error.getMessage().contains("onLongTermPin"), error.getMessage());
    }

    @Test
    void an_answer_out_of_range_names_the_question_and_the_rule() {
        CowSizingPolicy.Copy wrapped = AssertingPolicies.wrap(CowSizingPolicy.Copy.class, fault -> PageSpan.of(0, 64));
        FakeWriteFault fault = FakeWriteFault.of(FakeVma.anonymous(0x200, 0x400), FakeFolio.ofOrder(4), 0x200, 0);
        AnswerError error = assertThrows(AnswerError.class, () -> wrapped.copyExtent(fault));
        assertTrue(error.getMessage().contains("copyExtent"), error.getMessage());
        assertTrue(error.getMessage().contains("answered [0, 64)"), error.getMessage());
        assertTrue(error.getMessage().contains("leaves the run [0, 16)"), error.getMessage());
    }

    @Test
    void what_a_policy_throws_comes_through_as_it_is() {
        IllegalStateException planted = new IllegalStateException("planted");
        FolioSplitPolicy.Pin wrapped = AssertingPolicies.wrap(FolioSplitPolicy.Pin.class, pin -> {
            throw planted;
        });
        assertSame(planted, assertThrows(IllegalStateException.class, () -> wrapped.onLongTermPin(PIN)));
    }

    @Test
    void default_answers_of_a_role_are_kept() {
        CowSizingPolicy.Copy wrapped = AssertingPolicies.wrap(CowSizingPolicy.Copy.class, fault -> PageSpan.of(0, 4));
        FakeWriteFault fault = FakeWriteFault.of(FakeVma.anonymous(0x200, 0x400), FakeFolio.ofOrder(4), 0x200, 0);
        assertEquals(PageSpan.ONE_PAGE, wrapped.afterAllocationFailure(fault, PageSpan.of(0, 4)));
    }
}
