package org.polymm.lab.speed;

/** The operations that are timed. */
public enum TimedOperation {
    /** A write to an untouched page of private anonymous memory, huge pages off. */
    FIRST_TOUCH("first touch", "page"),
    /** A fork, for each page that the parent has mapped. */
    FORK("fork", "mapped page"),
    /** A write to a page that a child shares: copied. */
    COW_COPY("copy on write", "page"),
    /** A write to a page that was shared, after the child is gone: reused. */
    COW_REUSE("reuse after the child's exit", "page"),
    /** munmap of touched memory. */
    MUNMAP("munmap", "page"),
    /** mlock of touched memory. */
    MLOCK("mlock", "page"),
    /** A write to untouched memory that is answered with a 2 MiB folio. */
    THP_FAULT("2 MiB fault", "2 MiB"),
    /** MADV_COLLAPSE of touched memory, for each base page. */
    COLLAPSE("MADV_COLLAPSE", "page"),
    /** mremap of touched memory to a place one page off, so that every entry moves by itself. */
    MREMAP("mremap", "page");

    private final String words;
    private final String unit;

    TimedOperation(String words, String unit) {
        this.words = words;
        this.unit = unit;
    }

    /** {@return its name for people} */
    public String words() {
        return words;
    }

    /** {@return what the time is for one of} */
    public String unit() {
        return unit;
    }
}
