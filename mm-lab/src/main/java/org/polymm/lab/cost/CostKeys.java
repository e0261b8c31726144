package org.polymm.lab.cost;

import java.util.ArrayList;
import java.util.List;
import org.polymm.runtime.config.EffectiveConfiguration;
import org.polymm.runtime.config.Key;
import org.polymm.runtime.config.KeyRegistry;

/** The unit costs as configuration keys. */
public final class CostKeys {
    private static final long ONE_SECOND = 1_000_000_000;

    private static final Key<Long> STEP = Key.number(
            "cost.step",
            10,
            0,
            ONE_SECOND,
            "ns for each lock taken and each access of shared memory that concurrent tasks come to, beside the work that is counted. Default:"
                    + " measured on a 6.18 virtual machine: a compare-and-swap and a fetch-and-add of one word in the cache, 10.5 ns.");

    private static final Key<Long> TLB_FLUSH = Key.number(
            "cost.tlb-flush",
            240,
            0,
            ONE_SECOND,
            "ns for a flush of translations that other processors may hold, where tasks are concurrent. Default: measured on a 6.18 virtual"
                    + " machine: MADV_DONTNEED of a page with and without a thread of the process on the other processor, medians.");

    private CostKeys() {}

    /** Adds a key for every unit cost. */
    public static KeyRegistry.Builder declare(KeyRegistry.Builder keys) {
        keys.group(
                "cost",
                "Unit costs of the estimated kernel time, in nanoseconds. They belong to a machine, not to a policy.");
        return keys.declareAll(keys()).declareAll(List.of(STEP, TLB_FLUSH));
    }

    /** What steps of concurrent tasks cost by a configuration. */
    public static StepCosts steps(EffectiveConfiguration configuration) {
        return new StepCosts(configuration.get(STEP), configuration.get(TLB_FLUSH));
    }

    /** The unit costs that a configuration sets. */
    public static CostModel model(EffectiveConfiguration configuration) {
        CostModel model = CostModel.defaults();
        for (Key<Long> key : keys()) {
            model = model.with(key.name(), configuration.get(key));
        }
        return model;
    }

    private static List<Key<Long>> keys() {
        List<Key<Long>> keys = new ArrayList<>();
        for (UnitCost cost : CostModel.defaults().costs()) {
            keys.add(Key.number(
                    cost.key(),
                    cost.nanos(),
                    0,
                    ONE_SECOND,
                    "ns for " + cost.help() + ". Default: " + cost.source() + "."));
        }
        return keys;
    }
}
