package org.polymm.policy.cow;

import org.polymm.api.cow.CowSizingPolicy;
import org.polymm.api.cow.ExclusivityProof;
import org.polymm.api.cow.WriteFault;
import org.polymm.api.view.MappingLevel;

/**
 * {@code reuse/never-large}: a page of a large folio mapped by PTEs that lost its exclusive flag is never reused; small
 * folios and PMD-mapped ones are, if nobody else refers to them.
 *
 * <p>The reference count of a PTE-mapped large folio exceeds 1 by its very mappings and so proves nothing. After fork
 * and the child's exit the parent copies it page by page; {@link ProvenBySchemeReuse} and {@link ExclusiveRunReuse} are
 * two ways out.
 *
 * <p>From: mainline to 6.14. Asked by write-protect and unshare faults.
 */
final class NeverLargeReuse implements CowSizingPolicy.Reuse {

    @Override
    public ExclusivityProof proof(WriteFault fault) {
        boolean cutUp = fault.folio().isLarge() && fault.level() == MappingLevel.PTE;
        return cutUp || fault.folio().isKsm() ? ExclusivityProof.NOTHING : ExclusivityProof.REFERENCES;
    }
}
