package org.polymm.lab.scenario;

import org.jspecify.annotations.Nullable;
import org.polymm.engine.check.Invariant;
import org.polymm.lab.program.MachineImage;
import org.polymm.lab.program.UnmetException;
import org.polymm.runtime.config.Sizes;

/** Checks of smaps, status and vmstat, and of invariants. */
final class CounterChecks {

    private CounterChecks() {}

    /** A field of smaps, over whole VMAs. */
    record Smaps(Span span, String field, Comparison comparison, long bytes) implements Check {

        @Override
        public Kind kind() {
            return Kind.EXACT;
        }

        @Override
        public @Nullable String failure(View view) throws UnmetException {
            MachineImage image = view.image();
            int slot = view.slot(span);
            for (int vma = 0; vma < image.vmaCount(slot); vma++) {
                long start = image.vmaStart(slot, vma);
                long end = image.vmaEnd(slot, vma);
                if (start < span.end() && end > span.start() && (start < span.start() || end > span.end())) {
                    return "smaps tells of whole VMAs, and one of them reaches beyond the range: it begins at "
                            + view.names().page(start) + " and has " + Sizes.show(end - start);
                }
            }
            long seen = view.subject().smaps(span.process(), span.start(), span.end(), field);
            return comparison.holds(seen, bytes)
                    ? null
                    : field + " is " + Sizes.show(seen) + ", expected " + comparison + " " + Sizes.show(bytes);
        }
    }

    /** A field of status. */
    record Status(int process, String field, Comparison comparison, long bytes) implements Check {

        @Override
        public Kind kind() {
            return Kind.EXACT;
        }

        @Override
        public @Nullable String failure(View view) throws UnmetException {
            if (view.image().slotOf(process) < 0) {
                return view.names().process(process) + " has ended";
            }
            long seen = view.subject().status(process, field);
            return comparison.holds(seen, bytes)
                    ? null
                    : field + " is " + Sizes.show(seen) + ", expected " + comparison + " " + Sizes.show(bytes);
        }
    }

    /** What a counter changed by. */
    record Vmstat(String counter, long change) implements Check {

        @Override
        public Kind kind() {
            return Kind.DELTA;
        }

        @Override
        public @Nullable String failure(View view) throws UnmetException {
            long seen = view.sinceMark(counter);
            return seen == change ? null : counter + " changed by " + signed(seen) + ", expected " + signed(change);
        }

        private static String signed(long number) {
            return (number < 0 ? "" : "+") + number;
        }
    }

    /** The operation before breaks an invariant. The runner looks for it when an operation does, and so comes here only if none did. */
    record Violated(Invariant invariant) implements Check {

        @Override
        public Kind kind() {
            return Kind.ENGINE_ONLY;
        }

        @Override
        public String failure(View view) {
            return "every invariant holds, expected a violation of " + invariant.id();
        }
    }
}
