package org.polymm.lab.scenario;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.polymm.lab.program.EngineFact;
import org.polymm.lab.program.Internals;
import org.polymm.lab.program.MachineImage;
import org.polymm.lab.program.Subject;
import org.polymm.lab.program.UnmetException;

/** A machine between two operations: read when a check asks, and once. */
final class View {

    private final Subject subject;
    private final Names names;
    private final Supplier<MachineImage> reader;
    private final Map<String, Long> marks = new HashMap<>();
    private @Nullable MachineImage image;

    View(Subject subject, Names names) {
        this(subject, names, () -> subject.image(true));
    }

    /**
     * A view that reads images otherwise.
     *
     * @param reader where images come from
     */
    View(Subject subject, Names names, Supplier<MachineImage> reader) {
        this.subject = subject;
        this.names = names;
        this.reader = reader;
    }

    /** Counts from where another view does. */
    View marked(View other) {
        marks.clear();
        marks.putAll(other.marks);
        return this;
    }

    /** Something changed: what was read is old. */
    void changed() {
        image = null;
    }

    MachineImage image() {
        MachineImage read = image;
        if (read == null) {
            read = reader.get();
            image = read;
        }
        return read;
    }

    Names names() {
        return names;
    }

    Subject subject() {
        return subject;
    }

    /** Counts a counter from here on; one that this machine does not show is left to the check that asks for it. */
    void mark(String counter) {
        try {
            marks.put(counter, subject.vmstat(counter));
        } catch (UnmetException _) {
            marks.remove(counter);
        }
    }

    long sinceMark(String counter) throws UnmetException {
        return subject.vmstat(counter) - marks.getOrDefault(counter, 0L);
    }

    long fact(int process, long address, EngineFact fact) throws UnmetException {
        if (subject instanceof Internals internals) {
            return internals.fact(process, address, fact);
        }
        throw new UnmetException(subject.name() + " does not tell whether a page is " + fact.word());
    }

    /** Where a process is in the image. */
    int slot(Span span) throws GoneException {
        int slot = image().slotOf(span.process());
        if (slot < 0) {
            throw new GoneException(names.process(span.process()) + " has ended");
        }
        return slot;
    }

    /** A check asks for a process that does not live. */
    static final class GoneException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        GoneException(String message) {
            super(message);
        }
    }
}
