package org.polymm.engine.gup;

/** What a caller wants of the pages: the {@code FOLL_} bits that matter here. */
public final class GupFlags {

    /** The pages are to be written: {@code FOLL_WRITE}. */
    public static final int WRITE = 1;
    /** The contents are to be read or written: {@code FOLL_PIN}. Without it, only references are taken: {@code FOLL_GET}. */
    public static final int PIN = 1 << 1;
    /** The pin may last for ever: {@code FOLL_LONGTERM}. */
    public static final int LONGTERM = 1 << 2;

    private GupFlags() {}

    static boolean has(int flags, int flag) {
        return (flags & flag) != 0;
    }
}
