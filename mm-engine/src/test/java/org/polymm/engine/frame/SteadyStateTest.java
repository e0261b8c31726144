package org.polymm.engine.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.Snapshot;
import org.polymm.engine.sync.LockClass;

/** What is done millions of times must not allocate Java objects. */
class SteadyStateTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Bytes that the tenth of several repetitions allocates: by then nothing grows any more. */
    private static long bytesOnceWarm(Runnable work) {
        for (int i = 0; i < 9; i++) {
            work.run();
        }
        // The question itself may allocate; asking once before makes that part of the warm-up.
        long unused = THREADS.getCurrentThreadAllocatedBytes();
        long before = THREADS.getCurrentThreadAllocatedBytes();
        work.run();
        return THREADS.getCurrentThreadAllocatedBytes() - before + 0 * unused;
    }

    @Test
    void allocating_listing_mlocking_and_freeing_folios_allocates_nothing() {
        TestMemory m = TestMemory.large();
        int[] heads = new int[4000];
        assertEquals(0, bytesOnceWarm(() -> {
            for (int i = 0; i < heads.length; i++) {
                heads[i] = m.folios.allocAnon(i % 50 == 0 ? 9 : i % 3);
                if (heads[i] != 0) {
                    m.lru.addNew(heads[i], i % 7 == 0);
                    if (i % 50 == 0) {
                        m.frames.materialise(heads[i]);
                        m.memory.deferred().queue(heads[i], true);
                    }
                }
            }
            m.lru.drain();
            for (int i = 0; i < heads.length; i++) {
                if (heads[i] != 0) {
                    m.folios.put(heads[i], 1);
                }
            }
        }));
    }

    @Test
    void locking_allocates_nothing() {
        TestMemory m = TestMemory.small();
        assertEquals(0, bytesOnceWarm(() -> {
            for (int i = 0; i < 1000; i++) {
                m.sync.readLock(LockClass.MMAP_LOCK, 1);
                m.sync.lock(LockClass.PTL, i);
                m.sync.enterDecision("a constant");
                m.sync.exitDecision();
                m.sync.unlock(LockClass.PTL, i);
                m.sync.unlock(LockClass.MMAP_LOCK, 1);
            }
        }));
    }

    @Test
    void rewinding_a_small_machine_allocates_nothing() {
        TestMemory m = new TestMemory(Geometry.SMALL, 64);
        m.onList(2);
        Snapshot saved = m.space.save();
        assertEquals(0, bytesOnceWarm(() -> {
            for (int i = 0; i < 20; i++) {
                for (int order = 0; order < 4; order++) {
                    int head = m.folios.allocAnon(order);
                    m.lru.addNew(head, order == 1);
                }
                m.space.rewind(saved);
            }
        }));
    }
}
