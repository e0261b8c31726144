package org.polymm.engine.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class GeometryTest {

    @Test
    void tables_of_512_entries_are_those_of_x86_64() {
        Geometry geometry = Geometry.X86_64;
        assertEquals(512, geometry.entries());
        assertEquals(2 << 20, geometry.pmdSize());
        assertEquals(1L << 47, geometry.taskSize());
        assertEquals(10, geometry.maxOrder());
        assertEquals(39, geometry.shift(3));
        assertEquals(511, geometry.index(0, 0x1f_f000));
        assertEquals(1, geometry.index(1, 0x20_0000));
        assertEquals(255, geometry.index(3, geometry.taskSize() - 1));
    }

    @Test
    void tables_of_eight_entries_make_a_small_machine() {
        Geometry geometry = Geometry.SMALL;
        assertEquals(8, geometry.pmdPages());
        assertEquals(32 << 10, geometry.pmdSize());
        assertEquals(8 << 20, geometry.taskSize());
        assertEquals(4, geometry.maxOrder());
        assertEquals(3, geometry.index(3, geometry.taskSize() - 1));
    }

    @Test
    void other_sizes_are_refused() {
        assertThrows(IllegalArgumentException.class, () -> new Geometry(5));
    }

    @Test
    void errors_have_their_kernel_names() {
        assertEquals("ENOMEM", Errno.name(-Errno.ENOMEM));
        assertEquals("EAGAIN", Errno.name(11));
        assertEquals("errno 99", Errno.name(-99));
    }
}
