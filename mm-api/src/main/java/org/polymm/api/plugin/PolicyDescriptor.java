package org.polymm.api.plugin;

import java.util.List;
import java.util.regex.Pattern;

/**
 * One policy of a plugin, as plain data.
 *
 * @param id {@code family/variant}, lower-case letters, digits, dots and dashes, named after what it does: {@code orders/descending-fit}.
 *     Families of the bundled policies may be used by third parties, ids may not be taken twice
 * @param slot the slot it fits
 * @param summary what it chooses and how it differs from its siblings, in one sentence
 * @param provenance where it comes from
 * @param options what can be set; empty if nothing
 * @param state the slots of policy memory it uses; empty if none
 * @param conflicts ids of policies, or slots' keys followed by {@code =id}, that it cannot be combined with, each with a reason
 */
public record PolicyDescriptor(
        String id,
        Slot slot,
        String summary,
        Provenance provenance,
        List<Option> options,
        List<StateSlot> state,
        List<Conflict> conflicts) {

    private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9.-]*/[a-z0-9][a-z0-9.-]*");

    /**
     * A policy that cannot be combined with another.
     *
     * @param policyId the other policy
     * @param reason why, for the error message
     */
    public record Conflict(String policyId, String reason) {}

    /**
     * Checks the id and copies the lists.
     *
     * @throws IllegalArgumentException if the id is malformed or an option is declared twice
     */
    public PolicyDescriptor {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("policy id '" + id
                    + "' is not of the form family/variant in lower-case letters, digits, dots and dashes");
        }
        options = List.copyOf(options);
        state = List.copyOf(state);
        conflicts = List.copyOf(conflicts);
        if (options.stream().map(Option::name).distinct().count() != options.size()) {
            throw new IllegalArgumentException("policy " + id + " declares an option twice");
        }
    }

    /**
     * A policy without options, state and conflicts.
     *
     * @param id the id
     * @param slot the slot it fits
     * @param summary what it chooses, in one sentence
     * @param provenance where it comes from
     * @return the descriptor
     */
    public static PolicyDescriptor of(String id, Slot slot, String summary, Provenance provenance) {
        return new PolicyDescriptor(id, slot, summary, provenance, List.of(), List.of(), List.of());
    }

    /**
     * The same policy with options.
     *
     * @param more the options, replacing those there were
     * @return the descriptor
     */
    public PolicyDescriptor withOptions(Option... more) {
        return new PolicyDescriptor(id, slot, summary, provenance, List.of(more), state, conflicts);
    }

    /**
     * The same policy with slots of policy memory.
     *
     * @param more the slots, replacing those there were
     * @return the descriptor
     */
    public PolicyDescriptor withState(StateSlot... more) {
        return new PolicyDescriptor(id, slot, summary, provenance, options, List.of(more), conflicts);
    }

    /**
     * The same policy with conflicts.
     *
     * @param more the conflicts, replacing those there were
     * @return the descriptor
     */
    public PolicyDescriptor withConflicts(Conflict... more) {
        return new PolicyDescriptor(id, slot, summary, provenance, options, state, List.of(more));
    }
}
