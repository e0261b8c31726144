package org.polymm.lab.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.polymm.lab.scenario.syntax.ScenarioException;
import org.polymm.lab.scenario.syntax.ScenarioSyntax;

/** What is said of texts that are no scenarios: where, what is wrong, and what would have been right. */
class ScenarioMistakesTest {

    private static final String BEFORE = "A = process\nA: buf = mmap 16 rw private anon\n";

    private static ScenarioException read(String text) {
        return assertThrows(ScenarioException.class, () -> ScenarioReader.read("t.mms", text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "A: mmpa buf | 9 | found 'buf', expected =; 'mmpa' is no word of the language, did you mean mmap?",
                "A mlock buf | 3 | found 'mlock', expected : or =",
                "A: write buf | 13 | found the end of the line, expected a number, a number such as 0x10 or -",
                "A: write buf[ 3 | 16 | found the end of the line, expected :",
                "A: mlock buf extra | 14 | found 'extra', expected",
                "A: munmap bfu | 11 | no region of A called 'bfu'; did you mean buf?",
                "AA: munmap buf | 1 | no process 'AA'; did you mean A?",
                "A: munmap buf[14:18] | 11 | no slice [14:18] in buf, which has the pages [0:16]",
                "A: munmap buf[4:4] | 11 | no slice [4:4]",
                "A: munmap buf[100 bytes:8] | 11 | a slice begins and ends at whole pages of 4KiB",
                "A: mprotect buf rq | 17 | no protection 'rq'; there are none, r, w, x, rw, rx, wx and rwx",
                "A: madvise buf dontned | 16 | no advice 'dontned'; did you mean dontneed?",
                "A: munlock buf -> EINVL | 19 | no such result as 'EINVL'; did you mean EINVAL?",
                "A: buf = mmap 1 rw private anon | 4 | there is a region buf already; choose another name",
                "A = process | 1 | process A lives already; end it first, or choose another name",
                "B = fork C | 10 | no process 'C'",
                "A: q = mmap 1 rw private file F | 31 | no file 'F'; there is none yet",
                "A: q = mmap 1 rw private anon align 5 | 4 | an alignment is a power of two and a page at least",
                "A: q = mmap 0 rw private anon | 4 | q is empty; a region has a byte at least",
                "A: q = mmap 1GiB rw private anon | 4 | span at most 65536 pages",
                "A: unpin P | 10 | no pin 'P'; there is none yet",
                "A: raw spawn 1 | 8 | raw makes no processes or files",
                "A: raw mmapp 1 | 8 | no action 'mmapp'; did you mean mmap?",
                "expect A: buf presnt | 15 | no page property 'presnt'; did you mean present?",
                "expect A: buf order | 15 | 'order' needs a number, as in order 2",
                "expect A: buf colour 3 | 15 | no page property with a number 'colour'; there are order, mapcount, refcount",
                "expect A: vmas buf = rw 8, r 10 | 16 | VMAs and holes are 18 pages, the range has 16",
                "expect A: vmas buf = rw 16 huge | 28 | no property of a VMA 'huge'; there are shared, locked, hugepage",
                "expect A: RSS(buf) = 4KiB | 11 | no field of smaps 'RSS'; did you mean Rss?",
                "expect vmstat nr_mlocks +1 | 15 | no counter of vmstat 'nr_mlocks'; did you mean nr_mlock?",
                "expect thp 64KiB anon_fault_alocc +1 | 18 | no counter of a folio size 'anon_fault_alocc'; did you mean anon_fault_alloc?",
                "expect thp 4KiB anon_fault_alloc +1 | 12 | no folios of 4KiB: a size is a power of two from 8KiB to 2MiB",
                "fail ordre 3 | 6 | no kind of allocation 'ordre'; did you mean order?",
                "fail order | 6 | of which order? fail order 4, or fail order >= 3 for higher ones as well",
                "fail order 99 | 6 | of which order?",
                "fail order 3 time 4 | 14 | no word here 'time'; did you mean times?",
                "fail page-tables >= 3 | 6 | page tables are of one size: fail page-tables after 1",
                "fail nothing after 3 | 6 | nothing more is said of nothing",
                "expect violation rss-add-up | 18 | no invariant 'rss-add-up'; did you mean rss-adds-up?",
                "expect status VmLck = 0 | 15 | whose status?",
                "expect if cow-sizing.cop = copy/wide: A: buf empty | 11 | no slot for policies 'cow-sizing.cop'; did you mean",
                "expect if on lynux: A: buf empty | 14 | no machine 'lynux'; did you mean linux?",
                "expect A: buf[0:2] same page as buf[0:3] | 33 | has 3 pages, and what it is compared with 2",
                "expect A: 3 of buf one folio | 20 | 'one folio' says something of all pages, not of some",
                "always violation rss-adds-up | 1 | a violation is expected of one operation, not always",
                "expect A: buf plus 1 bytes present | 11 | an expectation looks at whole pages",
                "thp 64KiB=always | 5 | a setting comes before the first process, range or file",
                "schedule A | 1 | a schedule comes right behind the tasks that it orders",
                "A: write buf 99999999999999999999 | 14 | more than 63 bits hold",
                "A: munmap buf[] | 14 | '[]' is no slice, expected pages such as [3] or [0:8]",
                "A: buf %% 3 | 8 | found '%', expected =",
            })
    void areReportedWithLineColumnAndWhatWasExpected(String line, int column, String said) {
        ScenarioException mistakes = read(BEFORE + line + "\n");

        assertEquals("3:" + column, mistakes.mistakes().getFirst().at().toString(), mistakes::getMessage);
        assertTrue(mistakes.mistakes().getFirst().message().contains(said), mistakes::getMessage);
        assertTrue(String.valueOf(mistakes.getMessage()).startsWith("t.mms:3:" + column + ": "), mistakes::getMessage);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "thp 48KiB=always | 5 | a size is a power of two from 16KiB to 2MiB",
                "thp 64KiB=allways | 11 | no such state as 'allways'; did you mean always?",
                "thp khugepaged/max_ptes_nine=0 | 5 | no setting of transparent huge pages 'khugepaged/max_ptes_nine'; did you mean",
                "thp shmem_enabled=madvise | 19 | no such state as 'madvise'",
                "entries 16 | 1 | a page table has 8 or 512 entries, not 16",
                "policy cow-sizing.copi = copy/wide | 8 | no slot for policies 'cow-sizing.copi'; did you mean cow-sizing.copy?",
                "hugetlb 5000 | 1 | at most 1024 huge pages are reserved, not 5000",
                "swap | 5 | found the end of the line, expected a number or a size such as 64KiB",
            })
    void ofSettingsAreReported(String line, int column, String said) {
        ScenarioException mistakes = read(line + "\nA = process\n");

        assertEquals("1:" + column, mistakes.mistakes().getFirst().at().toString(), mistakes::getMessage);
        assertTrue(mistakes.mistakes().getFirst().message().contains(said), mistakes::getMessage);
    }

