package org.polymm.engine.vma;

import org.jspecify.annotations.Nullable;

/** What must hold of VMAs, chains and trees whenever no operation is under way. Looks at everything; takes no lock. */
public final class VmaInvariants {

    private final AddressSpaces spaces;
    private final VmaTable vmas;
    private final AnonVmas anonVmas;
    private final FileMappings files;

    private final int[] active;
    private final int[] children;
    private long chainsSeen;
    private long inFileTrees;

    private VmaInvariants(AddressSpaces spaces) {
        this.spaces = spaces;
        this.vmas = spaces.vmas();
        this.anonVmas = spaces.anonVmas();
        this.files = spaces.files();
        this.active = new int[Math.max(1, anonVmas.end())];
        this.children = new int[anonVmas.end()];
    }

    /**
     * The first thing that is wrong, or null.
     *
     * <ul>
     *   <li>The VMAs of an address space are in order, not empty, do not overlap, and add up to its counts.
     *   <li>A VMA is in the tree of its file, and of each anon_vma of its chain, under its own range of page offsets.
     *   <li>A VMA without anon_vma has no chain; with one, its chain leads there, all of it to one family.
     *   <li>The counts of an anon_vma match the VMAs and anon_vmas that lead to it, and its parent lives.
     * </ul>
     */
    public static @Nullable String problem(AddressSpaces spaces) {
        return new VmaInvariants(spaces).check();
    }

    private @Nullable String check() {
        MmTable mms = spaces.mms();
        for (int mm = 1; mm < mms.end(); mm++) {
            String problem = mms.isLive(mm) ? checkMm(mm) : null;
            if (problem != null) {
                return "mm " + mm + ": " + problem;
            }
        }
        if (chainsSeen != anonVmas.liveChains()) {
            return anonVmas.liveChains() + " chain entries exist, VMAs have " + chainsSeen;
        }
        vmas.forEachLive(vma -> active[vmas.anonVma(vma)]++);
        anonVmas.forEachLive(anonVma -> children[anonVmas.parent(anonVma)] += anonVmas.treeRoot(anonVma) != 0 ? 1 : 0);
        for (int anonVma = 1; anonVma < anonVmas.end(); anonVma++) {
            String problem = anonVmas.isLive(anonVma) ? checkAnonVma(anonVma) : null;
            if (problem != null) {
                return "anon_vma " + anonVma + ": " + problem;
            }
        }
        return checkFiles();
    }

    private @Nullable String checkMm(int mm) {
        MmTable mms = spaces.mms();
        long total = 0;
        long locked = 0;
        long data = 0;
        long exec = 0;
        long stack = 0;
        long end = 0;
        for (int position = 0; position < mms.mapCount(mm); position++) {
            int vma = spaces.at(mm, position);
            long flags = vmas.flags(vma);
            long pages = vmas.pages(vma);
            if (!vmas.isLive(vma) || vmas.mm(vma) != mm || vmas.isDetached(vma)) {
                return "vma " + vma + " in its index is freed, detached or of mm " + vmas.mm(vma);
            }
            if (vmas.start(vma) < end || pages <= 0) {
                return "vma " + vma + " (" + vmas.describe(vma) + ") is empty or overlaps the one below";
            }
            end = vmas.end(vma);
            total += pages;
            locked += VmFlags.any(flags, VmFlags.VM_LOCKED) ? pages : 0;
            exec += VmFlags.countsAsExec(flags) ? pages : 0;
            stack += VmFlags.countsAsStack(flags) ? pages : 0;
            data += VmFlags.countsAsData(flags) ? pages : 0;
            String problem = checkVma(vma);
            if (problem != null) {
                return "vma " + vma + " (" + vmas.describe(vma) + ") " + problem;
            }
        }
        String counts = counts(total, locked, data, exec, stack);
        String counted = counts(mms.totalVm(mm), mms.lockedVm(mm), mms.dataVm(mm), mms.execVm(mm), mms.stackVm(mm));
        return counts.equals(counted) ? null : "its VMAs add up to " + counts + ", counted are " + counted;
    }

