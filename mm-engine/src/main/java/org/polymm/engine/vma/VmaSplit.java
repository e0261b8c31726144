package org.polymm.engine.vma;

/**
 * Cuts a VMA in two ({@code __split_vma}).
 *
 * <pre>
 *        |------------vma-------------|
 *        |----vma-----|-----new-------|     new above
 *        |----new-----|-----vma-------|     new below: whoever holds the handle of the upper part keeps it
 * </pre>
 */
final class VmaSplit {

    private final VmaTable vmas;
    private final VmaIndex index;
    private final AnonVmas anonVmas;
    private final FileMappings files;
    private final MmLocks locks;
    private final AdjustmentSlot adjustment;

    VmaSplit(
            VmaTable vmas,
            VmaIndex index,
            AnonVmas anonVmas,
            FileMappings files,
            MmLocks locks,
            AdjustmentSlot adjustment) {
        this.vmas = vmas;
        this.index = index;
        this.anonVmas = anonVmas;
        this.files = files;
        this.locks = locks;
        this.adjustment = adjustment;
    }

    /**
     * Cuts a VMA at an address inside it, whatever {@code vm.max_map_count} says.
     *
     * @return the new VMA, or a negated errno
     */
    int at(int vma, long address, boolean newBelow) {
        if (address <= vmas.start(vma) || address >= vmas.end(vma)) {
            throw new IllegalArgumentException(
                    Long.toHexString(address) + " does not cut vma " + vma + " (" + vmas.describe(vma) + ")");
        }
        int error = adjustment.get().maySplit(vma, address);
        if (error != 0) {
            return error;
        }
        locks.startWrite(vma);
        error = adjustment.get().newEdge(vma, address, !newBelow);
        if (error != 0) {
            return error;
        }

        long start = vmas.start(vma);
        long end = vmas.end(vma);
        long pgoff = vmas.pgoff(vma);
        long pgoffAtCut = vmas.pgoffAt(vma, address);
        int added = vmas.duplicate(vma);
        if (newBelow) {
            vmas.setRange(added, start, address, pgoff);
        } else {
            vmas.setRange(added, address, end, pgoffAtCut);
        }
        anonVmas.share(added, vma);
        adjustment.get().duplicated(vma, added);
        locks.startWrite(added);

        boolean mapsFile = vmas.file(vma) != 0;
        int anonVma = vmas.anonVma(vma);
        if (mapsFile) {
            files.writeLock(vma);
            files.linkLocked(added);
        }
        if (anonVma != 0) {
            anonVmas.writeLock(anonVma);
            anonVmas.takeAll(vma);
        }
        if (mapsFile) {
            files.take(vma);
        }
        adjustment.get().beforeSplit(vma, address);
        if (newBelow) {
            index.restart(vma, address);
            vmas.setRange(vma, address, end, pgoffAtCut);
        } else {
            vmas.setRange(vma, start, address, pgoff);
        }
        if (mapsFile) {
            files.put(vma);
        }
        index.insert(added);
        if (anonVma != 0) {
            anonVmas.putAll(vma);
            anonVmas.unlock(anonVma);
        }
        if (mapsFile) {
            files.unlock(vma);
        }
        adjustment.get().settled(vma);
        adjustment.get().settled(added);
        return added;
    }
}
