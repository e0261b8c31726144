package org.polymm.engine.mm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.polymm.engine.fault.MemoryAccess;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.machine.MachineBlueprint.CheckLevel;
import org.polymm.engine.state.Errno;
import org.polymm.engine.state.Snapshot;
import org.polymm.engine.testpolicy.FixedPolicies;
import org.polymm.engine.testpolicy.Machines;

/** Breakpoints in files, on a machine that checks itself after every call. */
class UprobesTest {

    private static final long PAGE = Machines.PAGE;
    private static final int READ_EXEC = Mman.PROT_READ | Mman.PROT_EXEC;

    private final long at = 16L << 21;
    private final Machine machine =
            Machines.large(FixedPolicies.whole()).withCheck(CheckLevel.EVERY).create();
    private int mm;
    private int file;

    @BeforeEach
    void mapPrivately() {
        mm = machine.spawn();
        file = machine.memfd(1, 8);
        assertEquals(at, machine.mmap(mm, at, 8 * PAGE, READ_EXEC, Mman.MAP_PRIVATE | Mman.MAP_FIXED, file, 0));
    }

    private int page(int page) {
        return machine.touch(mm, at + page * PAGE, MemoryAccess.READ);
    }

    private boolean isCopy(int page) {
        int pfn = page(page);
        assertTrue(pfn > 0, "page " + page + " can be read");
        return machine.memory().frames().test(pfn, Frames.ANON);
    }

    private long anonymous() {
        return machine.spaces().mms().rssAnon(mm);
    }

    private int anonVma() {
        return machine.spaces().vmas().anonVma(machine.spaces().find(mm, at));
    }

    @Test
    void a_breakpoint_makes_a_copy_with_an_anon_vma_in_a_mapping_that_stays_read_only() {
        assertEquals(0, anonVma());
        assertEquals(0, machine.uprobe(file, 3));
        assertTrue(isCopy(3));
        assertFalse(isCopy(4));
        assertEquals(1, anonymous());
        assertTrue(anonVma() != 0);
        assertTrue(machine.write(mm, at + 3 * PAGE, 7) < 0, "the VMA is not writable");
    }

    @Test
    void the_copy_is_not_the_files_page_any_more() {
        machine.uprobe(file, 3);
        int writer = machine.spawn();
        machine.mmap(writer, at, 8 * PAGE, Mman.PROT_READ | Mman.PROT_WRITE, Mman.MAP_SHARED | Mman.MAP_FIXED, file, 0);
        assertTrue(machine.write(writer, at + 3 * PAGE, 9) > 0);
        assertEquals(0, machine.memory().contents().read(page(3)));
        machine.memory().lru().drain();
        machine.removeUprobe(file, 3);
        assertTrue(isCopy(3), "it is not what the file has, so it stays");
    }

    @Test
    void a_copy_goes_with_the_last_breakpoint_if_nothing_else_refers_to_it_and_the_anon_vma_stays() {
        machine.uprobe(file, 3);
        machine.memory().lru().drain();
        machine.removeUprobe(file, 3);
        assertTrue(isCopy(3), "the look at it made it active, and a batch refers to it");
        machine.uprobe(file, 3);
        machine.uprobe(file, 3);
        machine.memory().lru().drain();
        machine.removeUprobe(file, 3);
        assertTrue(isCopy(3), "there is another breakpoint");
        machine.removeUprobe(file, 3);
        assertFalse(isCopy(3));
        assertEquals(0, anonymous());
        assertTrue(anonVma() != 0);
        assertEquals(-Errno.ENOENT, machine.removeUprobe(file, 3));
    }

    @Test
    void a_pinned_copy_stays() {
        machine.uprobe(file, 3);
        machine.memory().lru().drain();
        machine.removeUprobe(file, 3);
        machine.uprobe(file, 3);
        int pin = machine.pins().pin(mm, at + 3 * PAGE, PAGE, false, false);
        machine.memory().lru().drain();
        machine.removeUprobe(file, 3);
        assertTrue(isCopy(3));
        machine.pins().release(pin);
    }

    @Test
    void a_page_that_is_not_there_is_brought_in_for_a_breakpoint_and_beyond_the_file_there_is_none() {
        assertEquals(0, machine.uprobe(file, 6));
        assertEquals(1, anonymous());
        assertEquals(-Errno.EINVAL, machine.uprobe(file, 8));
        assertEquals(1, anonymous());
    }

    @Test
    void breakpoints_are_rewound_with_the_machine() {
        Snapshot before = machine.save();
        machine.uprobe(file, 3);
        machine.rewind(before);
        assertEquals(-Errno.ENOENT, machine.removeUprobe(file, 3));
        assertFalse(isCopy(3));
    }
}
