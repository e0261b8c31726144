package org.polymm.engine.frame;

/** Told when a large folio for which somebody keeps something is freed or split. */
@FunctionalInterface
public interface FolioRelease {

    /** Nobody keeps anything. */
    FolioRelease NONE = (head, schemeHandle) -> {};

    /**
     * The folio goes; what the mapcount scheme keeps for it is to be given back.
     *
     * @param head the folio
     * @param schemeHandle what {@link Frames#setSchemeHandle} was given, not 0
     */
    void released(int head, int schemeHandle);
}
