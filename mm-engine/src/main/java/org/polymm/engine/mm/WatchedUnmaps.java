package org.polymm.engine.mm;

import java.util.ArrayList;
import java.util.List;
import org.polymm.engine.fault.MappingChanges;
import org.polymm.engine.vma.VmaTable;

/**
 * What a call unmaps of registered memory, for handlers that want to be told: {@code userfaultfd_unmap_prep} and its completion. Of one call.
 */
final class WatchedUnmaps {

    private final MappingChanges changes;
    private final VmaTable vmas;
    private List<Unmapped> ranges = List.of();

    private record Unmapped(int context, long start, long end) {}

    WatchedUnmaps(MappingChanges changes, VmaTable vmas) {
        this.changes = changes;
        this.vmas = vmas;
    }

    /** VMAs were detached. The mmap lock is held for writing. */
    void detached(int head, long start, long end) {
        for (int vma = head; vma != 0; vma = vmas.nextDetached(vma)) {
            int context = vmas.uffd(vma);
            if (context != 0 && changes.wants(context, MappingChanges.Change.UNMAP)) {
                add(new Unmapped(context, start, end));
            }
        }
    }

    private void add(Unmapped unmapped) {
        if (ranges.isEmpty()) {
            ranges = new ArrayList<>();
        }
        if (!ranges.contains(unmapped)) {
            changes.begin(unmapped.context());
            ranges.add(unmapped);
        }
    }

    /** The call is over, and no lock is held. */
    void tell() {
        for (Unmapped unmapped : ranges) {
            changes.tell(unmapped.context(), MappingChanges.Change.UNMAP, unmapped.start(), unmapped.end(), 0);
        }
    }
}
