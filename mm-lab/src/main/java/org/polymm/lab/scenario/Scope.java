package org.polymm.lab.scenario;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.polymm.lab.program.Operation;
import org.polymm.lab.scenario.syntax.Place;
import org.polymm.lab.scenario.syntax.Word;

/**
 * What names mean at a point of the text. Regions belong to a process, and a forked one has those of its parent; ranges, files and pins belong
 * to all.
 */
final class Scope {

    /** As many processes as the helper on a real kernel drives. */
    static final int MOST_PROCESSES = 16;
    /** As many files as it opens. */
    static final int MOST_FILES = 64;

    /** A file. */
    record NamedFile(int number, long pages) {}

    /** A pin or a reference. */
    record Holder(int number, long pages, boolean pipe, int process) {}

    private final Map<String, Integer> processes = new LinkedHashMap<>();
    private final TreeSet<Integer> live = new TreeSet<>();
    private final Map<Integer, Map<String, Region>> regions = new LinkedHashMap<>();
    private final Map<String, Region> ranges = new LinkedHashMap<>();
    private final Map<String, NamedFile> files = new LinkedHashMap<>();
    private final Map<String, Holder> holders = new LinkedHashMap<>();

    // ---------------------------------------------------------------- processes

    int newProcess(Word name) {
        Integer known = processes.get(name.text());
        if (known == null) {
            requireFree(name);
            if (processes.size() == MOST_PROCESSES) {
                throw new MistakeException(name.at(), "a scenario has at most " + MOST_PROCESSES + " processes");
            }
            known = processes.size();
            processes.put(name.text(), known);
        } else if (live.contains(known)) {
            throw new MistakeException(
                    name.at(), "process " + name + " lives already; end it first, or choose another name");
        }
        live.add(known);
        regions.put(known, new LinkedHashMap<>());
        return known;
    }

    void inherit(int child, int parent) {
        regionsOf(child).putAll(regionsOf(parent));
    }

    void ended(int process) {
        live.remove(process);
    }

    int process(Word name) {
        Integer number = processes.get(name.text());
        if (number == null) {
            throw MistakeException.unknown("process", name, processes.keySet());
        }
        if (!live.contains(number)) {
            throw new MistakeException(name.at(), "process " + name + " has ended before");
        }
        return number;
    }

    List<String> processNames() {
        return new ArrayList<>(processes.keySet());
    }

    // ---------------------------------------------------------------- regions

    private Map<String, Region> regionsOf(int process) {
        return regions.computeIfAbsent(process, _ -> new LinkedHashMap<>());
    }

    void region(int process, Word name, Region region) {
        if (regionsOf(process).putIfAbsent(name.text(), region) != null) {
            throw new MistakeException(name.at(), "there is a region " + name + " already; choose another name");
        }
    }

    void range(Word name, Region region) {
        ranges.put(name.text(), region);
    }

    /** Checks that a name is free for something that belongs to no process. */
    void requireFree(Word name) {
        boolean taken = processes.containsKey(name.text())
                || ranges.containsKey(name.text())
                || files.containsKey(name.text())
                || holders.containsKey(name.text());
        if (taken) {
            throw new MistakeException(
                    name.at(), "there is something called " + name + " already; choose another name");
        }
    }

    /** Checks that a new region's name is free. */
    void requireFreeRegion(int process, Word name) {
        requireFree(name);
        if (regionsOf(process).containsKey(name.text())) {
            throw new MistakeException(name.at(), "there is a region " + name + " already; choose another name");
        }
    }

    /** The addresses of a place. Where there was one process only so far, it need not be named. */
    Span span(Place place, @Nullable Word process) {
        Word word = place.region();
        int dot = word.text().indexOf('.');
        Word owner = process;
        Word name = word;
        if (dot >= 0) {
            owner = new Word(word.at(), word.text().substring(0, dot));
            name = new Word(word.at(), word.text().substring(dot + 1));
        }
        if (owner == null && processes.size() == 1) {
            owner = new Word(word.at(), processes.keySet().iterator().next());
        }
        if (owner == null) {
            throw new MistakeException(
                    word.at(),
                    "whose " + word + "? Put the process before it, as in A." + word + ", or before a colon");
        }
        int number = process(owner);
        return slice(place, region(number, owner, name), number);
    }

    private Region region(int process, Word owner, Word name) {
        Region region = regionsOf(process).get(name.text());
        if (region == null) {
            region = ranges.get(name.text());
        }
        if (region == null) {
            TreeSet<String> known = new TreeSet<>(regionsOf(process).keySet());
            known.addAll(ranges.keySet());
            throw MistakeException.unknown("region of " + owner + " called", name, known);
        }
        return region;
    }

    private static Span slice(Place place, Region region, int process) {
        long first = place.first() == null ? 0 : place.first().bytes();
        long last = place.single()
                ? first + Operation.PAGE
                : place.last() == null ? region.bytes() : place.last().bytes();
        if (first % Operation.PAGE != 0 || place.last() != null && last % Operation.PAGE != 0) {
            throw new MistakeException(place.at(), "a slice begins and ends at whole pages of 4KiB");
        }
        if (first >= last || last > region.pages() * Operation.PAGE) {
            throw new MistakeException(
                    place.at(),
                    "no slice [" + first / Operation.PAGE + ":" + (last + Operation.PAGE - 1) / Operation.PAGE + "] in "
                            + region.name() + ", which has the pages [0:" + region.pages() + "]");
        }
        long start = region.start()
                + first
                + (place.plus() == null ? 0 : place.plus().bytes());
        return new Span(
                process,
                start,
                place.length() == null ? last - first : place.length().bytes());
    }

    // ---------------------------------------------------------------- files, pins

    int newFile(Word name, long pages) {
        requireFree(name);
        if (files.size() == MOST_FILES) {
            throw new MistakeException(name.at(), "a scenario has at most " + MOST_FILES + " files");
        }
        files.put(name.text(), new NamedFile(files.size(), pages));
        return files.size() - 1;
    }

    int file(Word name) {
        NamedFile file = files.get(name.text());
        if (file == null) {
            throw MistakeException.unknown("file", name, files.keySet());
        }
        return file.number();
    }

    List<String> fileNames() {
        return new ArrayList<>(files.keySet());
    }

    int newHolder(Word name, int process, long pages, boolean pipe) {
        requireFreeRegion(process, name);
        holders.put(name.text(), new Holder(holders.size(), pages, pipe, process));
        return holders.size() - 1;
    }

    Holder holder(Word name, boolean pipe, int process) {
        Holder holder = holders.get(name.text());
        if (holder == null || holder.pipe() != pipe) {
            List<String> known = holders.entrySet().stream()
                    .filter(entry -> entry.getValue().pipe() == pipe)
                    .map(Map.Entry::getKey)
                    .toList();
            throw MistakeException.unknown(pipe ? "pipe" : "pin", name, known);
        }
        if (holder.process() != process) {
            throw new MistakeException(
                    name.at(), name + " belongs to " + processNames().get(holder.process()) + ", who alone can use it");
        }
        return holder;
    }
}
