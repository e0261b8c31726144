package org.polymm.lab.compare;

import java.util.List;
import java.util.Optional;

/** The policy sets that a comparison has unless it is told otherwise: mainline, and what the threads propose or argue with. */
public final class PolicySets {
    private static final List<PolicySetSpec> ALL = List.of(
            PolicySetSpec.of(
                    "mainline", "Mainline Linux 6.18 with its default settings: 2 MiB huge pages where they fit."),
            PolicySetSpec.of(
                    "base-pages",
                    "Base pages only: what every proposal is measured against, and what no memory is wasted under.",
                    "policy.cow-sizing.orders.use",
                    "orders/order0"),
            PolicySetSpec.of(
                    "mthp-64kB",
                    "Mainline policies, with 64 KiB folios enabled and 2 MiB ones not.",
                    "thp.hugepages-64kB",
                    "always",
                    "thp.hugepages-2048kB",
                    "never"),
            PolicySetSpec.of(
                    "variable-order",
                    "Variable-order anonymous folios, RFC v2 (Ryan Roberts, 2023): the largest order that fits is allocated,"
                            + " a write fault reuses a run of exclusive pages and copies a run of shared ones.",
                    "policy.cow-sizing.orders.use",
                    "orders/descending-fit",
                    "policy.cow-sizing.reuse.use",
                    "reuse/exclusive-run",
                    "policy.cow-sizing.copy.use",
                    "copy/wide"));

    private PolicySets() {}

    /** All of them, the one to compare with first. */
    public static List<PolicySetSpec> all() {
        return ALL;
    }

    /** The one of that name. */
    public static Optional<PolicySetSpec> named(String name) {
        return ALL.stream().filter(set -> set.name().equals(name)).findFirst();
    }
}
