package org.polymm.lab.scenario;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.polymm.lab.program.Action;
import org.polymm.lab.program.Operation;
import org.polymm.lab.scenario.syntax.Failing;
import org.polymm.lab.scenario.syntax.Word;

/** The words behind {@link Action#FAIL}, both ways. */
final class FailingWords {

    private static final String ORDER = "order";
    private static final String PAGE_TABLES = "page-tables";
    private static final String NOTHING = "nothing";
    private static final String TIMES = "times";
    private static final int HIGHEST_ORDER = 20;

    private FailingWords() {}

    static Operation operation(Failing failing, int process) {
        Word what = failing.what();
        if (failing.often() != null && !failing.often().text().equals(TIMES)) {
            throw MistakeException.unknown("word here", failing.often(), List.of(TIMES));
        }
        long times = failing.times() == null ? -1 : failing.times();
        long skipped = failing.skipped() == null ? 0 : failing.skipped();
        @Nullable Long order = failing.order();
        return switch (what.text()) {
            case ORDER -> {
                if (order == null || order > HIGHEST_ORDER) {
                    throw new MistakeException(
                            what.at(), "of which order? fail order 4, or fail order >= 3 for higher ones as well");
                }
                yield fail(process, order, failing.orHigher() ? Action.ANY_ORDER : order, skipped, times);
            }
            case PAGE_TABLES -> {
                if (order != null) {
                    throw new MistakeException(what.at(), "page tables are of one size: fail page-tables after 1");
                }
                yield fail(process, Action.PAGE_TABLES, 0, skipped, times);
            }
            case NOTHING -> {
                if (order != null || failing.skipped() != null || failing.times() != null) {
                    throw new MistakeException(what.at(), "nothing more is said of nothing");
                }
                yield fail(process, Action.NOTHING, 0, 0, 0);
            }
            default -> throw MistakeException.unknown("kind of allocation", what, List.of(ORDER, PAGE_TABLES, NOTHING));
        };
    }

    private static Operation fail(int process, long lowest, long highest, long skipped, long times) {
        return Operation.of(Action.FAIL, process, lowest, highest, skipped, times);
    }

    static String of(Operation o) {
        if (o.a() == Action.NOTHING) {
            return "fail " + NOTHING;
        }
        String what = o.a() == Action.PAGE_TABLES ? PAGE_TABLES : ORDER + (o.b() == o.a() ? " " : " >= ") + o.a();
        return "fail " + what + (o.c() == 0 ? "" : " after " + o.c()) + (o.d() < 0 ? "" : " " + TIMES + " " + o.d());
    }
}
