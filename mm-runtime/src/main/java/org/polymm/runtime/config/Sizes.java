package org.polymm.runtime.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sizes as text: {@code 4096}, {@code 64kB}, {@code 2MiB}, {@code 4G}. Units are powers of 1,024, with or without the {@code i}, as in
 * {@code /proc/meminfo} and sysfs.
 */
public final class Sizes {

    private static final Pattern SIZE = Pattern.compile("([0-9]{1,19}) ?(?:([kKMGT])(?:i?B)?|B)?");
    private static final String UNITS = "kMGT";

    private Sizes() {}

    /**
     * Reads a size.
     *
     * @param text a whole number and a unit
     * @return bytes
     * @throws IllegalArgumentException if it is not a size or does not fit 63 bits
     */
    public static long parse(String text) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text
                    + "' is not a size: write a whole number and B, kB, MiB, GiB or TiB, such as 64kB or 4GiB");
        }
        String unit = matcher.group(2);
        int shift = unit == null ? 0 : 10 * (1 + UNITS.indexOf(unit.equals("K") ? "k" : unit));
        try {
            return Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << shift);
        } catch (ArithmeticException | NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is more than any machine has", e);
        }
    }

    /**
     * Writes a size in the largest unit that leaves no remainder.
     *
     * @param bytes not negative
     * @return such as {@code 4GiB}, {@code 64KiB} or {@code 100B}
     */
    public static String show(long bytes) {
        int shift = bytes == 0 ? 0 : Math.min(40, Long.numberOfTrailingZeros(bytes) / 10 * 10);
        String unit = shift == 0 ? "B" : (shift == 10 ? "K" : UNITS.substring(shift / 10 - 1, shift / 10)) + "iB";
        return (bytes >> shift) + unit;
    }
}
