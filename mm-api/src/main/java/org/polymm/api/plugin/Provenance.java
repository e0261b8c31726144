package org.polymm.api.plugin;

/**
 * Where a policy comes from.
 *
 * @param proposal the proposal and who made it, such as {@code Support large folio for mlock, RFC v1, Yin Fengwei, 2023-07-07}
 * @param reference where to read it: a message id, a commit, a kernel version; empty if there is none
 */
public record Provenance(String proposal, String reference) {

    /**
     * A policy that mainline Linux follows.
     *
     * @param version such as {@code 6.18}
     * @return the provenance
     */
    public static Provenance mainline(String version) {
        return new Provenance("mainline Linux " + version, "v" + version);
    }
}
