package org.polymm.api.relocation;

/** A relocation that failed half way. Valid during the call. Open: methods may be added. */
public interface RelocationFailure {

    /** {@return the flags of the call} */
    int flags();

    /** {@return the entry that refused or could not be split} */
    RelocationEntry entry();

    /** {@return how many pages were relocated before it} */
    long relocatedPages();
}