    private static String counts(long total, long locked, long data, long exec, long stack) {
        return "total_vm " + total + " locked_vm " + locked + " data_vm " + data + " exec_vm " + exec + " stack_vm "
                + stack;
    }

    private @Nullable String checkVma(int vma) {
        long first = vmas.pgoff(vma);
        long last = first + vmas.pages(vma) - 1;
        if (vmas.file(vma) != 0) {
            inFileTrees++;
            IntervalTree tree = files.tree();
            if (!tree.isLinked(vma) || tree.firstPage(vma) != first || tree.lastPage(vma) != last) {
                return "is not in its file's tree under its own range";
            }
        }
        int own = vmas.anonVma(vma);
        if (own == 0) {
            return vmas.chainHead(vma) == 0 && vmas.chainTail(vma) == 0 ? null : "has a chain but no anon_vma";
        }
        boolean leadsToOwn = false;
        int oldest = 0;
        for (int chain = vmas.chainHead(vma); chain != 0; chain = anonVmas.older(chain)) {
            chainsSeen++;
            oldest = chain;
            int anonVma = anonVmas.anonVmaOf(chain);
            leadsToOwn |= anonVma == own;
            IntervalTree tree = anonVmas.tree();
            if (anonVmas.vmaOf(chain) != vma || !anonVmas.isLive(anonVma)) {
                return "has chain entry " + chain + " of vma " + anonVmas.vmaOf(chain) + " and anon_vma " + anonVma;
            }
            if (anonVmas.root(anonVma) != anonVmas.root(own)) {
                return "has chain entries of two families";
            }
            if (!tree.isLinked(chain) || tree.firstPage(chain) != first || tree.lastPage(chain) != last) {
                return "is not in the tree of anon_vma " + anonVma + " under its own range";
            }
        }
        if (oldest != vmas.chainTail(vma)) {
            return "has a chain that does not end where it says";
        }
        return leadsToOwn ? null : "has a chain that does not lead to its own anon_vma";
    }

    private @Nullable String checkAnonVma(int anonVma) {
        String problem = anonVmas.tree().problem(anonVmas.treeRoot(anonVma));
        if (problem != null) {
            return problem;
        }
        int root = anonVmas.root(anonVma);
        int parent = anonVmas.parent(anonVma);
        if (!anonVmas.isLive(root) || !anonVmas.isLive(parent) || anonVmas.root(root) != root) {
            return "its parent " + parent + " or its root " + root + " is gone";
        }
        if (active[anonVma] != anonVmas.numActiveVmas(anonVma) || children[anonVma] != anonVmas.numChildren(anonVma)) {
            return active[anonVma] + " VMAs and " + children[anonVma] + " children lead to it, counted are "
                    + anonVmas.numActiveVmas(anonVma) + " and " + anonVmas.numChildren(anonVma);
        }
        return null;
    }

    private @Nullable String checkFiles() {
        long mapped = 0;
        for (int file = 1; file < files.end(); file++) {
            int count = 0;
            int writable = 0;
            for (int vma = files.first(file, 0, Long.MAX_VALUE); vma != 0; vma = files.next(vma, 0, Long.MAX_VALUE)) {
                count++;
                writable += VmFlags.isSharedMayWrite(vmas.flags(vma)) ? 1 : 0;
                if (vmas.file(vma) != file) {
                    return "file " + file + ": its tree has vma " + vma + " of file " + vmas.file(vma);
                }
            }
            String problem = files.tree().problem(files.root(file));
            if (problem != null) {
                return "file " + file + ": " + problem;
            }
            if (count != files.mappings(file) || writable != files.writableMappings(file)) {
                return "file " + file + ": mapped by " + count + " VMAs, " + writable + " writable, counted are "
                        + files.mappings(file) + " and " + files.writableMappings(file);
            }
            mapped += count;
        }
        return mapped == inFileTrees ? null : mapped + " VMAs are in trees of files, " + inFileTrees + " map one";
    }
}
