package org.polymm.policy.cow;

import org.polymm.api.PageSpan;
import org.polymm.api.cow.CowSizingPolicy;
import org.polymm.api.cow.ExclusivityProof;
import org.polymm.api.cow.WriteFault;
import org.polymm.api.view.FolioView;
import org.polymm.api.view.MappingLevel;

/**
 * {@code reuse/exclusive-run}: all exclusive pages of the folio that are mapped in one run with the page written to
 * become writable with it; exclusivity of a large folio is proved by scanning the entries around the fault.
 *
 * <p>The widest of the siblings: one fault where {@link ProvenBySchemeReuse} takes one a page. The run ends at the
 * first hole, at another folio, at a page that may be shared, and at the edge of the VMA or the page table. The scan is
 * attempted only while the folio has no more references than pages, because otherwise it cannot succeed.
 *
 * <p>Option {@code proof}: {@code scan} as proposed; {@code scheme} asks the mapcount scheme instead, which did not
 * exist then.
 *
 * <p>From: Ryan Roberts, RFC version 2, patches 9 and 10, April 2023. Asked by write-protect and unshare faults.
 */
final class ExclusiveRunReuse implements CowSizingPolicy.Reuse {

    private final boolean scan;

    ExclusiveRunReuse(boolean scan) {
        this.scan = scan;
    }

    @Override
    public ExclusivityProof proof(WriteFault fault) {
        FolioView folio = fault.folio();
        if (folio.isKsm()) {
            return ExclusivityProof.NOTHING;
        }
        if (!folio.isLarge() || fault.level() != MappingLevel.PTE) {
            return ExclusivityProof.REFERENCES;
        }
        if (!scan) {
            return ExclusivityProof.SCHEME;
        }
        return folio.refcount() <= folio.pages() ? ExclusivityProof.SCAN : ExclusivityProof.NOTHING;
    }

    @Override
    public long reuseExtent(WriteFault fault) {
        boolean wholeFolio = fault.isFolioProvenExclusive();
        int first = 0;
        for (int limit = -fault.runBefore(); first > limit && (wholeFolio || fault.isExclusive(first - 1)); ) {
            first--;
        }
        int last = 0;
        for (int limit = fault.runAfter(); last < limit && (wholeFolio || fault.isExclusive(last + 1)); ) {
            last++;
        }
        return PageSpan.of(first, last - first + 1);
    }
}
