package org.polymm.runtime.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.polymm.api.OrderSet;
import org.polymm.api.StateScope;
import org.polymm.api.plugin.Option;

class ValueTypeTest {

    private static String refusal(ValueType<?> type, String text) {
        return assertThrows(IllegalArgumentException.class, () -> type.parse(text))
                .getMessage();
    }

    @ParameterizedTest
    @ValueSource(strings = {"on", "true", "yes", "1"})
    void aSwitchKnowsFourWordsForOn(String text) {
        assertTrue(ValueType.flag().parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"off", "false", "no", "0"})
    void aSwitchKnowsFourWordsForOff(String text) {
        assertFalse(ValueType.flag().parse(text));
    }

    @Test
    void aSwitchSaysWhatItKnows() {
        assertEquals(
                "'flase' will not do: expected on or off (or true, false, yes, no, 1, 0); did you mean false?",
                refusal(ValueType.flag(), "flase"));
        assertEquals("is empty: expected on or off (or true, false, yes, no, 1, 0)", refusal(ValueType.flag(), ""));
    }

    @Test
    void aNumberIsWithinItsRangeAndWhole() {
        ValueType<Long> type = ValueType.number(1, 64);

        assertEquals(64, type.parse("64"));
        assertEquals("'65' will not do: expected a whole number from 1 to 64", refusal(type, "65"));
        assertEquals("'0' will not do: expected a whole number from 1 to 64", refusal(type, "0"));
        assertEquals("'1.5' will not do: expected a whole number from 1 to 64", refusal(type, "1.5"));
        assertEquals("'many' will not do: expected a whole number from 1 to 64", refusal(type, "many"));
    }

    @Test
    void aDecimalIsWithinItsRange() {
        ValueType<Double> type = ValueType.decimal(0, 1000.5);

        assertEquals(12.75, type.parse("12.75"));
        assertEquals("'-1' will not do: expected a number from 0 to 1000.5", refusal(type, "-1"));
        assertEquals("'NaN' will not do: expected a number from 0 to 1000.5", refusal(type, "NaN"));
    }

    @Test
    void aSizeIsWithinItsRange() {
        ValueType<Long> type = ValueType.bytes(4096, 1 << 20);

        assertEquals(65536, type.parse("64kB"));
        assertEquals("'2MiB' will not do: expected a size from 4KiB to 1MiB", refusal(type, "2MiB"));
    }

    @Test
    void aLimitMayBeUnlimited() {
        assertEquals(8L << 20, ValueType.limit().parse("8MiB"));
        assertEquals(ValueType.UNLIMITED, ValueType.limit().parse("unlimited"));
        assertTrue(refusal(ValueType.limit(), "none").contains("'none' is not a size"));
    }

    @Test
    void aWordIsOneOfTheChoicesAndTheNearestIsOffered() {
        ValueType<String> type = ValueType.word(List.of("always", "madvise", "never"));

        assertEquals("madvise", type.parse("madvise"));
        assertEquals(
                "'madvice' will not do: expected one of always, madvise, never; did you mean madvise?",
                refusal(type, "madvice"));
        assertEquals(
                "'Always' will not do: expected one of always, madvise, never; did you mean always?",
                refusal(type, "Always"));
    }

    @Test
    void aConstantIsWrittenInLowerCase() {
        assertSame(StateScope.MACHINE, ValueType.constant(StateScope.class).parse("machine"));
        assertEquals(
                "one of machine, mm, vma, folio",
                ValueType.constant(StateScope.class).expects());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2,4 | 20",
                "16kB,64kB | 20",
                "4, 16KiB | 20",
                "0 | 1",
                "10 | 1024",
                "4MiB | 1024",
                "none | 0",
                "4,4 | 16"
            })
    void ordersAreNumbersOrFolioSizes(String text, int mask) {
        assertSame(OrderSet.ofMask(mask), ValueType.orders().parse(text));
    }

    @Test
    void noOrdersAtAllIsTheEmptySet() {
        assertSame(OrderSet.NONE, ValueType.orders().parse(""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"11", "2,", "8MiB", "12kB", "2kB", "0kB", "a", "2;4", "-1", "2-4"})
    void whatIsNoOrderIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> ValueType.orders().parse(text));
    }

    @Test
    void anOptionBringsItsTypeAndRange() {
        assertEquals(3L, ValueType.of(Option.ofNumber("n", 3, 1, 5, "h")).parse("3"));
        assertEquals(true, ValueType.of(Option.ofBoolean("b", false, "h")).parse("true"));
        assertEquals(
                4096L, ValueType.of(Option.ofBytes("s", 4096, 0, 8192, "h")).parse("4kB"));
        assertEquals(
                "a",
                ValueType.of(Option.ofChoice("c", "a", List.of("a", "b"), "h")).parse("a"));
        assertSame(
                OrderSet.of(3),
                ValueType.of(Option.ofOrders("o", OrderSet.NONE, "h")).parse("3"));
        assertEquals(
                "a whole number from 1 to 5",
                ValueType.of(Option.ofNumber("n", 3, 1, 5, "h")).expects());
    }

    @Test
    void aPolicyIdHasTwoParts() {
        assertEquals("mlock/mainline-6.18", ValueType.policyId().parse("mlock/mainline-6.18"));
        assertEquals(
                "'mlock' will not do: expected the id of a policy for this slot, FAMILY/VARIANT",
                refusal(ValueType.policyId(), "mlock"));
    }

    @Test
    void aPathIsWhatTheFileSystemTakes() {
        assertEquals("a/b", ValueType.path().parse("a/b"));
        assertEquals("is empty: expected a path", refusal(ValueType.path(), ""));
        assertTrue(refusal(ValueType.path(), "a\0b").endsWith("will not do: expected a path"));
    }

    @Test
    void aTextIsAnythingButNothing() {
        assertEquals("x y", ValueType.text("a heading").parse("x y"));
        assertEquals("' ' will not do: expected a heading", refusal(ValueType.text("a heading"), " "));
    }
}
