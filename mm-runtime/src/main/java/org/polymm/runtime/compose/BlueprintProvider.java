package org.polymm.runtime.compose;

import jakarta.inject.Inject;
import jakarta.inject.Provider;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.polymm.engine.machine.MachineBlueprint;
import org.polymm.engine.policy.PolicySet;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.Mechanism;
import org.polymm.engine.state.Mechanisms;
import org.polymm.engine.swap.SwapDevice;
import org.polymm.runtime.config.EffectiveConfiguration;
import org.polymm.runtime.config.Key;

/** Turns a configuration into what the engine makes machines from. The only place where keys meet the engine. */
final class BlueprintProvider implements Provider<MachineBlueprint> {

    private static final String THP = "thp.";

    private final EffectiveConfiguration configuration;
    private final PolicySet policies;

    @Inject
    BlueprintProvider(EffectiveConfiguration configuration, PolicySet policies) {
        this.configuration = configuration;
        this.policies = policies;
    }

    @Override
    public MachineBlueprint get() {
        Geometry geometry = configuration.get(StandardKeys.PAGE_TABLE_ENTRIES);
        return new MachineBlueprint(
                geometry,
                configuration.get(StandardKeys.MEMORY),
                thp(geometry),
                policies,
                configuration.get(StandardKeys.SAFETY),
                configuration.get(StandardKeys.ON_POLICY_FAILURE),
                new MachineBlueprint.Limits(
                        Math.toIntExact(configuration.get(StandardKeys.MAX_MAP_COUNT)),
                        configuration.get(StandardKeys.RLIMIT_MEMLOCK),
                        configuration.get(StandardKeys.RLIMIT_STACK),
                        Math.toIntExact(configuration.get(StandardKeys.EVENT_LOG)),
                        configuration.get(StandardKeys.CONTENTS)),
                configuration.get(StandardKeys.CHECK_LEVEL),
                new MachineBlueprint.Swap(
                        configuration.get(StandardKeys.SWAP),
                        SwapDevice.valueOf(
                                configuration.get(StandardKeys.SWAP_DEVICE).toUpperCase(Locale.ROOT))),
                mechanisms());
    }

    private Mechanisms mechanisms() {
        Mechanisms mechanisms = Mechanisms.MAINLINE;
        for (Mechanism mechanism : Mechanism.values()) {
            mechanisms = mechanisms.with(mechanism, configuration.get(StandardKeys.mechanism(mechanism)));
        }
        return mechanisms;
    }

    /** Settings by the names of their files in sysfs. */
    private Map<String, String> thp(Geometry geometry) {
        Map<String, String> files = new LinkedHashMap<>();
        word(files, StandardKeys.THP_ENABLED);
        word(files, StandardKeys.THP_DEFRAG);
        flag(files, StandardKeys.THP_USE_ZERO_PAGE);
        flag(files, StandardKeys.THP_SHRINK_UNDERUSED);
        for (Key<String> size : StandardKeys.hugepages(geometry)) {
            files.put(file(size) + "/enabled", configuration.get(size));
        }
        word(files, StandardKeys.THP_SHMEM_ENABLED);
        for (Key<String> size : StandardKeys.shmemHugepages(geometry)) {
            String name = size.name().substring(size.name().lastIndexOf('.') + 1);
            files.put(name + "/shmem_enabled", configuration.get(size));
        }
        flag(files, StandardKeys.KHUGEPAGED_DEFRAG);
        number(files, StandardKeys.KHUGEPAGED_PAGES_TO_SCAN);
        number(files, StandardKeys.KHUGEPAGED_SCAN_SLEEP);
        number(files, StandardKeys.KHUGEPAGED_ALLOC_SLEEP);
        number(files, StandardKeys.KHUGEPAGED_MAX_PTES_NONE);
        number(files, StandardKeys.KHUGEPAGED_MAX_PTES_SWAP);
        number(files, StandardKeys.KHUGEPAGED_MAX_PTES_SHARED);
        return files;
    }

    private void word(Map<String, String> files, Key<String> key) {
        files.put(file(key), configuration.get(key));
    }

    private void flag(Map<String, String> files, Key<Boolean> key) {
        files.put(file(key), configuration.get(key) ? "1" : "0");
    }

    private void number(Map<String, String> files, Key<Long> key) {
        files.put(file(key), Long.toString(configuration.get(key)));
    }

    private static String file(Key<?> key) {
        return key.name().substring(THP.length()).replace('.', '/');
    }
}
