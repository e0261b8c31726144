package org.polymm.lab.scenario;

import java.util.ArrayList;
import java.util.List;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.lab.simulator.SimulatorSubject;

/** What the machine's numbers are called in a scenario: a dictionary of what a counterexample speaks of. */
final class Legend {

    private final SimulatorSubject subject;
    private final Names names;
    private final AddressSpaces spaces;
    private final PageTables tables;

    Legend(SimulatorSubject subject, Names names) {
        this.subject = subject;
        this.names = names;
        spaces = subject.machine().spaces();
        tables = subject.machine().pageTables();
    }

    /** {@code mm 1 is A, mm 2 is B; file 1 is F; vma 1 is a of A; table 4 maps a of A}: what there is now. */
    String text() {
        List<String> mms = new ArrayList<>();
        List<String> files = new ArrayList<>();
        List<String> vmas = new ArrayList<>();
        List<String> leaves = new ArrayList<>();
        for (int process = 0; process < names.processes().size(); process++) {
            int mm = subject.mm(process);
            if (mm != 0) {
                String name = names.process(process);
                mms.add("mm " + mm + " is " + name);
                for (int vma = spaces.first(mm); vma != 0; vma = spaces.next(vma)) {
                    vmas.add("vma " + vma + " is " + place(spaces.vmas().start(vma), name));
                    tables(mm, vma, name, leaves);
                }
            }
        }
        for (int file = 0; file < names.files().size(); file++) {
            if (subject.file(file) != 0) {
                files.add("file " + subject.file(file) + " is " + names.files().get(file));
            }
        }
        return String.join(
                "\n",
                List.of(mms, files, vmas, leaves).stream()
                        .filter(some -> !some.isEmpty())
                        .map(some -> String.join(", ", some))
                        .toList());
    }

    private void tables(int mm, int vma, String process, List<String> texts) {
        int root = spaces.mms().pgd(mm);
        long end = spaces.vmas().end(vma);
        for (long address = spaces.vmas().start(vma); address < end; address = tables.pmdEnd(address, end)) {
            int pmdTable = tables.pmdTable(root, address);
            String upper =
                    "table " + pmdTable + "[" + tables.pmdIndex(address) + "] is the pmd of " + place(address, process);
            if (pmdTable != 0 && !texts.contains(upper)) {
                texts.add(upper);
            }
            int leaf = tables.peekLeaf(root, address);
            String text = "table " + leaf + " has the ptes of " + place(address, process);
            if (leaf != 0 && texts.stream().noneMatch(other -> other.startsWith("table " + leaf + " has"))) {
                texts.add(text);
            }
        }
    }

    /** {@code a of A}, or {@code a[8] of A}. */
    private String place(long address, String process) {
        String page = names.page(address);
        return (page.endsWith("[0]") ? page.substring(0, page.length() - "[0]".length()) : page) + " of " + process;
    }
}
