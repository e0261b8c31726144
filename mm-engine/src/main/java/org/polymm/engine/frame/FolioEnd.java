package org.polymm.engine.frame;

/** Told of every folio that is freed, small or large, while its frames are still unused. */
@FunctionalInterface
public interface FolioEnd {

    /**
     * The folio is no more; its head will be another's.
     *
     * @param head its first page
     */
    void ended(int head);
}
