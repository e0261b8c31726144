package org.polymm.runtime.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizesTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "4096, 4096",
        "100B, 100",
        "64k, 65536",
        "64K, 65536",
        "64kB, 65536",
        "64KB, 65536",
        "64KiB, 65536",
        "64kiB, 65536",
        "2M, 2097152",
        "2MB, 2097152",
        "2MiB, 2097152",
        "2 MiB, 2097152",
        "4GiB, 4294967296",
        "1T, 1099511627776",
        "8388607TiB, 9223370937343148032",
    })
    void unitsArePowersOf1024WithAndWithoutTheI(String text, long bytes) {
        assertEquals(bytes, Sizes.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GiB", "4Gb", "4gib", "1.5GiB", "-1", "4 G B", "4GiB ", "0x1000", "1e6", "four"})
    void whatIsNoSizeIsRefusedWithAnExample(String text) {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> Sizes.parse(text));

        assertTrue(refused.getMessage().startsWith("'" + text + "' is not a size"), refused.getMessage());
        assertTrue(refused.getMessage().contains("such as 64kB or 4GiB"), refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"8388608TiB", "9223372036854775808", "99999999999999999999"})
    void whatDoesNotFit63BitsIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> Sizes.parse(text));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0B",
        "100, 100B",
        "1024, 1KiB",
        "65536, 64KiB",
        "4294967296, 4GiB",
        "1536, 1536B",
        "1099511627776, 1TiB"
    })
    void aSizeIsShownInTheLargestUnitThatLeavesNoRemainder(long bytes, String text) {
        assertEquals(text, Sizes.show(bytes));
    }

    @Test
    void whatIsShownCanBeRead() {
        for (long bytes = 1; bytes > 0 && bytes < Long.MAX_VALUE / 7; bytes *= 6) {
            assertEquals(bytes, Sizes.parse(Sizes.show(bytes)));
        }
    }
}
