package org.polymm.lab.explore;

import java.util.ArrayList;
import java.util.List;

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
        Failure failure = run.failure();
        if (failure == null) {
            return new Interleaving(names, lines, List.copyOf(results), preemptions, null, "", List.of());
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
                lines,
                List.copyOf(results),
                preemptions,
                failure.kind(),
                where + kind + failure.text(),
                run.program().world().history());
    }

    @Override
    public void begins(int step, int task) {
        lines.add(new Interleaving.Line(task, run.callText(task), run.announcement(task), held()));
    }

    @Override
    public void ended(int step, int task) {
        Interleaving.Line begun = lines.removeLast();
        lines.add(new Interleaving.Line(task, begun.call(), begun.point(), held()));
    }

    private List<String> held() {
        List<String> held = new ArrayList<>();
        for (int task = 0; task < run.tasks(); task++) {
            held.add(run.holdsNothing(task) ? "" : run.held(task));
        }
        return List.copyOf(held);
    }
}
