package org.polymm.lab.compare;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * What one column of a comparison sets beyond the common configuration.
 *
 * @param name the column's name
 * @param summary what it stands for, in a sentence; may be empty
 * @param overrides keys and their texts, in the order to show
 */
public record PolicySetSpec(String name, String summary, SequencedMap<String, String> overrides) {

    /** Copies the overrides. */
    public PolicySetSpec {
        overrides = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(overrides));
    }

    /** From keys and texts in turn. */
    static PolicySetSpec of(String name, String summary, String... keysAndTexts) {
        SequencedMap<String, String> overrides = new LinkedHashMap<>();
        for (int i = 0; i < keysAndTexts.length; i += 2) {
            overrides.put(keysAndTexts[i], keysAndTexts[i + 1]);
        }
        return new PolicySetSpec(name, summary, overrides);
    }
}
