package org.polymm.engine.vma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class VmFlagsTest {

    @Test
    void smaps_names_are_in_the_order_of_the_bits() {
        assertEquals("rd wr mr mw me ac", VmFlags.mnemonics(TestMm.RW));
        assertEquals("rd lo lf hg", VmFlags.mnemonics(VmFlags.VM_READ | VmFlags.VM_LOCKED_MASK | VmFlags.VM_HUGEPAGE));
        assertEquals("um uw ui", VmFlags.mnemonics(VmFlags.VM_UFFD_FLAGS));
        assertEquals("mg dp sl", VmFlags.mnemonics(VmFlags.VM_MERGEABLE | VmFlags.VM_DROPPABLE | VmFlags.VM_SEALED));
        assertEquals("bit60", VmFlags.mnemonics(1L << 60));
        assertEquals("", VmFlags.mnemonics(0));
    }

    @Test
    void maps_shows_access_and_sharing() {
        assertEquals("rw-p", VmFlags.access(TestMm.RW));
        assertEquals("---p", VmFlags.access(0));
        assertEquals("r-xs", VmFlags.access(VmFlags.VM_READ | VmFlags.VM_EXEC | VmFlags.VM_MAYSHARE));
    }

    @Test
    void a_private_mapping_that_may_become_writable_is_copied_on_write() {
        assertTrue(VmFlags.isCow(TestMm.RO));
        assertFalse(VmFlags.isCow(TestMm.RW | VmFlags.VM_SHARED));
        assertFalse(VmFlags.isCow(VmFlags.VM_READ));
    }

    @Test
    void a_mapping_counts_as_one_kind_of_memory_at_most() {
        long exec = VmFlags.VM_READ | VmFlags.VM_EXEC;
        assertTrue(VmFlags.countsAsExec(exec));
        assertFalse(VmFlags.countsAsExec(TestMm.RWX));
        assertTrue(VmFlags.countsAsData(TestMm.RWX));
        assertTrue(VmFlags.countsAsStack(TestMm.RW | VmFlags.VM_GROWSDOWN));
        assertFalse(VmFlags.countsAsData(TestMm.RW | VmFlags.VM_GROWSDOWN));
        assertFalse(VmFlags.countsAsData(TestMm.RW | VmFlags.VM_SHARED));
    }
}
