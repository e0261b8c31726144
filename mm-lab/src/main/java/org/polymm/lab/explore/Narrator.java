package org.polymm.lab.explore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Takes down what happens in a run. */
final class Narrator implements Execution.StepListener {

    private final Execution run;
    private final List<Interleaving.Line> lines = new ArrayList<>();

    Narrator(Execution run) {
        this.run = run;
    }

    /** Runs the program along the tasks of a run before, and tells it. */
    static Interleaving tell(Execution run, int[] tasks) {
        Followed followed = new Followed(tasks);
        Narrator narrator = new Narrator(run);
        run.listen(narrator);
        try {
            run.run(followed);
        } finally {
            run.listen(null);
        }
        return narrator.told(followed.preemptions());
    }

    Interleaving told(int preemptions) {
        List<String> names = new ArrayList<>();
        List<List<Long>> results = new ArrayList<>();
        for (int task = 0; task < run.tasks(); task++) {
            names.add(run.taskName(task));
            List<Long> ofTask = new ArrayList<>();
            for (int call = 0; call < run.program().tasks().get(task).calls().size(); call++) {
                ofTask.add(run.result(task, call));
            }
            results.add(List.copyOf(ofTask));
        }
        List<Interleaving.Line> told = marked();
        String legend = run.program().world().legend();
        Failure failure = run.failure();
        if (failure == null) {
            return new Interleaving(names, told, List.copyOf(results), preemptions, null, "", legend, List.of());
        }
        String where = failure.task() < 0
                ? ""
                : run.taskName(failure.task()) + ", in '" + run.currentCall(failure.task()) + "': ";
        Throwable cause = failure.cause();
        String kind =
                cause == null || cause instanceof WrongResultException || failure.kind() == FailureKind.USE_AFTER_FREE
                        ? ""
                        : cause.getClass().getSimpleName() + ": ";
        return new Interleaving(
                names,
                told,
                List.copyOf(results),
                preemptions,
                failure.kind(),
                where + kind + failure.text(),
                legend,
                run.program().world().history());
    }

    @Override
    public void begins(int step, int task) {
        lines.add(new Interleaving.Line(task, run.callText(task), run.announcement(task), held(), false));
    }

    @Override
    public void ended(int step, int task) {
        Interleaving.Line begun = lines.removeLast();
        lines.add(new Interleaving.Line(task, begun.call(), begun.point(), held(), false));
    }

    /** The lines, those marked that met another task's: the next conflicting use of something was the other's, or the one before. */
    private List<Interleaving.Line> marked() {
        boolean[] meets = new boolean[lines.size()];
        Map<Long, Users> users = new HashMap<>();
        for (int step = 0; step < meets.length; step++) {
            for (int at = run.begin(step); at < run.end(step); at++) {
                long access = run.footprints()[at];
                if (!Access.isOfCalls(access)) {
                    users.computeIfAbsent(Access.key(access), key -> new Users(run.tasks()))
                            .use(step, lines.get(step).task(), Access.has(access, Access.WRITE), meets);
                }
            }
        }
        List<Interleaving.Line> marked = new ArrayList<>();
        for (int step = 0; step < meets.length; step++) {
            Interleaving.Line line = lines.get(step);
            marked.add(new Interleaving.Line(line.task(), line.call(), line.point(), line.held(), meets[step]));
        }
        return marked;
    }

    /** Who used a thing last: the step that wrote it, and the latest of each task that has read it since. */
    private static final class Users {
        private static final int NOBODY = -1;

        private final int[] reads;
        private int write = NOBODY;
        private int writer = NOBODY;

        Users(int tasks) {
            reads = new int[tasks];
            Arrays.fill(reads, NOBODY);
        }

        void use(int step, int task, boolean writes, boolean[] meets) {
            boolean isFirst = reads[task] == NOBODY;
            if (isFirst && write != NOBODY && writer != task) {
                meets[write] = true;
                meets[step] = true;
            }
            if (!writes) {
                reads[task] = step;
                return;
            }
            for (int other = 0; other < reads.length; other++) {
                if (other != task && reads[other] != NOBODY) {
                    meets[reads[other]] = true;
                    meets[step] = true;
                }
            }
            Arrays.fill(reads, NOBODY);
            write = step;
            writer = task;
        }
    }

    private List<String> held() {
        List<String> held = new ArrayList<>();
        for (int task = 0; task < run.tasks(); task++) {
            held.add(run.holdsNothing(task) ? "" : run.held(task));
        }
        return List.copyOf(held);
    }
}
