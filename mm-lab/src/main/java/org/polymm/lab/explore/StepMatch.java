package org.polymm.lab.explore;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Holds the steps of a schedule against those of a program that may have been edited since. Numbers of objects may be other ones, and so may names
 * that the program gives to things, as long as equal ones stay equal.
 */
final class StepMatch {

    private static final Pattern OBJECT = Pattern.compile("(\\w+) (\\d+)");
    private static final Pattern WORD = Pattern.compile("\\w+");

    private final Set<String> names;
    private final Map<String, String> here = new HashMap<>();
    private final Map<String, String> there = new HashMap<>();

    /** With nothing known yet. */
    StepMatch(Program program) {
        names = program.names();
    }

    /** Forgets which number and which name stand for which. */
    void clear() {
        here.clear();
        there.clear();
    }

    /** The task of that name, or -1. */
    static int taskNamed(Execution run, String name) {
        for (int task = 0; task < run.tasks(); task++) {
            if (run.taskName(task).equals(name)) {
                return task;
            }
        }
        return -1;
    }

    /** Whether two calls are the same but for names that the program no longer knows, in the place of others. */
    boolean isSameCall(String wanted, String found) {
        if (wanted.equals(found)) {
            return true;
        }
        Matcher a = WORD.matcher(wanted);
        Matcher b = WORD.matcher(found);
        int endA = 0;
        int endB = 0;
        while (a.find()) {
            if (!b.find()
                    || !wanted.substring(endA, a.start()).equals(found.substring(endB, b.start()))
                    || !isSameName(a.group(), b.group())) {
                return false;
            }
            endA = a.end();
            endB = b.end();
        }
        return !b.find() && wanted.substring(endA).equals(found.substring(endB));
    }

    private boolean isSameName(String wanted, String found) {
        return wanted.equals(found)
                || names.contains(found) && !names.contains(wanted) && isSame("name " + wanted, "name " + found);
    }

    /** Whether two points are the same but for the number of an object, which may be another as long as it is so everywhere. */
    boolean isSamePoint(String wanted, String found) {
        Matcher a = OBJECT.matcher(wanted);
        Matcher b = OBJECT.matcher(found);
        if (!a.find() || !b.find()) {
            return wanted.equals(found);
        }
        String noun = a.group(1) + ' ';
        return isSameButForNumber(wanted, a, found, b) && isSame(noun + a.group(2), noun + b.group(2));
    }

    /** Whether two points are the same but for the number of an object, whatever it is elsewhere. */
    static boolean isLikePoint(String wanted, String found) {
        Matcher a = OBJECT.matcher(wanted);
        Matcher b = OBJECT.matcher(found);
        return a.find() && b.find() ? isSameButForNumber(wanted, a, found, b) : wanted.equals(found);
    }

    private static boolean isSameButForNumber(String wanted, Matcher a, String found, Matcher b) {
        return wanted.substring(0, a.start(2)).equals(found.substring(0, b.start(2)))
                && wanted.substring(a.end(2)).equals(found.substring(b.end(2)));
    }

    private boolean isSame(String from, String to) {
        return isKnownAs(here, from, to) && isKnownAs(there, to, from);
    }

    private static boolean isKnownAs(Map<String, String> known, String from, String to) {
        @Nullable String before = known.putIfAbsent(from, to);
        return before == null || before.equals(to);
    }
}
