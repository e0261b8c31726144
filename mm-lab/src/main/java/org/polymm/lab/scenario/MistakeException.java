package org.polymm.lab.scenario;

import java.util.Collection;
import org.polymm.lab.scenario.syntax.Position;
import org.polymm.lab.scenario.syntax.ScenarioException;
import org.polymm.lab.scenario.syntax.Word;
import org.polymm.runtime.config.Nearest;

/** A statement parses and makes no sense. The resolver goes on with the next one. */
final class MistakeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient ScenarioException.Mistake mistake;

    MistakeException(Position at, String message) {
        super(message);
        mistake = new ScenarioException.Mistake(at, message);
    }

    /** A word that is not known, with the nearest that is, or all of them if there are few. */
    static MistakeException unknown(String what, Word word, Collection<String> known) {
        String near = Nearest.hint(word.text(), known);
        String list = known.isEmpty()
                ? "; there is none yet"
                : near.isEmpty() && known.size() <= 40 ? "; there are " + String.join(", ", known) : near;
        return new MistakeException(word.at(), "no " + what + " '" + word.text() + "'" + list);
    }

    ScenarioException.Mistake mistake() {
        return mistake;
    }
}
