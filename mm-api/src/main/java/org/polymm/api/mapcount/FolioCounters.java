package org.polymm.api.mapcount;

/** A large folio's counters, as the scheme declared them. Valid during the call. Open: methods may be added. */
public interface FolioCounters {

    /** {@return the size of the folio in base pages} */
    int pages();

    /** {@return the reference count} */
    int refcount();

    /**
     * Reads a counter of the folio.
     *
     * @param counter from 0 to {@code longsPerFolio - 1}
     * @return its value
     */
    long get(int counter);

    /**
     * Reads the counter of a base page.
     *
     * @param page from 0 to {@code pages() - 1}
     * @return its value
     */
    int getPage(int page);

    /**
     * The number of address spaces that really map the folio: an rmap walk, which costs, and which no kernel could afford here. For oracle
     * schemes that quantify what the affordable ones miss.
     *
     * @return the exact number
     */
    int walkForSharers();
}