    @Test
    void allMistakesOfAFileAreReportedAtOnceInTheOrderOfTheText() {
        ScenarioException mistakes = read(BEFORE + "A: munmap x\nA: mlock buf\nA: mlock y\n");

        assertEquals(2, mistakes.mistakes().size());
        assertEquals(3, mistakes.mistakes().getFirst().at().line());
        assertEquals(5, mistakes.mistakes().getLast().at().line());
    }

    @Test
    void aTextInWhichNothingHappensIsOne() {
        assertTrue(read("title nothing\n").getMessage().contains("a scenario has a process at least"));
    }

    @Test
    void aTextWithTooManyLinesIsOne() {
        String message = read("\n".repeat(ScenarioSyntax.MOST_LINES)).getMessage();

        assertTrue(message.contains("a scenario has at most 20000 lines"), message);
    }

    @Test
    void aScheduleThatLeavesOperationsOutIsOne() {
        String tasks = BEFORE + "parallel\n  task A: mlock buf; munlock buf\nend\n";

        assertTrue(read(tasks + "schedule A\n").getMessage().contains("task A has 1 operations left"));
        assertTrue(read(tasks + "schedule A A A\n").getMessage().contains("task A has nothing left to do"));
        assertTrue(read(tasks + "schedule A B\n").getMessage().contains("no task 'B'"));
    }

    @Test
    void aSecondTitleIsOne() {
        assertTrue(read("title a\ntitle b\nA = process\n").getMessage().startsWith("t.mms:2:1: a second title"));
    }

    @Test
    void whatEndedProcessesDoIsOne() {
        assertTrue(read(BEFORE + "A: exit\nA: munmap buf\n")
                .getMessage()
                .contains("t.mms:4:1: process A has ended before"));
    }
}
