package org.polymm.lab.scenario;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.polymm.lab.program.Operation;
import org.polymm.lab.program.Settings;
import org.polymm.lab.program.Window;

/**
 * A scenario whose names are resolved: ready to be carried out. Immutable.
 *
 * @param file what its text is called
 * @param title what it is about; empty if it does not say
 * @param sources where its claim comes from
 * @param settings what every machine must give it
 * @param configuration what the simulator must be like besides: keys of the configuration and their values
 * @param window the addresses it uses
 * @param names what its numbers are called
 * @param items what is done and looked at, in order
 */
public record Scenario(
        String file,
        String title,
        List<String> sources,
        Settings settings,
        SequencedMap<String, String> configuration,
        Window window,
        Names names,
        List<Item> items) {

    /** Copies lists and maps. */
    public Scenario {
        sources = List.copyOf(sources);
        configuration = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(configuration));
        items = List.copyOf(items);
    }

    /**
     * The same on another machine.
     *
     * @param other keys of the configuration and their values
     * @return the scenario
     */
    public Scenario withConfiguration(SequencedMap<String, String> other) {
        return new Scenario(file, title, sources, settings, other, window, names, items);
    }

    /** {@return whether the order of some operations is left open, so that only an explorer can run it} */
    public boolean isOpen() {
        return items.stream().anyMatch(Item.Tasks.class::isInstance);
    }

    /** {@return the operations alone; those of parallel tasks are not among them} */
    public List<Operation> operations() {
        return items.stream()
                .filter(Item.Act.class::isInstance)
                .map(item -> ((Item.Act) item).operation())
                .toList();
    }
}
