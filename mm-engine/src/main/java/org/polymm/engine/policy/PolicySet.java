package org.polymm.engine.policy;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.polymm.api.Policy;
import org.polymm.api.collapse.CollapsePolicy;
import org.polymm.api.cow.CowSizingPolicy;
import org.polymm.api.mapcount.MapcountScheme;
import org.polymm.api.plugin.PolicyDescriptor;
import org.polymm.api.plugin.Slot;
import org.polymm.api.plugin.StateSlot;
import org.polymm.api.relocation.RelocationPolicy;
import org.polymm.api.split.FolioSplitPolicy;

/**
 * One policy for every slot, with the names to report them by. Immutable; may be shared by any number of machines.
 */
public final class PolicySet {

    private record Entry(Policy policy, PolicyOrigin origin, List<StateSlot> state) {}

    private final Map<Slot, Entry> entries;

    private PolicySet(Map<Slot, Entry> entries) {
        this.entries = entries;
    }

    /** {@return a builder without any policy} */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * How to name the policy of a slot.
     *
     * @param slot the slot
     * @return its id and source
     */
    public PolicyOrigin origin(Slot slot) {
        return entry(slot).origin();
    }

    /**
     * The policy memory that the policy of a slot declared.
     *
     * @param slot the slot
     * @return its slots of memory, in declaration order
     */
    public List<StateSlot> state(Slot slot) {
        return entry(slot).state();
    }

    FolioSplitPolicy.Mlock mlock() {
        return (FolioSplitPolicy.Mlock) entry(Slot.FOLIO_SPLIT_MLOCK).policy();
    }

    FolioSplitPolicy.Boundary boundary() {
        return (FolioSplitPolicy.Boundary) entry(Slot.FOLIO_SPLIT_BOUNDARY).policy();
    }

    FolioSplitPolicy.Deferred deferred() {
        return (FolioSplitPolicy.Deferred) entry(Slot.FOLIO_SPLIT_DEFERRED).policy();
    }

    FolioSplitPolicy.Reclaim reclaim() {
        return (FolioSplitPolicy.Reclaim) entry(Slot.FOLIO_SPLIT_RECLAIM).policy();
    }

    FolioSplitPolicy.Pin pin() {
        return (FolioSplitPolicy.Pin) entry(Slot.FOLIO_SPLIT_PIN).policy();
    }

    CowSizingPolicy.Orders orders() {
        return (CowSizingPolicy.Orders) entry(Slot.COW_SIZING_ORDERS).policy();
    }

    CowSizingPolicy.Reuse reuse() {
        return (CowSizingPolicy.Reuse) entry(Slot.COW_SIZING_REUSE).policy();
    }

    CowSizingPolicy.Copy copy() {
        return (CowSizingPolicy.Copy) entry(Slot.COW_SIZING_COPY).policy();
    }

    CollapsePolicy.Choice collapseChoice() {
        return (CollapsePolicy.Choice) entry(Slot.COLLAPSE_CHOICE).policy();
    }

    CollapsePolicy.Retraction collapseRetraction() {
        return (CollapsePolicy.Retraction) entry(Slot.COLLAPSE_RETRACTION).policy();
    }

    CollapsePolicy.TableMove tableMove() {
        return (CollapsePolicy.TableMove) entry(Slot.COLLAPSE_TABLE_MOVE).policy();
    }

    MapcountScheme.Folio mapcount() {
        return (MapcountScheme.Folio) entry(Slot.MAPCOUNT_FOLIO).policy();
    }

    RelocationPolicy relocation() {
        return (RelocationPolicy) entry(Slot.RELOCATION).policy();
    }

    private Entry entry(Slot slot) {
        Entry entry = entries.get(slot);
        if (entry == null) {
            throw new IllegalArgumentException("no policy fills slot " + slot.key());
        }
        return entry;
    }

    /** Collects policies; every slot must be filled. */
    public static final class Builder {

        private final Map<Slot, Entry> entries = new EnumMap<>(Slot.class);

        private Builder() {}

        /**
         * Fills a slot, replacing what filled it before.
         *
         * @param slot the slot
         * @param policy an instance of the slot's role
         * @param origin how to name it
         * @param state the policy memory it declared
         * @return this builder
         * @throws IllegalArgumentException if the policy does not play the slot's role
         */
        public Builder put(Slot slot, Policy policy, PolicyOrigin origin, List<StateSlot> state) {
            if (!slot.role().isInstance(policy)) {
                throw new IllegalArgumentException(
                        origin + " is a " + policy.getClass().getName() + ", which does not implement "
                                + slot.role().getName() + " as slot " + slot.key() + " needs");
            }
            entries.put(slot, new Entry(policy, origin, List.copyOf(state)));
            return this;
        }

        /**
         * Fills the slot that a descriptor names.
         *
         * @param descriptor the policy's description
         * @param policy the instance
         * @param source the jar or another word for its home
         * @return this builder
         */
        public Builder put(PolicyDescriptor descriptor, Policy policy, String source) {
            return put(descriptor.slot(), policy, new PolicyOrigin(descriptor.id(), source), descriptor.state());
        }

        /**
         * Checks that every slot is filled.
         *
         * @return the set
         * @throws IllegalArgumentException naming the slots that are empty
         */
        public PolicySet build() {
            List<String> missing = new ArrayList<>();
            for (Slot slot : Slot.values()) {
                if (!entries.containsKey(slot)) {
                    missing.add(slot.key());
                }
            }
            if (!missing.isEmpty()) {
                throw new IllegalArgumentException("no policy fills " + String.join(", ", missing));
            }
            return new PolicySet(new EnumMap<>(entries));
        }
    }
}
