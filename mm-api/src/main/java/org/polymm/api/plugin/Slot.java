package org.polymm.api.plugin;

import org.polymm.api.Policy;
import org.polymm.api.collapse.CollapsePolicy;
import org.polymm.api.cow.CowSizingPolicy;
import org.polymm.api.mapcount.MapcountScheme;
import org.polymm.api.relocation.RelocationPolicy;
import org.polymm.api.split.FolioSplitPolicy;

/**
 * A place in the composition that exactly one policy fills. Its key stands in configuration below {@code policy.}. Open: constants may be
 * added.
 */
public enum Slot {
    /** Which folios carry PG_mlocked. */
    FOLIO_SPLIT_MLOCK("folio-split.mlock", FolioSplitPolicy.Mlock.class),
    /** What happens to a folio that a change of mappings cuts. */
    FOLIO_SPLIT_BOUNDARY("folio-split.boundary", FolioSplitPolicy.Boundary.class),
    /** Whether reclaim splits before it swaps. */
    FOLIO_SPLIT_RECLAIM("folio-split.reclaim", FolioSplitPolicy.Reclaim.class),
    /** What the deferred split queue takes and does. */
    FOLIO_SPLIT_DEFERRED("folio-split.deferred", FolioSplitPolicy.Deferred.class),
    /** Whether a long-term pin splits first. */
    FOLIO_SPLIT_PIN("folio-split.pin", FolioSplitPolicy.Pin.class),
    /** The order of a new anonymous folio. */
    COW_SIZING_ORDERS("cow-sizing.orders", CowSizingPolicy.Orders.class),
    /** When and how far a write fault reuses. */
    COW_SIZING_REUSE("cow-sizing.reuse", CowSizingPolicy.Reuse.class),
    /** How far a write fault copies. */
    COW_SIZING_COPY("cow-sizing.copy", CowSizingPolicy.Copy.class),
    /** What is collapsed. */
    COLLAPSE_CHOICE("collapse.choice", CollapsePolicy.Choice.class),
    /** How page tables are retracted. */
    COLLAPSE_RETRACTION("collapse.retraction", CollapsePolicy.Retraction.class),
    /** Whether mremap may move a whole table. */
    COLLAPSE_TABLE_MOVE("collapse.table-move", CollapsePolicy.TableMove.class),
    /** What happens to a full high-granularity range. */
    COLLAPSE_WHEN_FULL("collapse.when-full", CollapsePolicy.WhenFull.class),
    /** How mappings of large folios are counted. */
    MAPCOUNT_FOLIO("mapcount.folio", MapcountScheme.Folio.class),
    /** How mappings of hugetlb pages are counted. */
    MAPCOUNT_HUGETLB("mapcount.hugetlb", MapcountScheme.Hugetlb.class),
    /** What mremap does to the index of faulted folios. */
    RELOCATION("relocation", RelocationPolicy.class);

    private final String key;
    private final Class<? extends Policy> role;

    Slot(String key, Class<? extends Policy> role) {
        this.key = key;
        this.role = role;
    }

    /** {@return the slot's key in configuration, such as {@code cow-sizing.orders}} */
    public String key() {
        return key;
    }

    /** {@return the role interface that a policy for this slot implements} */
    public Class<? extends Policy> role() {
        return role;
    }

    /** {@return the key} */
    @Override
    public String toString() {
        return key;
    }
}
