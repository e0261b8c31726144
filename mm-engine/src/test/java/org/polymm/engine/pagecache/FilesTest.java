package org.polymm.engine.pagecache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.polymm.engine.state.Errno;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.Snapshot;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.VmFlags;

class FilesTest {

    private final StateSpace space = new StateSpace();
    private final Sync sync = new Sync(space);
    private final AddressSpaces spaces = new AddressSpaces(space, Geometry.X86_64, sync);
    private final Files files = new Files(space, spaces.files(), sync);

    @Test
    void a_file_is_found_by_its_name_while_it_exists() {
        int file = files.create(7, 100, Files.RESIDENT);

        assertEquals(file, files.byName(7));
        assertEquals(7, files.name(file));
        assertEquals(100, files.pages(file));
        assertTrue(files.is(file, Files.RESIDENT));
        assertFalse(files.is(file, Files.SHMEM | Files.HUGETLB));
        assertThrows(IllegalArgumentException.class, () -> files.create(7, 1, 0));

        files.put(file);
        files.destroy(file);
        assertEquals(0, files.byName(7));
        assertFalse(files.isLive(file));
        assertEquals(0, files.byName(1000));
    }

    @Test
    void files_without_a_name_are_as_many_as_you_like() {
        int a = files.create(0, 1, Files.SHMEM);
        int b = files.create(0, 1, Files.SHMEM);

        assertTrue(a != b);
        assertEquals(2, files.live());
        assertThrows(IllegalArgumentException.class, () -> files.create(0, -1, 0));
    }

    @Test
    void a_folio_is_cached_page_by_page() {
        int file = files.create(0, 1000, 0);
        assertEquals(0, files.add(file, 60, 512, 8));

        assertEquals(0, files.page(file, 59));
        assertEquals(512, files.page(file, 60));
        assertEquals(519, files.page(file, 67));
        assertEquals(0, files.page(file, 68));
        assertEquals(8, files.cached(file));
    }

    @Test
    void a_page_is_not_added_over_another_or_where_a_collapse_is_at_work() {
        int file = files.create(0, 1000, 0);
        files.add(file, 3, 10, 1);

        assertEquals(-Errno.EEXIST, files.add(file, 0, 20, 4));
        assertEquals(1, files.cached(file), "none of the four was added");
        files.replace(file, 9, CacheEntry.value(CacheEntry.RETRY, 0));
        assertEquals(-Errno.EEXIST, files.add(file, 8, 20, 2));
        assertEquals(1, files.values(file));
    }

    @Test
    void a_page_takes_the_place_of_a_shadow_and_of_a_swap_value() {
        int file = files.create(0, 1000, Files.SHMEM);
        files.replace(file, 4, CacheEntry.value(CacheEntry.SHADOW, 99));
        files.replace(file, 5, CacheEntry.value(CacheEntry.SWAP, 3));
        assertEquals(0, files.page(file, 5), "a value is no page");
        assertEquals(3, CacheEntry.payload(files.entry(file, 5)));
        assertEquals(2, files.values(file));

        assertEquals(0, files.add(file, 4, 16, 2));
        assertEquals(0, files.values(file));
        assertEquals(2, files.cached(file));
    }

    @Test
    void removed_pages_may_leave_a_value_behind() {
        int file = files.create(0, 1000, Files.SHMEM);
        files.add(file, 0, 16, 4);
        files.remove(file, 1, 2, CacheEntry.value(CacheEntry.SWAP, 8));

        assertEquals(16, files.page(file, 0));
        assertTrue(CacheEntry.isKind(files.entry(file, 2), CacheEntry.SWAP));
        assertEquals(2, files.cached(file));
        IllegalStateException refused =
                assertThrows(IllegalStateException.class, () -> files.remove(file, 2, 1, CacheEntry.NONE));
        assertTrue(refused.getMessage().contains("swap 8"), refused.getMessage());
    }

