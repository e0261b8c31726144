package org.polymm.lab.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ProcTextTest {

    private static final String SMAPS = """
            100000000000-100000004000 rw-p 00000000 00:00 0
            Size:                 16 kB
            Rss:                   8 kB
            Shared_Clean:          4 kB
            Shared_Dirty:          8 kB
            VmFlags: rd wr mr mw me ac
            100000004000-100000008000 r--p 00000000 00:00 0                          [anon:name]
            Size:                 16 kB
            Rss:                  12 kB
            Shared_Clean:          0 kB
            Shared_Dirty:          0 kB
            """;

    @Test
    void a_field_is_added_up_over_the_vmas_of_a_range() {
        assertEquals(OptionalLong.of(20 << 10), ProcText.smaps(SMAPS, 0x100000000000L, 0x100000008000L, "Rss"));
        assertEquals(OptionalLong.of(12 << 10), ProcText.smaps(SMAPS, 0x100000004000L, 0x100000005000L, "Rss"));
        assertEquals(OptionalLong.of(0), ProcText.smaps(SMAPS, 0x100000008000L, 0x100000009000L, "Rss"));
    }

    @Test
    void shared_is_the_sum_of_clean_and_dirty() {
        assertEquals(OptionalLong.of(12 << 10), ProcText.smaps(SMAPS, 0x100000000000L, 0x100000008000L, "Shared"));
    }

    @Test
    void a_field_that_the_kernel_does_not_show_is_told_from_one_that_is_zero() {
        assertEquals(OptionalLong.empty(), ProcText.smaps(SMAPS, 0x100000000000L, 0x100000008000L, "Rs"));
        assertEquals(OptionalLong.empty(), ProcText.status("VmLck:\t 64 kB\n", "VmPin"));
        assertEquals(OptionalLong.empty(), ProcText.vmstat("nr_mlock 3\n", "nr_ml"));
    }

    @Test
    void status_and_vmstat_are_read_by_whole_names() {
        assertEquals(OptionalLong.of(64 << 10), ProcText.status("VmPeak: 1 kB\nVmLck:\t      64 kB\n", "VmLck"));
        assertEquals(OptionalLong.of(7), ProcText.vmstat("nr_mlock_x 3\nnr_mlock 7\n", "nr_mlock"));
    }
}
