package org.polymm.testkit;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.polymm.api.OrderSet;
import org.polymm.api.PageSpan;
import org.polymm.api.collapse.CollapseCandidate;
import org.polymm.api.collapse.CollapseDecision;
import org.polymm.api.collapse.TableMoveDecision;
import org.polymm.api.cow.WriteFault;
import org.polymm.api.relocation.EntryDecision;
import org.polymm.api.relocation.RelocationEntry;
import org.polymm.api.split.ReclaimPick;
import org.polymm.api.split.SplitPlan;
import org.polymm.api.view.FolioView;
import org.polymm.api.view.MappingLevel;

/**
 * What the roles say about their answers, as code: which are out of range, and which are in range but dangerous.
 *
 * <p>A call is known by its name and its answer by its type; no two roles use one name for different things.
 */
final class Answers {

    private static final int MREMAP_FLAGS_OF_LINUX = 7;

    private Answers() {}

    /** Which rule an answer breaks, if any. */
    static Optional<String> outOfRange(Method call, @Nullable Object[] facts, @Nullable Object answer) {
        if (call.getReturnType() == void.class) {
            return Optional.empty();
        }
        if (answer == null) {
            return Optional.of("the answer is null");
        }
        return Optional.ofNullable(
                switch (call.getName()) {
                    case "afterAllocationFailure" ->
                        facts[0] instanceof WriteFault fault
                                ? shorterCopy(fault, (Long) answer, (Long) argument(facts, 1))
                                : subset((OrderSet) answer, (OrderSet) argument(facts, 2));
                    case "reuseExtent" -> span((WriteFault) argument(facts, 0), (Long) answer);
                    case "copyExtent" -> copy((WriteFault) argument(facts, 0), (Long) answer);
                    case "choose" -> collapse((CollapseCandidate) argument(facts, 0), (CollapseDecision) answer);
                    case "onPick" -> reclaimPlan((SplitPlan) answer);
                    case "reportedMapcount", "mapcount" ->
                        (Integer) answer < 0 ? "a number of mappings cannot be negative" : null;
                    case "pssDivisor" -> (Integer) answer < 1 ? "a page is divided by 1 at least" : null;
                    case "acceptedFlags" ->
                        ((Integer) answer & MREMAP_FLAGS_OF_LINUX) != 0
                                ? "the flags 1, 2 and 4 are Linux's own and need not be accepted"
                                : null;
                    case "onEntry" -> entry((RelocationEntry) argument(facts, 0), (EntryDecision) answer);
                    default -> null;
                });
    }

    /** What harm an answer within the rules does, if any. */
    static Optional<String> dangerous(Method call, @Nullable Object[] facts, @Nullable Object answer) {
        String harm = null;
        if (answer instanceof Long span && facts[0] instanceof WriteFault fault) {
            harm = call.getName().equals("reuseExtent") ? unprovenReuse(fault, span) : exclusiveCopy(fault, span);
        } else if (answer instanceof SplitPlan plan) {
            harm = uncheckedUnshare(plan);
        } else if (answer instanceof EntryDecision decision) {
            harm = staleEntry((RelocationEntry) argument(facts, 0), decision);
        } else if (answer == TableMoveDecision.UNCHECKED) {
            harm = "a table is moved that may be none any more";
        }
        return Optional.ofNullable(harm);
    }

    /** A call in words, for messages. */
    static String describe(Method call, @Nullable Object[] facts, @Nullable Object answer) {
        return call.getName() + Arrays.toString(facts) + " answered "
                + (answer instanceof Long span ? PageSpan.toString(span) : answer);
    }

    private static Object argument(@Nullable Object[] facts, int index) {
        Object fact = facts[index];
        if (fact == null) {
            throw new IllegalArgumentException("a policy was called without its argument " + index);
        }
        return fact;
    }

    private static @Nullable String subset(OrderSet answer, OrderSet remaining) {
        return answer.and(remaining) == answer ? null : "only " + remaining + " remains to choose from";
    }

    private static @Nullable String span(WriteFault fault, long span) {
        if (PageSpan.count(span) < 1 || PageSpan.first(span) > 0 || PageSpan.end(span) < 1) {
            return "the span does not contain the faulting page, which is page 0";
        }
        if (PageSpan.first(span) < -fault.runBefore() || PageSpan.end(span) > fault.runAfter() + 1) {
            return "the span leaves the run [" + -fault.runBefore() + ", " + (fault.runAfter() + 1) + ")";
        }
        return null;
    }

