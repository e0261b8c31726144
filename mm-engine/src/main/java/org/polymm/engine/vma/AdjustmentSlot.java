package org.polymm.engine.vma;

/** Holds what was installed to be told of changes of VMAs. It is wiring, not state: a rewind leaves it alone. */
final class AdjustmentSlot {

    private VmaAdjustment installed = VmaAdjustment.NONE;

    void install(VmaAdjustment adjustment) {
        installed = adjustment;
    }

    VmaAdjustment get() {
        return installed;
    }
}
