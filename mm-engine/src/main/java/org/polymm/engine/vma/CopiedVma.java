package org.polymm.engine.vma;

/**
 * Where mremap will move pages to.
 *
 * @param vma the VMA that now covers the destination, new or a neighbour that was extended
 * @param source the VMA that covers the source: the one given, or, if it was merged with itself, {@code vma}
 * @param needRmapLocks whether a reverse-map walk could meet the destination before the source, so that the moving of
 *     entries must be hidden from it by the reverse-map locks
 */
public record CopiedVma(int vma, int source, boolean needRmapLocks) {}
