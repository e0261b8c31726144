package org.polymm.lab.scenario;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.polymm.lab.program.EngineFact;
import org.polymm.lab.program.MachineImage;

/** The words for what a page or a VMA is. */
final class PageWords {

    static final String EMPTY = "empty";
    static final String ORDER = "order";
    static final String FOLIO = "folio";
    static final String MAPCOUNT = "mapcount";
    static final String ONE_FOLIO = "one folio";

    private static final Map<String, Integer> BITS = new LinkedHashMap<>();
    private static final Map<String, Integer> VMA_BITS = new LinkedHashMap<>();

    static {
        BITS.put("present", MachineImage.PRESENT);
        BITS.put("swapped", MachineImage.SWAPPED);
        BITS.put("zero", MachineImage.ZERO);
        BITS.put("anon", MachineImage.ANON);
        BITS.put("file", MachineImage.FILE);
        BITS.put("mapped-once", MachineImage.MAPPED_ONCE);
        BITS.put("large", MachineImage.LARGE);
        BITS.put("mlocked", MachineImage.MLOCKED);
        BITS.put("uffd-wp", MachineImage.UFFD_WP);
        BITS.put("ksm", MachineImage.KSM);
        BITS.put("hugetlb", MachineImage.HUGETLB);
        VMA_BITS.put("shared", MachineImage.VMA_SHARED);
        VMA_BITS.put("locked", MachineImage.VMA_LOCKED);
        VMA_BITS.put("hugepage", MachineImage.VMA_HUGEPAGE);
        VMA_BITS.put("nohugepage", MachineImage.VMA_NOHUGEPAGE);
        VMA_BITS.put("dontfork", MachineImage.VMA_DONTCOPY);
        VMA_BITS.put("wipeonfork", MachineImage.VMA_WIPEONFORK);
        VMA_BITS.put("mergeable", MachineImage.VMA_MERGEABLE);
    }

    private PageWords() {}

    static @Nullable Integer bit(String word) {
        return BITS.get(word);
    }

    static @Nullable Integer vmaBit(String word) {
        return VMA_BITS.get(word);
    }

    static @Nullable EngineFact fact(String word) {
        for (EngineFact fact : EngineFact.values()) {
            if (fact.word().equals(word)) {
                return fact;
            }
        }
        return null;
    }

    /** Words that say yes or no. */
    static List<String> plain() {
        List<String> all = new ArrayList<>(BITS.keySet());
        all.add(EMPTY);
        for (EngineFact fact : EngineFact.values()) {
            if (!fact.isNumber()) {
                all.add(fact.word());
            }
        }
        return all;
    }

    /** Words that take a number. */
    static List<String> counted() {
        List<String> all = new ArrayList<>(List.of(ORDER, MAPCOUNT));
        for (EngineFact fact : EngineFact.values()) {
            if (fact.isNumber()) {
                all.add(fact.word());
            }
        }
        return all;
    }

    static List<String> vmaWords() {
        return List.copyOf(VMA_BITS.keySet());
    }

    /** A page in words, such as {@code present anon order 4 mapcount 2}. */
    static String page(MachineImage image, int slot, int page) {
        int bits = image.bits(slot, page);
        if (bits == 0) {
            return EMPTY;
        }
        StringBuilder text = new StringBuilder();
        BITS.forEach((word, bit) -> {
            if ((bits & bit) != 0) {
                text.append(text.isEmpty() ? "" : " ").append(word);
            }
        });
        if ((bits & (MachineImage.ANON | MachineImage.FILE)) != 0) {
            text.append(" order ").append(image.order(slot, page));
            text.append(" mapcount ").append(image.mapcount(slot, page));
            text.append(" folio ").append(image.folio(slot, page));
            text.append('[').append(image.folioIndex(slot, page)).append(']');
        }
        return text.toString();
    }

    /** A VMA's protection, such as {@code rw}; {@code none} for PROT_NONE. */
    static String protection(int bits) {
        String text = ((bits & MachineImage.VMA_READ) != 0 ? "r" : "")
                + ((bits & MachineImage.VMA_WRITE) != 0 ? "w" : "")
                + ((bits & MachineImage.VMA_EXEC) != 0 ? "x" : "");
        return text.isEmpty() ? "none" : text;
    }

    /** What else a VMA is, each word after a space. */
    static String flags(int bits) {
        StringBuilder text = new StringBuilder();
        VMA_BITS.forEach((word, bit) -> text.append((bits & bit) != 0 ? " " + word : ""));
        return text.toString();
    }
}