    @Test
    void a_file_that_is_mapped_or_cached_is_not_freed() {
        int file = files.create(0, 16, Files.SHMEM);
        files.add(file, 0, 10, 1);
        int mm = spaces.newMm();
        spaces.locks().writeLock(mm);
        spaces.map(mm, 0x10_0000, 0x11_0000, VmFlags.VM_READ | VmFlags.VM_SHARED, file, 0);
        files.put(file);
        assertFalse(files.isUnused(file));
        assertThrows(IllegalStateException.class, () -> files.destroy(file));

        spaces.unmapping().unmapEmpty(mm, 0x10_0000, 0x11_0000);
        assertTrue(files.isUnused(file));
        assertThrows(IllegalStateException.class, () -> files.destroy(file));
        files.remove(file, 0, 1, CacheEntry.NONE);
        files.destroy(file);
        assertEquals(0, files.live());
    }

    @Test
    void closing_more_often_than_opening_is_an_error() {
        int file = files.create(0, 16, 0);
        files.get(file);
        files.put(file);
        files.put(file);

        assertThrows(IllegalStateException.class, () -> files.put(file));
    }

    @Test
    void indexes_out_of_range_are_refused() {
        int file = files.create(0, 16, 0);

        assertThrows(IllegalArgumentException.class, () -> files.add(file, -1, 10, 1));
        assertThrows(IllegalArgumentException.class, () -> files.add(file, 1L << 31, 10, 1));
        assertEquals(0, files.page(file, 1L << 31));
    }

    @Test
    void values_say_what_they_are() {
        assertEquals("nothing", CacheEntry.describe(CacheEntry.NONE));
        assertEquals("page 5", CacheEntry.describe(5));
        assertEquals("retry", CacheEntry.describe(CacheEntry.value(CacheEntry.RETRY, 0)));
        assertEquals("shadow 6", CacheEntry.describe(CacheEntry.value(CacheEntry.SHADOW, 6)));
        assertThrows(IllegalArgumentException.class, () -> CacheEntry.value(9, 0));
        assertThrows(IllegalArgumentException.class, () -> CacheEntry.value(CacheEntry.SWAP, -1));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void the_cache_holds_what_a_map_holds(long seed) {
        Random random = new Random(seed);
        Snapshot empty = space.save();
        int file = files.create(0, 1 << 20, Files.SHMEM);
        Map<Long, Long> model = new TreeMap<>();
        for (int step = 0; step < 4000; step++) {
            String where = "seed " + seed + " step " + step;
            long index = random.nextInt(1 << 3 + 2 * random.nextInt(8));
            int count = 1 + random.nextInt(9);
            switch (random.nextInt(4)) {
                case 0 -> {
                    boolean free = true;
                    for (int i = 0; i < count; i++) {
                        long there = model.getOrDefault(index + i, 0L);
                        free &= !CacheEntry.isPage(there) && !CacheEntry.isKind(there, CacheEntry.RETRY);
                    }
                    int pfn = 2 + random.nextInt(1000);
                    assertEquals(free ? 0 : -Errno.EEXIST, files.add(file, index, pfn, count), where);
                    for (int i = 0; i < count && free; i++) {
                        model.put(index + i, (long) pfn + i);
                    }
                }
                case 1 -> {
                    if (CacheEntry.isPage(model.getOrDefault(index, 0L))) {
                        files.remove(file, index, 1, CacheEntry.NONE);
                        model.remove(index);
                    }
                }
                case 2 -> {
                    long entry = random.nextInt(3) == 0 ? 0 : CacheEntry.value(1 + random.nextInt(3), step);
                    assertEquals(model.getOrDefault(index, 0L), files.replace(file, index, entry), where);
                    if (entry == 0) {
                        model.remove(index);
                    } else {
                        model.put(index, entry);
                    }
                }
                default -> {
                    long to = index + random.nextInt(2000);
                    long expected = model.keySet().stream()
                            .filter(i -> i >= index && i < to)
                            .findFirst()
                            .orElse(-1L);
                    assertEquals(expected, files.nextOccupied(file, index, to), where);
                }
            }
            assertEquals(model.getOrDefault(index, 0L), files.peek(file, index), where);
            assertEquals(model.values().stream().filter(CacheEntry::isPage).count(), files.cached(file), where);
            assertEquals(model.values().stream().filter(CacheEntry::isValue).count(), files.values(file), where);
        }
        for (long index : model.keySet()) {
            files.replace(file, index, CacheEntry.NONE);
        }
        files.put(file);
        files.destroy(file);
        space.rewind(empty);
        assertNull(space.firstDifference(empty));
    }
}
