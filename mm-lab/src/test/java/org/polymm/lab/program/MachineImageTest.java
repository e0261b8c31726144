package org.polymm.lab.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class MachineImageTest {

    private static final Window WINDOW = new Window(Window.BASE, 4);

    @Test
    void images_that_differ_in_frame_numbers_only_are_the_same_once_normalised() {
        assertTrue(twoSharers(100, 200).sameAs(twoSharers(7, 3)));
    }

    @Test
    void sharing_a_folio_and_having_one_each_can_be_told_apart() {
        assertFalse(twoSharers(100, 100).sameAs(twoSharers(100, 200)));
    }

    @Test
    void a_folio_is_named_by_where_it_is_first_seen() {
        MachineImage image = twoSharers(500, 400);

        assertEquals(1, image.folio(0, 0));
        assertEquals(2, image.folio(0, 1));
        assertEquals(1, image.folio(1, 0));
        assertEquals(3, image.folioIndex(0, 1));
        assertEquals(4, image.order(0, 1));
        assertEquals(2, image.mapcount(0, 0));
    }

    @Test
    void contents_count_when_both_images_have_them() {
        MachineImage with = twoSharers(1, 2);
        MachineImage other = twoSharers(1, 2);
        other.holds(0, 77);

        assertFalse(with.sameAs(other));

        MachineImage without = new MachineImage(WINDOW);
        without.copyFrom(other);
        without.clear(false);
        fill(without, 1, 2);
        assertTrue(with.sameAs(without));
    }

    @Test
    void every_bit_of_a_vma_counts() {
        MachineImage locked = twoSharers(1, 2);
        locked.vma(WINDOW.base() + 4096, WINDOW.end(), MachineImage.VMA_READ | MachineImage.VMA_LOCKED);
        MachineImage unlocked = twoSharers(1, 2);
        unlocked.vma(WINDOW.base() + 4096, WINDOW.end(), MachineImage.VMA_READ);

        assertFalse(locked.sameAs(unlocked));
    }

    @Test
    void more_processes_and_vmas_than_expected_find_room() {
        MachineImage image = new MachineImage(WINDOW);
        image.clear(true);
        for (int process = 0; process < 20; process++) {
            image.process(2 * process);
            for (int vma = 0; vma < 4; vma++) {
                image.vma(WINDOW.base() + vma * 4096L, WINDOW.base() + (vma + 1) * 4096L, vma);
            }
            image.holds(3, process);
        }

        assertEquals(20, image.processCount());
        assertEquals(19, image.slotOf(38));
        assertEquals(-1, image.slotOf(37));
        assertEquals(4, image.vmaCount(19));
        assertEquals(3, image.vmaBits(7, 3));
        assertEquals(19, image.content(19, 3));
    }

    @Test
    void processes_come_in_the_order_of_their_numbers() {
        MachineImage image = new MachineImage(WINDOW);
        image.clear(false);
        image.process(3);

        assertThrows(IllegalArgumentException.class, () -> image.process(3));
    }

    /** Process 0 has two pages, process 1 shares the first; the second page is the fourth of its folio. */
    private static MachineImage twoSharers(long first, long second) {
        MachineImage image = new MachineImage(WINDOW);
        image.clear(true);
        fill(image, first, second);
        return image;
    }

    private static void fill(MachineImage image, long first, long second) {
        int bits = MachineImage.PRESENT | MachineImage.ANON;
        image.process(0);
        image.vma(WINDOW.base(), WINDOW.end(), MachineImage.VMA_READ | MachineImage.VMA_WRITE);
        image.page(0, bits, first, 0, 0, 2);
        image.page(1, bits | MachineImage.MAPPED_ONCE | MachineImage.LARGE, second, 3, 4, 1);
        image.process(1);
        image.page(0, bits, first, 0, 0, 2);
        image.normalise();
    }
}
