package org.polymm.lab.scenario.syntax;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a process does. Named as the system call. */
public sealed interface Call {

    /** The process ends. */
    record Exit() implements Call {}

    /** fork; the step's name is the child's. */
    record Fork() implements Call {}

    /** The shrinkers run. */
    record Shrink() implements Call {}

    /**
     * A scan by khugepaged.
     *
     * @param amount how much of it; null for what {@code pages_to_scan} says
     */
    record Khugepaged(@Nullable Amount amount) implements Call {}

    /**
     * Proactive reclaim.
     *
     * @param amount how much
     */
    record Reclaim(Amount amount) implements Call {}

    /**
     * Allocations fail from now on.
     *
     * @param failing which
     */
    record Fail(Failing failing) implements Call {}

    /**
     * ftruncate.
     *
     * @param file the file's name
     * @param size its new size
     */
    record Truncate(Word file, Amount size) implements Call {}

    /**
     * fallocate that punches a hole, or gives the file pages.
     *
     * @param away whether it is a hole
     * @param file the file's name
     * @param first where the pages begin
     * @param end where they end; null if it is one
     */
    record PagesOfFile(
            boolean away, Word file, Amount first, @Nullable Amount end) implements Call {}

    /**
     * A breakpoint in a file, set or removed.
     *
     * @param file the file's name
     * @param page the page in it
     * @param removed whether it is removed
     */
    record Uprobe(Word file, long page, boolean removed) implements Call {}

    /**
     * A message of a userfaultfd about a change of mappings.
     *
     * @param event which
     * @param place what changed; null for a fork
     * @param to where it went; null for all but a move
     */
    record UserfaultMessage(
            Word event, @Nullable Place place, @Nullable Place to) implements Call {}

    /**
     * mmap.
     *
     * @param place an existing range; null for a new region
     * @param size of a new region; null for an existing range
     * @param mapping what is mapped
     * @param placement where a new region lies
     */
    record Mmap(@Nullable Place place, @Nullable Amount size, Mapping mapping, Placement placement) implements Call {}

    /**
     * What mmap maps.
     *
     * @param protection such as {@code rw}
     * @param shared MAP_SHARED or MAP_PRIVATE
     * @param file a file's name; null for anonymous memory
     * @param offset in the file; null for 0
     * @param flags {@code populate}, {@code locked}, {@code noreserve}
     */
    record Mapping(
            Word protection,
            boolean shared,
            @Nullable Word file,
            @Nullable Amount offset,
            List<String> flags) {
        /** Copies the list. */
        public Mapping {
            flags = List.copyOf(flags);
        }
    }

    /**
     * munmap.
     *
     * @param place what
     */
    record Munmap(Place place) implements Call {}

    /**
     * mprotect.
     *
     * @param place what
     * @param protection such as {@code r}
     */
    record Mprotect(Place place, Word protection) implements Call {}

    /**
     * madvise.
     *
     * @param place what
     * @param advice such as {@code MADV_DONTNEED} or {@code dontneed}
     */
    record Madvise(Place place, Word advice) implements Call {}

    /**
     * mremap.
     *
     * @param place what
     * @param target where to, with MREMAP_FIXED; null if only the size changes or a new region is made
     * @param size the new size; null for the target's
     * @param flags {@code dontunmap}, {@code maymove}
     * @param placement where a new region lies; null if none is made
     */
    record Mremap(
            Place place,
            @Nullable Place target,
            @Nullable Amount size,
            List<String> flags,
            @Nullable Placement placement)
            implements Call {
        /** Copies the list. */
        public Mremap {
            flags = List.copyOf(flags);
        }
    }

    /**
     * mlock and its kin.
     *
     * @param verb {@code mlock}, {@code mlock2} or {@code munlock}
     * @param place what
     * @param onFault with MLOCK_ONFAULT
     */
    record Lock(String verb, Place place, boolean onFault) implements Call {}

    /**
     * mlockall.
     *
     * @param flags {@code current}, {@code future}, {@code onfault}
     */
    record LockAll(List<String> flags) implements Call {
        /** Copies the list. */
        public LockAll {
            flags = List.copyOf(flags);
        }
    }

    /** munlockall. */
    record UnlockAll() implements Call {}

    /**
     * RLIMIT_MEMLOCK.
     *
     * @param limit the limit; null for none
     */
    record Limit(@Nullable Amount limit) implements Call {}

    /**
     * Stores.
     *
     * @param place where
     * @param value what
     */
    record Write(Place place, Value value) implements Call {}

    /**
     * Loads.
     *
     * @param place where
     * @param value what must be seen; null if that does not matter
     */
    record Read(Place place, @Nullable Value value) implements Call {}

    /**
     * Pins, as a device does.
     *
     * @param place what
     * @param kinds {@code write}, {@code longterm}
     */
    record Pin(Place place, List<Word> kinds) implements Call {
        /** Copies the list. */
        public Pin {
            kinds = List.copyOf(kinds);
        }
    }

    /**
     * Takes plain references, as vmsplice into a pipe does.
     *
     * @param place what
     */
    record Vmsplice(Place place) implements Call {}

    /**
     * Releases a pin, or closes the pipe.
     *
     * @param holder the name of the pin or the reference
     * @param pipe whether it is a reference
     */
    record Release(Word holder, boolean pipe) implements Call {}

    /**
     * Looks at a page through a pin or a reference.
     *
     * @param holder the name of the pin or the reference
     * @param pipe whether it is a reference
     * @param page which of its pages, from 0
     * @param value what must be seen; null if that does not matter
     */
    record Look(
            Word holder, boolean pipe, int page, @Nullable Value value) implements Call {}

    /**
     * A device writes through a pin.
     *
     * @param holder the name of the pin
     * @param page which of its pages, from 0
     * @param value what
     */
    record DeviceWrite(Word holder, int page, Value value) implements Call {}

    /**
     * A call of userfaultfd.
     *
     * @param verb such as {@code uffd-copy}
     * @param place where; null for opening and closing
     * @param value what the pages hold; null if that is not said
     * @param words modes and features
     */
    record Userfault(
            Word verb, @Nullable Place place, @Nullable Value value, List<Word> words) implements Call {
        /** Copies the list. */
        public Userfault {
            words = List.copyOf(words);
        }
    }

    /**
     * Asks how an access ended that was blocked.
     *
     * @param place the page that was accessed
     * @param value what must have been seen; null if that does not matter
     */
    record Finish(Place place, @Nullable Value value) implements Call {}

    /**
     * An operation by its number arguments, for what no other form can say.
     *
     * @param action the name of an action
     * @param arguments up to six
     */
    record Raw(Word action, List<Long> arguments) implements Call {
        /** Copies the list. */
        public Raw {
            arguments = List.copyOf(arguments);
        }
    }
}
