package org.polymm.lab.fuzz;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.mm.Mman;
import org.polymm.lab.program.Action;
import org.polymm.lab.program.MachineImage;
import org.polymm.lab.program.Operation;
import org.polymm.lab.program.Outcome;
import org.polymm.lab.program.Settings;
import org.polymm.lab.program.Subject;
import org.polymm.lab.program.UnmetException;

/**
 * Runs programs on two machines and compares every outcome and every image. The first is driven ahead, so that it works while the second is
 * simulated.
 */
final class ComparisonTrial implements Trial {

    private final Subject real;
    private final Subject simulated;
    private final Settings settings;
    private final Settings limited;
    private final ProgramShape shape;
    private final int imageEvery;
    private final Map<KnownDifference, Integer> known = new EnumMap<>(KnownDifference.class);

    /**
     * A comparison.
     *
     * @param real the judge, driven ahead
     * @param simulated what is judged
     * @param settings of both
     * @param shape what programs look like
     * @param imageEvery after how many operations the states are compared
     */
    ComparisonTrial(Subject real, Subject simulated, Settings settings, ProgramShape shape, int imageEvery) {
        this.real = real;
        this.simulated = simulated;
        this.settings = settings;
        limited = new Settings(settings.thp(), settings.swapBytes(), false, settings.hugetlbPages());
        this.shape = shape;
        this.imageEvery = imageEvery;
    }

    /** {@return how many programs showed which known differences} */
    Map<KnownDifference, Integer> known() {
        return known;
    }

    @Override
    public @Nullable Finding run(List<Operation> operations) throws UnmetException {
        Settings needed = ProgramGenerator.isLimited(operations) ? limited : settings;
        real.begin(needed, shape.window());
        simulated.begin(needed, shape.window());
        Comparer comparer = new Comparer();
        real.run(operations, imageEvery, true, comparer);
        if (comparer.unmet != null) {
            throw comparer.unmet;
        }
        return comparer.finding;
    }

    private final class Comparer implements Subject.Observer {
        @Nullable
        Finding finding;

        @Nullable
        UnmetException unmet;

        private boolean ended;
        private long pages;
        private long mostPages;
        private boolean limited;
        private boolean leftBehind;

        @Override
        public boolean after(int index, Operation operation, Outcome outcome, @Nullable MachineImage image) {
            try {
                finding = compare(index, operation, outcome, image);
            } catch (UnmetException missing) {
                unmet = missing;
            } catch (RuntimeException unexpected) {
                finding = new Finding(
                        Finding.EXCEPTION + unexpected.getClass().getSimpleName(), index, String.valueOf(unexpected));
            }
            return finding == null && unmet == null && !ended;
        }

        private @Nullable KnownDifference miscounted() {
            return limited && leftBehind ? KnownDifference.LOCKED_VM_OF_DONTUNMAP : null;
        }

        /** Whether a call is about to send memory of files to swap, where the two part. */
        private @Nullable KnownDifference sharedGoes(Operation o) {
            if (o.action() != Action.MADVISE || o.c() != Mman.MADV_PAGEOUT) {
                return null;
            }
            MachineImage now = simulated.image(false);
            for (int slot = 0; slot < now.processCount(); slot++) {
                if (now.processAt(slot) != o.process()) {
                    continue;
                }
                for (int page = 0; page < now.window().pages(); page++) {
                    long address = now.window().base() + page * Operation.PAGE;
                    boolean meant = address >= o.a() && address < o.a() + o.b();
                    if (meant && (now.bits(slot, page) & MachineImage.FILE) != 0) {
                        return KnownDifference.SWAP_OF_SHARED_MEMORY;
                    }
                }
            }
            return null;
        }

        private boolean isKnown(@Nullable KnownDifference difference) {
            if (difference != null) {
                known.merge(difference, 1, Integer::sum);
                ended = true;
            }
            return difference != null;
        }

        private @Nullable Finding compare(int index, Operation operation, Outcome outcome, @Nullable MachineImage image)
                throws UnmetException {
            if (settings.swapBytes() != 0 && isKnown(sharedGoes(operation))) {
                return null;
            }
            Outcome own = simulated.perform(operation);
            limited |= operation.action() == Action.LIMIT_MEMLOCK;
            leftBehind |= operation.action() == Action.MREMAP && (operation.d() & Mman.MREMAP_DONTUNMAP) != 0;
            if (!own.equals(outcome)) {
                if (isKnown(miscounted())) {
                    return null;
                }
                return new Finding(
                        Finding.DIFFERENCE + "result of " + operation.action(),
                        index,
                        real.name() + ": " + outcome + "\n" + simulated.name() + ": " + own);
            }
            pages += Addresses.pages(operation);
            if (image == null) {
                return null;
            }
            mostPages = Math.max(mostPages, pages);
            pages = 0;
            MachineImage seen = simulated.image(image.hasContents());
            if (seen.sameAs(image)) {
                return null;
            }
            return isKnown(KnownDifference.ofImages(image, seen, mostPages)) || isKnown(miscounted())
                    ? null
                    : new Finding(
                            Finding.DIFFERENCE + ImageDifference.kind(image, seen),
                            index,
                            ImageDifference.text(real.name(), image, simulated.name(), seen));
        }
    }
}
