package org.polymm.policy.cow;

import org.polymm.api.cow.CowSizingPolicy;
import org.polymm.api.cow.ExclusivityProof;
import org.polymm.api.cow.WriteFault;
import org.polymm.api.view.FolioView;
import org.polymm.api.view.MappingLevel;

/**
 * {@code reuse/proven-by-scheme}: a page of a large folio is reused if the mapcount scheme says that this process holds
 * every mapping and no reference is left over; only the page written to becomes writable.
 *
 * <p>What {@link NeverLargeReuse} copies page by page after fork and exit, this reuses, though fault by fault, where
 * {@link ExclusiveRunReuse} takes all neighbours along. The last page of a large folio is copied on purpose, so that
 * the folio can be freed. A KSM page is never reused.
 *
 * <p>From: mainline since 6.15 (David Hildenbrand, MM owner tracking). Asked by write-protect and unshare faults.
 */
final class ProvenBySchemeReuse implements CowSizingPolicy.Reuse {

    @Override
    public ExclusivityProof proof(WriteFault fault) {
        FolioView folio = fault.folio();
        if (folio.isKsm()) {
            return ExclusivityProof.NOTHING;
        }
        if (!folio.isLarge() || fault.level() != MappingLevel.PTE) {
            return ExclusivityProof.REFERENCES;
        }
        return folio.mapcount() > 1 ? ExclusivityProof.SCHEME : ExclusivityProof.NOTHING;
    }
}
