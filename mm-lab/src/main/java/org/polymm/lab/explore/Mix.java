package org.polymm.lab.explore;

/** Spreads the bits of numbers. */
final class Mix {

    private Mix() {}

    /** A permutation of the 64-bit numbers without visible pattern (the finaliser of SplitMix64). */
    static long mix(long value) {
        long x = value + 0x9e3779b97f4a7c15L;
        x = (x ^ x >>> 30) * 0xbf58476d1ce4e5b9L;
        x = (x ^ x >>> 27) * 0x94d049bb133111ebL;
        return x ^ x >>> 31;
    }
}
