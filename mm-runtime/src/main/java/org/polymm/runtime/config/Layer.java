package org.polymm.runtime.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.configuration2.BaseConfiguration;
import org.apache.commons.configuration2.convert.DisabledListDelimiterHandler;
import org.jspecify.annotations.Nullable;

/** The settings of one source: text in a Commons configuration that neither splits nor interpolates, and where each stands. */
final class Layer {

    private final BaseConfiguration texts = new BaseConfiguration();
    private final Map<String, Setting> settings = new LinkedHashMap<>();

    Layer(List<Setting> settings) {
        texts.setInterpolator(null);
        texts.setListDelimiterHandler(DisabledListDelimiterHandler.INSTANCE);
        texts.setThrowExceptionOnMissing(true);
        for (Setting setting : settings) {
            texts.setProperty(setting.key(), setting.text());
            this.settings.put(setting.key(), setting);
        }
    }

    BaseConfiguration texts() {
        return texts;
    }

    @Nullable
    Setting find(String key) {
        return settings.get(key);
    }

    List<Setting> settings() {
        return new ArrayList<>(settings.values());
    }
}
