package org.polymm.engine.pagetable;

/** A page table is read by somebody without a lock, after it was freed or put to another use. */
public final class TableGoneException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TableGoneException(int table) {
        super("reads table " + table + ", which is freed: whoever freed it did not wait for this reader");
    }
}
