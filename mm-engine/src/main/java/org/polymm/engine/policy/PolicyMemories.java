package org.polymm.engine.policy;

import org.jspecify.annotations.Nullable;
import org.polymm.api.PolicyMemory;
import org.polymm.api.StateScope;
import org.polymm.api.plugin.Slot;
import org.polymm.api.plugin.StateSlot;
import org.polymm.engine.state.StateSpace;

/**
 * The memory of all policies: rows per slot and scope, only where the slot's policy declared some.
 *
 * <p>Rows belong to handles and handles are reused, so whoever ends an mm, a VMA or a folio says so here, and whoever copies one does too.
 */
public final class PolicyMemories {

    private final @Nullable PolicyMemoryRows[] rows;

    PolicyMemories(StateSpace space, PolicySet set) {
        rows = new PolicyMemoryRows[Slot.values().length * StateScope.values().length];
        for (Slot slot : Slot.values()) {
            for (StateScope scope : StateScope.values()) {
                int width = 0;
                for (StateSlot declared : set.state(slot)) {
                    width += declared.scope() == scope ? 1 : 0;
                }
                if (width > 0) {
                    rows[index(slot, scope)] = new PolicyMemoryRows(space, slot.key() + "." + scope, width);
                }
            }
        }
    }

    private static int index(Slot slot, StateScope scope) {
        return slot.ordinal() * StateScope.values().length + scope.ordinal();
    }

    /**
     * Whether any policy remembers anything of a scope, so that the ends of its handles must be told.
     *
     * @param scope a scope
     * @return whether there are rows of it
     */
    public boolean keeps(StateScope scope) {
        for (int at = scope.ordinal(); at < rows.length; at += StateScope.values().length) {
            if (rows[at] != null) {
                return true;
            }
        }
        return false;
    }

    PolicyMemory row(Slot slot, StateScope scope, int handle) {
        PolicyMemoryRows memory = rows[index(slot, scope)];
        if (memory == null) {
            throw new IllegalArgumentException("the policy of " + slot.key() + " declared no state of scope " + scope);
        }
        return memory.at(handle);
    }

    /**
     * A handle ended.
     *
     * @param scope MM, VMA or FOLIO
     * @param handle the mm, the VMA or the head of the folio
     */
    public void clear(StateScope scope, int handle) {
        for (int at = scope.ordinal(); at < rows.length; at += StateScope.values().length) {
            PolicyMemoryRows memory = rows[at];
            if (memory != null) {
                memory.clear(handle);
            }
        }
    }

    /**
     * A handle was copied: a VMA was split, an mm forked.
     *
     * @param scope MM or VMA
     * @param from the original
     * @param to the copy
     */
    public void copy(StateScope scope, int from, int to) {
        for (int at = scope.ordinal(); at < rows.length; at += StateScope.values().length) {
            PolicyMemoryRows memory = rows[at];
            if (memory != null) {
                memory.copy(from, to);
            }
        }
    }
}
