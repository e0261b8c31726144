package org.polymm.testkit.fake;

import java.util.EnumMap;
import java.util.Map;
import org.polymm.api.PolicyMemory;
import org.polymm.api.StateScope;

/** Policy memory of every scope: each row has {@value #SLOTS} slots, 0 until written. */
public final class FakeMemory {

    /** How many slots a row has. */
    public static final int SLOTS = 16;

    private final Map<StateScope, Row> rows = new EnumMap<>(StateScope.class);

    /** Makes empty memory. */
    public FakeMemory() {}

    /**
     * A row of this memory.
     *
     * @param scope what it belongs to
     * @return always the same row for a scope
     */
    public PolicyMemory of(StateScope scope) {
        return rows.computeIfAbsent(scope, any -> new Row());
    }

    private static final class Row implements PolicyMemory {

        private final long[] slots = new long[SLOTS];

        @Override
        public long get(int slot) {
            return slots[slot];
        }

        @Override
        public void set(int slot, long value) {
            slots[slot] = value;
        }
    }
}
