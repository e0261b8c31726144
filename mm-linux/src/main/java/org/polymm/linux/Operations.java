package org.polymm.linux;

/** The operations of the helper, by the numbers of its {@code protocol.h}. */
final class Operations {
    static final int HELLO = 1;
    static final int RESET = 2;
    static final int SPAWN = 3;
    static final int FORK = 4;
    static final int EXIT = 5;
    static final int FILE = 6;
    static final int FILE_CLOSE = 7;
    static final int FILE_LOAD = 8;
    static final int FILE_STORE = 9;
    static final int SNAPSHOT = 10;
    static final int FRAMES = 11;
    static final int TEXT = 12;
    static final int DRAIN = 13;
    static final int PROBE = 14;
    static final int PROBE_REMOVE = 15;
    static final int CALL = 32;
    static final int LOAD = 33;
    static final int STORE = 34;
    static final int LOAD_RANGE = 35;
    static final int STORE_RANGE = 36;
    static final int LIMIT = 37;
    static final int PIN = 38;
    static final int PIN_LOAD = 39;
    static final int PIN_STORE = 40;
    static final int UNPIN = 41;
    static final int REFERENCE = 42;
    static final int REFERENCE_LOAD = 43;
    static final int RELEASE = 44;
    static final int ACCESS = 45;
    static final int FINISH = 46;
    static final int UFFD_OPEN = 47;
    static final int UFFD_CLOSE = 48;
    static final int UFFD_REGISTER = 49;
    static final int UFFD_UNREGISTER = 50;
    static final int UFFD_RESOLVE = 51;
    static final int UFFD_MESSAGES = 52;
    static final int UFFD_CHANGE = 53;

    private Operations() {}
}
