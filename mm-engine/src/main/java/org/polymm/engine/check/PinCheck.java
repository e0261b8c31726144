package org.polymm.engine.check;

import java.util.List;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.PhysicalMemory;
import org.polymm.engine.gup.Pins;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.vma.AddressSpaces;

/** Whether pins keep their promise: a device and the process see the same page, until the process itself gives it up. */
final class PinCheck {

    private final PhysicalMemory memory;
    private final Frames frames;
    private final PageTables tables;
    private final AddressSpaces spaces;
    private final Pins pins;
    private final List<Violation> found;

    PinCheck(PhysicalMemory memory, PageTables tables, AddressSpaces spaces, Pins pins, List<Violation> found) {
        this.memory = memory;
        this.frames = memory.frames();
        this.tables = tables;
        this.spaces = spaces;
        this.pins = pins;
        this.found = found;
    }

    void check(ShadowMemory shadow) {
        shadow.devices().forEach((handle, index, mm, page, token) -> {
            if (!pins.isLive(handle)) {
                found.add(new Violation(Invariant.PINS_ADD_UP, "pin " + handle + " is gone, and nobody released it"));
                return;
            }
            int pfn = pins.page(handle, index);
            if (mm != 0) {
                checkPlace(handle, mm, page * Geometry.PAGE_SIZE, pfn);
            }
            long there = memory.contents().read(pfn);
            if (there != token) {
                found.add(new Violation(
                        Invariant.CONTENTS_ARE_RIGHT,
                        "the device reads " + there + " through pin " + handle + " and must read " + token + ": "
                                + frames.describe(pfn)));
            }
        });
    }

    private void checkPlace(int handle, int mm, long address, int pfn) {
        long entry = tables.lookup(spaces.mms().pgd(mm), address);
        boolean huge = Pte.isPresent(entry) && Pte.isHuge(entry);
        long mapped = huge ? Pte.pageOfHuge(entry, tables.pteIndex(address)) : entry;
        if (!Pte.isNormalPage(mapped) || Pte.pfn(mapped) != pfn) {
            found.add(new Violation(
                    Invariant.PINNED_PAGE_STAYS_MAPPED,
                    "mm " + mm + " address 0x" + Long.toHexString(address) + " holds " + Pte.describe(entry)
                            + ", and pin " + handle + " has " + frames.describe(pfn)));
        } else if (!frames.test(huge ? frames.head(pfn) : pfn, Frames.ANON_EXCLUSIVE)) {
            found.add(new Violation(
                    Invariant.PINNED_PAGE_IS_EXCLUSIVE,
                    "mm " + mm + " address 0x" + Long.toHexString(address) + ", pin " + handle + ": "
                            + frames.describe(pfn)));
        }
    }
}
