package org.polymm.policy.hgm;

import java.util.List;
import org.polymm.api.Policy;
import org.polymm.api.plugin.Option;
import org.polymm.api.plugin.OptionValues;
import org.polymm.api.plugin.PluginDescriptor;
import org.polymm.api.plugin.PolicyDescriptor;
import org.polymm.api.plugin.PolicyPlugin;
import org.polymm.api.plugin.Provenance;
import org.polymm.api.plugin.Slot;
import org.polymm.api.plugin.SpiLevel;

/** The plugin {@code polymm-hgm}: schemes for the two {@code mapcount} slots. */
public final class HgmPlugin implements PolicyPlugin {

    /** For the service loader. */
    public HgmPlugin() {}

    @Override
    public PluginDescriptor describe() {
        return new PluginDescriptor(
                "polymm-hgm",
                "0.1.0",
                new SpiLevel(0, 1),
                "PolyMM",
                List.of(
                        PolicyDescriptor.of(
                                        "mapcount/mm-id",
                                        Slot.MAPCOUNT_FOLIO,
                                        "Tracks two owners of a folio and one bit, maybe shared.",
                                        new Provenance(
                                                "mainline Linux 6.15; MM owner tracking for large folios, David"
                                                        + " Hildenbrand, 2025",
                                                "6af8cb80d3a9"))
                                .withOptions(Option.ofBoolean(
                                        "page-counts",
                                        true,
                                        "whether each page has a mapcount besides (false: CONFIG_NO_PAGE_MAPCOUNT)")),
                        PolicyDescriptor.of(
                                "mapcount/page-mapcount",
                                Slot.MAPCOUNT_FOLIO,
                                "Counts each page and guesses at sharing by the first: faulty, may miss a second"
                                        + " owner.",
                                Provenance.mainline("6.14")),
                        PolicyDescriptor.of(
                                "mapcount/exact",
                                Slot.MAPCOUNT_FOLIO,
                                "Counts each page and walks the reverse map for owners: exact, and unaffordable in a"
                                        + " kernel.",
                                new Provenance("of this laboratory, to measure the others by", "")),
                        PolicyDescriptor.of(
                                "hgm/off",
                                Slot.MAPCOUNT_HUGETLB,
                                "Maps hugetlb pages whole only, one mapping an entry.",
                                Provenance.mainline("6.18"))));
    }

    @Override
    public Policy create(String policyId, OptionValues options) {
        return switch (policyId) {
            case "mapcount/mm-id" -> new MmIdScheme(options.isTrue("page-counts"));
            case "mapcount/page-mapcount" -> new PageMapcountScheme();
            case "mapcount/exact" -> new ExactScheme();
            case "hgm/off" -> new HgmOff();
            default -> throw new IllegalArgumentException("plugin polymm-hgm has no policy " + policyId);
        };
    }
}
