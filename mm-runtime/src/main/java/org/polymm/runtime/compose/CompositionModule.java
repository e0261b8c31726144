package org.polymm.runtime.compose;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import com.google.inject.multibindings.MapBinder;
import java.util.List;
import java.util.Map;
import org.polymm.api.plugin.Slot;
import org.polymm.engine.machine.MachineBlueprint;
import org.polymm.engine.policy.PolicySet;
import org.polymm.runtime.config.EffectiveConfiguration;

/** What one composition is wired from. Everything is bound explicitly, so that nothing is made up just in time. */
final class CompositionModule extends AbstractModule {

    private final EffectiveConfiguration configuration;
    private final List<ChosenPolicy> policies;

    CompositionModule(EffectiveConfiguration configuration, List<ChosenPolicy> policies) {
        this.configuration = configuration;
        this.policies = policies;
    }

    @Override
    protected void configure() {
        binder().requireExplicitBindings();
        binder().requireAtInjectOnConstructors();
        binder().disableCircularProxies();
        bind(EffectiveConfiguration.class).toInstance(configuration);
        MapBinder<Slot, ChosenPolicy> slots = MapBinder.newMapBinder(binder(), Slot.class, ChosenPolicy.class);
        policies.forEach(policy -> slots.addBinding(policy.slot()).toInstance(policy));
        bind(MachineBlueprint.class).toProvider(BlueprintProvider.class).in(Singleton.class);
        bind(BlueprintProvider.class);
        bind(Composition.class).in(Singleton.class);
    }

    @Provides
    @Singleton
    PolicySet policySet(Map<Slot, ChosenPolicy> chosen) {
        PolicySet.Builder set = PolicySet.builder();
        for (ChosenPolicy policy : chosen.values()) {
            set.put(policy.descriptor(), policy.policy(), policy.plugin().path().toString());
        }
        return set.build();
    }
}
