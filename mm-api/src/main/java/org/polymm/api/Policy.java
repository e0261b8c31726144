package org.polymm.api;

/**
 * One answer to one disputed question of memory management.
 *
 * <p>Implementations implement one or more <em>role interfaces</em> of the five families
 * ({@link org.polymm.api.split.FolioSplitPolicy}, {@link org.polymm.api.cow.CowSizingPolicy},
 * {@link org.polymm.api.collapse.CollapsePolicy}, {@link org.polymm.api.mapcount.MapcountScheme},
 * {@link org.polymm.api.relocation.RelocationPolicy}), never this interface alone.
 *
 * <p><b>Lifetime and threads.</b> An instance is created once per composition and may serve many machines, on several
 * threads at once: it must be immutable. What it remembers goes to {@link PolicyMemory}.
 */
public interface Policy {}
