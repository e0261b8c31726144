package org.polymm.engine.vma;

import java.lang.reflect.Field;

/**
 * A merge that ignores the anon_vma: what a kernel would do that asked whether two VMAs look alike and forgot to ask whose pages they hold.
 * Uses the engine's own merge, and tells it that the upper VMA has no pages yet.
 */
public final class CarelessMerge {

    private CarelessMerge() {}

    /**
     * Merges all neighbours of a process that look alike, whatever their anon_vmas.
     *
     * @param spaces the address spaces
     * @param mm the process
     * @return how many merges there were
     */
    public static int mergeAll(AddressSpaces spaces, int mm) {
        VmaTable vmas = spaces.vmas();
        int merges = 0;
        int prev = spaces.first(mm);
        while (prev != 0) {
            int next = spaces.next(prev);
            if (next != 0 && looksAlike(vmas, prev, next) && merge(spaces, prev, next)) {
                merges++;
            } else {
                prev = next;
            }
        }
        return merges;
    }

    private static boolean looksAlike(VmaTable vmas, int prev, int next) {
        return vmas.isAnonymous(prev)
                && vmas.isAnonymous(next)
                && vmas.anonVma(prev) != 0
                && vmas.anonVma(next) != 0
                && vmas.anonVma(prev) != vmas.anonVma(next)
                && vmas.flags(prev) == vmas.flags(next)
                && vmas.end(prev) == vmas.start(next)
                && vmas.pgoffAt(prev, vmas.end(prev)) == vmas.pgoff(next);
    }

    /** False for VMAs that came by fork, which the engine's merge refuses on other grounds. */
    private static boolean merge(AddressSpaces spaces, int prev, int next) {
        VmaTable vmas = spaces.vmas();
        int mm = vmas.mm(next);
        VmaMerge.Request request =
                new VmaMerge.Request(mm, vmas.start(next), vmas.end(next), vmas.pgoff(next), vmas.flags(next), 0);
        request.prev = prev;
        request.middle = next;
        spaces.locks().writeLock(mm);
        boolean merged = merger(spaces).existing(request) == prev;
        spaces.locks().writeUnlock(mm);
        return merged;
    }

    private static VmaMerge merger(AddressSpaces spaces) {
        try {
            Field field = AddressSpaces.class.getDeclaredField("merge");
            field.setAccessible(true);
            return (VmaMerge) field.get(spaces);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("AddressSpaces has no field named merge", e);
        }
    }
}