    private static @Nullable String copy(WriteFault fault, long span) {
        String problem = span(fault, span);
        int count = PageSpan.count(span);
        if (problem != null || count == 1) {
            return problem;
        }
        if (Integer.bitCount(count) != 1) {
            return "a copy of " + count + " pages is no power of two";
        }
        if (count == 2) {
            return "an anonymous folio cannot be of order 1";
        }
        if ((fault.page() + PageSpan.first(span)) % count != 0) {
            return "the copy would not be naturally aligned: page " + (fault.page() + PageSpan.first(span));
        }
        return null;
    }

    private static @Nullable String shorterCopy(WriteFault fault, long span, long failed) {
        return PageSpan.count(span) >= PageSpan.count(failed)
                ? "the span is not shorter than " + PageSpan.toString(failed) + ", which could not be had"
                : copy(fault, span);
    }

    private static @Nullable String collapse(CollapseCandidate candidate, CollapseDecision decision) {
        return decision instanceof CollapseDecision.Collapse collapse
                        && !candidate.allowedOrders().contains(collapse.order())
                ? "only " + candidate.allowedOrders() + " may be collapsed to"
                : null;
    }

    private static @Nullable String reclaimPlan(SplitPlan plan) {
        for (SplitPlan.Step step : plan.steps()) {
            if (step.action() != SplitPlan.Action.KEEP && step.action() != SplitPlan.Action.SPLIT) {
                return ReclaimPick.class.getSimpleName() + " takes KEEP or SPLIT; there is no system call to fail and"
                        + " nobody to copy for";
            }
        }
        return null;
    }

    private static @Nullable String entry(RelocationEntry entry, EntryDecision decision) {
        FolioView folio = entry.folio();
        if (decision == EntryDecision.SPLIT_FIRST && (folio == null || !folio.isLarge())) {
            return "there is no large folio to split";
        }
        boolean passes =
                entry.kind() == RelocationEntry.Kind.MIGRATION || entry.kind() == RelocationEntry.Kind.SWAP_CACHE;
        return decision == EntryDecision.WAIT && !passes ? "a " + entry.kind() + " entry does not go by waiting" : null;
    }

    private static @Nullable String unprovenReuse(WriteFault fault, long span) {
        if (fault.isFolioProvenExclusive() || fault.level() != MappingLevel.PTE) {
            return null;
        }
        for (int offset = PageSpan.first(span); offset < PageSpan.end(span); offset++) {
            if (offset != 0 && !fault.isExclusive(offset)) {
                return "page " + offset + " would become writable although it may be shared";
            }
        }
        return null;
    }

    private static @Nullable String exclusiveCopy(WriteFault fault, long span) {
        for (int offset = PageSpan.first(span); offset < PageSpan.end(span); offset++) {
            if (fault.isExclusive(offset)) {
                return "page " + offset + " is exclusive, may be pinned, and would be replaced";
            }
        }
        return null;
    }

    private static @Nullable String uncheckedUnshare(SplitPlan plan) {
        return plan.steps().stream().anyMatch(step -> step.check() == SplitPlan.UnshareCheck.UNCHECKED)
                ? "pages are replaced without a look whether they are exclusive"
                : null;
    }

    private static @Nullable String staleEntry(RelocationEntry entry, EntryDecision decision) {
        boolean keepsFolio = entry.folio() != null && entry.kind() != RelocationEntry.Kind.FILE;
        if (decision == EntryDecision.SKIP && keepsFolio && entry.kind() != RelocationEntry.Kind.KSM) {
            return "the folio of the " + entry.kind() + " entry would keep an index at which nobody finds it";
        }
        if (decision != EntryDecision.RELOCATE || !keepsFolio) {
            return null;
        }
        if (entry.kind() == RelocationEntry.Kind.KSM) {
            return "a KSM page has no index of its own to rewrite";
        }
        if (entry.wasEverCowShared()) {
            return "another process may map the folio, and would not find it at its new index";
        }
        return entry.isFolioWithinRange() ? null : "the part of the folio that stays behind would not be found";
    }
}
