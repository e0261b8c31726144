package org.polymm.lab.fuzz;

import java.util.ArrayList;
import java.util.List;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.mm.Mman;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.vma.CarelessMerge;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;
import org.polymm.lab.program.Action;
import org.polymm.lab.program.MachineImage;
import org.polymm.lab.program.Operation;
import org.polymm.lab.program.Outcome;
import org.polymm.lab.program.Settings;
import org.polymm.lab.program.Subject;
import org.polymm.lab.program.UnmetException;
import org.polymm.lab.program.Window;
import org.polymm.lab.simulator.SimulatorSubject;

/** A simulated machine with a bug: after some operations it leaves the state behind that the bug would. */
final class Sabotage implements Subject {

    /** A planted bug. */
    enum Bug {
        /** fork leaves the exclusive flag of a page set that parent and child now share. */
        EXCLUSIVE_AFTER_FORK,
        /** VMAs are merged that hold pages of different anon_vmas. */
        MERGE_IGNORES_ANON_VMA,
        /** fork leaves the parent's entry of a shared page writable. */
        WRITABLE_AFTER_FORK,
        /** madvise does not look whether a VMA is locked before it pages out. */
        PAGEOUT_IGNORES_LOCKS,
        /** A fork that fails half way keeps a reference to a page that it shared with the child. */
        FAILED_FORK_KEEPS_A_PAGE
    }

    private final SimulatorSubject simulator;
    private final Bug bug;
    private final Window window;

    Sabotage(SimulatorSubject simulator, Bug bug, Window window) {
        this.simulator = simulator;
        this.bug = bug;
        this.window = window;
    }

    @Override
    public Outcome perform(Operation operation) throws UnmetException {
        if (bug == Bug.PAGEOUT_IGNORES_LOCKS) {
            boolean pagesOut = operation.action() == Action.MADVISE && operation.c() == Mman.MADV_PAGEOUT;
            return pagesOut ? pageOutWithoutLocks(operation) : simulator.perform(operation);
        }
        Outcome outcome = simulator.perform(operation);
        Machine machine = simulator.machine();
        int mm = simulator.mm(operation.process());
        if (mm != 0 && bug == Bug.MERGE_IGNORES_ANON_VMA) {
            CarelessMerge.mergeAll(machine.spaces(), mm);
        } else if (bug == Bug.FAILED_FORK_KEEPS_A_PAGE) {
            if (operation.action() == Action.FORK && !outcome.isSuccess()) {
                keepAPage(machine, mm);
            }
        } else if (operation.action() == Action.FORK && outcome.isSuccess() && simulator.mm((int) operation.a()) != 0) {
            leaveBehind(machine, mm, simulator.mm((int) operation.a()));
        }
        return outcome;
    }

    /** Locked memory is unlocked for the time of the call, so that nothing else is wrong in between. */
    private Outcome pageOutWithoutLocks(Operation operation) throws UnmetException {
        Machine machine = simulator.machine();
        int mm = simulator.mm(operation.process());
        VmaTable vmas = machine.spaces().vmas();
        List<long[]> locked = new ArrayList<>();
        for (int vma = mm == 0 ? 0 : machine.spaces().first(mm);
                vma != 0;
                vma = machine.spaces().next(vma)) {
            if (vmas.has(vma, VmFlags.VM_LOCKED)) {
                locked.add(new long[] {vmas.start(vma), vmas.length(vma)});
            }
        }
        for (long[] range : locked) {
            machine.munlock(mm, range[0], range[1]);
        }
        try {
            return simulator.perform(operation);
        } finally {
            for (long[] range : locked) {
                machine.mlock2(mm, range[0], range[1], Mman.MLOCK_ONFAULT);
            }
        }
    }

    /** The first page that is no longer exclusive was shared with the child. */
    private void keepAPage(Machine machine, int parent) {
        Frames frames = machine.memory().frames();
        for (long at = window.base(); at < window.end(); at += Operation.PAGE) {
            long entry = machine.inspect().entry(parent, at);
            if (Pte.isNormalPage(entry)
                    && frames.test(frames.head(Pte.pfn(entry)), Frames.ANON)
                    && !frames.test(Pte.pfn(entry), Frames.ANON_EXCLUSIVE)) {
                frames.get(frames.head(Pte.pfn(entry)));
                return;
            }
        }
    }

    private void leaveBehind(Machine machine, int parent, int child) {
        PageTables tables = machine.pageTables();
        Frames frames = machine.memory().frames();
        int root = machine.spaces().mms().pgd(parent);
        for (long at = window.base(); at < window.end(); at += Operation.PAGE) {
            int leaf = tables.leaf(root, at);
            long entry = leaf == 0 ? Pte.NONE : tables.row(leaf)[tables.pteIndex(at)];
            boolean shared = Pte.isNormalPage(entry)
                    && frames.test(frames.head(Pte.pfn(entry)), Frames.ANON)
                    && Pte.isNormalPage(machine.inspect().entry(child, at))
                    && Pte.pfn(machine.inspect().entry(child, at)) == Pte.pfn(entry);
            if (!shared) {
                continue;
            }
            int vma = machine.spaces().find(parent, at);
            if (bug == Bug.EXCLUSIVE_AFTER_FORK) {
                frames.setFlags(Pte.pfn(entry), Frames.ANON_EXCLUSIVE);
            } else if (machine.spaces().vmas().has(vma, VmFlags.VM_WRITE)) {
                tables.row(leaf)[tables.pteIndex(at)] = entry | Pte.WRITE;
            }
        }
    }

    @Override
    public String name() {
        return simulator.name() + " with " + bug;
    }

    @Override
    public void begin(Settings settings, Window shown) throws UnmetException {
        simulator.begin(settings, shown);
    }

    @Override
    public MachineImage image(boolean contents) {
        return simulator.image(contents);
    }

    @Override
    public void close() {
        simulator.close();
    }
}
