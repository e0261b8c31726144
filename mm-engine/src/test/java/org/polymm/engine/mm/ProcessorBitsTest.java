package org.polymm.engine.mm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.polymm.engine.mm.MmMachine.BASE;
import static org.polymm.engine.mm.MmMachine.PAGE;
import static org.polymm.engine.mm.MmMachine.R;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.SchedulingHook;

/** The processor sets the dirty bit of an entry at the last moment before a call replaces it; the bit must not be lost. */
class ProcessorBitsTest {

    private final MmMachine m = new MmMachine();
    private final PageTables tables = m.base.tables;
    private final int mm = m.spawn();
    private int stores;

    @BeforeEach
    void mapOneCleanPage() {
        m.map(mm, BASE, 1);
        m.store(mm, BASE, 7);
        setBits(0, Pte.DIRTY);
    }

    private void setBits(long set, long cleared) {
        int leaf = tables.leaf(m.mms.pgd(mm), BASE);
        tables.row(leaf)[tables.pteIndex(BASE)] = entry(BASE) & ~cleared | set;
    }

    private long entry(long address) {
        return tables.lookup(m.mms.pgd(mm), address);
    }

    private void storeBeforeTheEntryIsWritten() {
        long object = tables.pointOf(tables.leaf(m.mms.pgd(mm), BASE), BASE);
        m.base.sync.install(new SchedulingHook() {
            @Override
            public void point(int kind, long touched) {
                if (kind == Point.WRITE_PTE && touched == object && Pte.isWritable(entry(BASE))) {
                    setBits(Pte.DIRTY, 0);
                    stores++;
                }
            }

            @Override
            public void block(LockClass lockClass, int mode, int id) {
                throw new AssertionError("one task blocks on " + lockClass);
            }
        });
    }

    @Test
    void mprotect_keeps_it() {
        storeBeforeTheEntryIsWritten();
        m.mprotect(mm, BASE, 1, R);
        assertEquals(1, stores);
        assertNotEquals(0, entry(BASE) & Pte.DIRTY);
    }

    @Test
    void mremap_takes_it_along() {
        storeBeforeTheEntryIsWritten();
        long to = BASE + 64 * PAGE;
        m.calls.mremap().mremap(mm, BASE, PAGE, PAGE, Mman.MREMAP_MAYMOVE | Mman.MREMAP_FIXED, to);
        assertEquals(1, stores);
        assertNotEquals(0, entry(to) & Pte.DIRTY);
    }

    @Test
    void fork_keeps_it_in_the_parent() {
        storeBeforeTheEntryIsWritten();
        m.calls.fork().fork(mm);
        assertEquals(1, stores);
        assertNotEquals(0, entry(BASE) & Pte.DIRTY);
    }
}
