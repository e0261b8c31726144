package org.polymm.testkit;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.polymm.api.Policy;
import org.polymm.api.collapse.CollapsePolicy;
import org.polymm.api.mapcount.MapcountScheme;
import org.polymm.api.plugin.Slot;
import org.polymm.api.split.SplitPlan;
import org.polymm.testkit.fake.FakeHugetlbPage;
import org.polymm.testkit.fake.FakeLargeFolio;
import org.polymm.testkit.fake.FakeRetractionSteps;
import org.polymm.testkit.fake.ProtocolError;

/** The contracts of all policies. */
public final class Contracts {

    /** How many random questionnaires, or sequences, a contract goes through. */
    private static final int ROUNDS = 300;

    /** A policy's fields, and what they refer to, cannot change: what it remembers it keeps in its policy memory. */
    public static final Contract NO_MUTABLE_FIELDS = new Rule(
            "no-mutable-fields",
            "A policy's fields, and what they refer to, cannot change.",
            Contract.Rank.RULE,
            EnumSet.allOf(Slot.class),
            (policy, seed) -> Immutability.mutablePart(policy.create()));

    /** Every question gets an answer that its role allows, whatever the facts. */
    public static final Contract ANSWERS_IN_RANGE = new Rule(
            "answers-in-range",
            "Every question gets an answer that its role allows, whatever the facts.",
            Contract.Rank.RULE,
            EnumSet.allOf(Slot.class),
            (policy, seed) -> questions(policy, seed, KeptViewError.class));

    /** A view is used during the call that handed it out, and never after. */
    public static final Contract KEEPS_NO_VIEW = new Rule(
            "keeps-no-view",
            "A view is used during the call that handed it out, and never after.",
            Contract.Rank.RULE,
            EnumSet.allOf(Slot.class),
            Contracts::keptViews);

    /** The same facts get the same answers, from any instance and in any order. */
    public static final Contract DETERMINISTIC = new Rule(
            "deterministic",
            "The same facts get the same answers, from any instance and in any order.",
            Contract.Rank.RULE,
            EnumSet.allOf(Slot.class),
            Contracts::differingAnswers);

    /** A retraction keeps the lock protocol of its steps and ends with nothing held. */
    public static final Contract RETRACTION_PROTOCOL = new Rule(
            "retraction-protocol",
            "A retraction keeps the lock protocol of its steps and ends with nothing held.",
            Contract.Rank.RULE,
            EnumSet.of(Slot.COLLAPSE_RETRACTION),
            Contracts::protocolErrors);

    /** When the last mapping is gone, every count is back at zero. */
    public static final Contract COUNTS_RETURN_TO_ZERO = new Rule(
            "counts-return-to-zero",
            "When the last mapping is gone, every count is back at zero.",
            Contract.Rank.RULE,
            EnumSet.of(Slot.MAPCOUNT_FOLIO, Slot.MAPCOUNT_HUGETLB),
            Contracts::remainingCounts);

    /** A scheme never calls a folio unshared that two address spaces map. */
    public static final Contract SHARING_NEVER_DENIED = new Rule(
            "sharing-never-denied",
            "A scheme never calls a folio unshared that two address spaces map.",
            Contract.Rank.SAFETY,
            EnumSet.of(Slot.MAPCOUNT_FOLIO, Slot.MAPCOUNT_HUGETLB),
            Contracts::deniedSharing);

    /** A retraction throws away no page and no marker, whatever other tasks do in between. */
    public static final Contract RETRACTION_LOSES_NOTHING = new Rule(
            "retraction-loses-nothing",
            "A retraction throws away no page and no marker, whatever other tasks do in between.",
            Contract.Rank.SAFETY,
            EnumSet.of(Slot.COLLAPSE_RETRACTION),
            Contracts::retractionHazards);

    /** No decision is dangerous. */
    public static final Contract NO_DANGEROUS_DECISION = new Rule(
            "no-dangerous-decision",
            "No decision replaces, exposes or loses a page that somebody may count on.",
            Contract.Rank.SAFETY,
            EnumSet.complementOf(EnumSet.of(Slot.COLLAPSE_RETRACTION, Slot.MAPCOUNT_FOLIO, Slot.MAPCOUNT_HUGETLB)),
            Contracts::dangerousDecisions);

    private static final List<Contract> ALL = List.of(
            NO_MUTABLE_FIELDS,
            ANSWERS_IN_RANGE,
            KEEPS_NO_VIEW,
            DETERMINISTIC,
            RETRACTION_PROTOCOL,
            COUNTS_RETURN_TO_ZERO,
            SHARING_NEVER_DENIED,
            RETRACTION_LOSES_NOTHING,
            NO_DANGEROUS_DECISION);

    private Contracts() {}

    /** {@return all contracts, rules first} */
    public static List<Contract> all() {
        return ALL;
    }

    /**
     * The contracts that concern a slot.
     *
     * @param slot a slot
     * @return them, rules first
     */
    public static List<Contract> of(Slot slot) {
        return ALL.stream().filter(contract -> contract.appliesTo(slot)).toList();
    }

    @FunctionalInterface
    private interface Search {
        Optional<String> breach(PolicyUnderTest policy, long seed);
    }

    private record Rule(String id, String sentence, Rank rank, Set<Slot> slots, Search search) implements Contract {

        @Override
        public boolean appliesTo(Slot slot) {
            return slots.contains(slot);
        }

        @Override
        public Optional<String> breach(PolicyUnderTest policy, long seed) {
            return search.breach(policy, seed);
        }

        @Override
        public String toString() {
            return id;
        }
    }

    private static Optional<String> breach(long seed, String what) {
        return Optional.of(what + " [seed " + seed + "]");
    }

    private static Policy watched(PolicyUnderTest policy, Policy instance, AssertingPolicies.Listener listener) {
        return AssertingPolicies.wrap(policy.slot().role(), instance, listener);
    }

    private static Optional<String> questions(
            PolicyUnderTest policy, long seed, Class<? extends RuntimeException> otherContracts) {
        Policy watched = watched(policy, policy.create(), (call, facts, answer) -> {});
        for (int round = 0; round < ROUNDS; round++) {
            try {
                new Questionnaire(seed + round).ask(policy.slot(), watched);
            } catch (AnswerError e) {
                return breach(seed + round, String.valueOf(e.getMessage()));
            } catch (RuntimeException e) {
                if (!otherContracts.isInstance(e) && !(e instanceof ProtocolError)) {
                    return breach(seed + round, "threw " + e);
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<String> keptViews(PolicyUnderTest policy, long seed) {
        Policy watched = watched(policy, policy.create(), (call, facts, answer) -> {});
        for (int round = 0; round < ROUNDS; round++) {
            try {
                new Questionnaire(seed + round).ask(policy.slot(), watched);
            } catch (KeptViewError e) {
                return breach(seed + round, String.valueOf(e.getMessage()));
            } catch (RuntimeException e) {
                // Another contract's business.
            }
        }
        return Optional.empty();
    }

    private static Optional<String> differingAnswers(PolicyUnderTest policy, long seed) {
        Policy once = policy.create();
        Policy again = policy.create();
        List<List<Object>> first = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            first.add(answers(policy, once, seed + round));
        }
        for (int round = ROUNDS - 1; round >= 0; round--) {
            Policy instance = round % 2 == 0 ? once : again;
            List<Object> answers = answers(policy, instance, seed + round);
            if (!answers.equals(first.get(round))) {
                return breach(
                        seed + round, "answered " + first.get(round) + " first and " + answers + " to the same facts");
            }
        }
        return Optional.empty();
    }

    private static List<Object> answers(PolicyUnderTest policy, Policy instance, long seed) {
        List<Object> answers = new ArrayList<>();
        Policy watched = watched(policy, instance, (call, facts, answer) -> answers.add(comparable(answer)));
        try {
            new Questionnaire(seed).ask(policy.slot(), watched);
        } catch (RuntimeException e) {
            answers.add(String.valueOf(e));
        }
        return answers;
    }

    private static Object comparable(@Nullable Object answer) {
        return answer instanceof SplitPlan plan ? plan.steps() : String.valueOf(answer);
    }

    private static Optional<String> protocolErrors(PolicyUnderTest policy, long seed) {
        CollapsePolicy.Retraction procedure = policy.create(CollapsePolicy.Retraction.class);
        for (int round = 0; round < ROUNDS; round++) {
            try {
                new RandomRetraction(new Random(seed + round)).run(procedure);
            } catch (ProtocolError e) {
                return breach(seed + round, String.valueOf(e.getMessage()));
            }
        }
        return Optional.empty();
    }

    private static Optional<String> retractionHazards(PolicyUnderTest policy, long seed) {
        CollapsePolicy.Retraction procedure = policy.create(CollapsePolicy.Retraction.class);
        for (int round = 0; round < ROUNDS; round++) {
            FakeRetractionSteps steps = new RandomRetraction(new Random(seed + round)).run(procedure);
            if (!steps.hazards().isEmpty()) {
                return breach(seed + round, steps.hazards().getFirst() + "; steps " + steps.trace());
            }
        }
        return Optional.empty();
    }

    private static Optional<String> remainingCounts(PolicyUnderTest policy, long seed) {
        Breaches breaches = new Breaches();
        for (int round = 0; round < ROUNDS && breaches.first == null; round++) {
            long current = seed + round;
            if (policy.slot() == Slot.MAPCOUNT_FOLIO) {
                MapcountScheme.Folio scheme = policy.create(MapcountScheme.Folio.class);
                new RandomMappings(new Random(current))
                        .run(scheme, folio -> breaches.note(current, left(scheme, folio)));
            } else {
                MapcountScheme.Hugetlb scheme = policy.create(MapcountScheme.Hugetlb.class);
                new RandomHugetlb(new Random(current)).run(scheme, page -> {
                    // A page without a leaf may still have tables, which some schemes count: the end is without both.
                    breaches.last = left(scheme, page);
                });
                breaches.note(current, breaches.last);
            }
        }
        return breaches.first();
    }

    private static @Nullable String left(MapcountScheme.Folio scheme, FakeLargeFolio folio) {
        if (folio.entries() > 0) {
            return null;
        }
        for (int page = 0; page < folio.pages(); page++) {
            if (scheme.reportedMapcount(folio, page) != 0) {
                return "page " + page + " counts " + scheme.reportedMapcount(folio, page)
                        + " mappings, and nobody maps the folio";
            }
        }
        return scheme.maybeMappedShared(folio) ? "the folio may be shared, and nobody maps it" : null;
    }

    private static @Nullable String left(MapcountScheme.Hugetlb scheme, FakeHugetlbPage page) {
        if (page.sharers() > 0) {
            return null;
        }
        if (scheme.mapcount(page) != 0) {
            return "the page counts " + scheme.mapcount(page) + " mappings, and nobody maps it";
        }
        return page.references() == 0 ? null : "the page keeps " + page.references() + " references of mappings gone";
    }

    private static Optional<String> deniedSharing(PolicyUnderTest policy, long seed) {
        Breaches breaches = new Breaches();
        for (int round = 0; round < ROUNDS && breaches.first == null; round++) {
            long current = seed + round;
            if (policy.slot() == Slot.MAPCOUNT_FOLIO) {
                MapcountScheme.Folio scheme = policy.create(MapcountScheme.Folio.class);
                new RandomMappings(new Random(current))
                        .run(scheme, folio -> breaches.note(current, denied(scheme, folio)));
            } else {
                MapcountScheme.Hugetlb scheme = policy.create(MapcountScheme.Hugetlb.class);
                new RandomHugetlb(new Random(current)).run(scheme, page -> {
                    boolean denied = page.sharers() > 1 && !scheme.maybeMappedShared(page);
                    breaches.note(current, denied ? "called a page unshared that " + page.sharers() + " map" : null);
                });
            }
        }
        return breaches.first();
    }

    private static @Nullable String denied(MapcountScheme.Folio scheme, FakeLargeFolio folio) {
        int sharers = folio.sharers();
        if (sharers > 1 && !scheme.maybeMappedShared(folio)) {
            return "called a folio unshared that " + sharers + " address spaces map: " + folio;
        }
        for (int mm = 1; sharers > 1 && mm <= sharers; mm++) {
            if (scheme.isExclusiveTo(folio, mm)) {
                return "called a folio exclusive to mm " + mm + " that " + sharers + " address spaces map: " + folio;
            }
        }
        return null;
    }

    private static Optional<String> dangerousDecisions(PolicyUnderTest policy, long seed) {
        Breaches breaches = new Breaches();
        Policy instance = policy.create();
        for (int round = 0; round < ROUNDS && breaches.first == null; round++) {
            long current = seed + round;
            Policy watched = watched(
                    policy,
                    instance,
                    (call, facts, answer) -> breaches.note(
                            current,
                            Answers.dangerous(call, facts, answer)
                                    .map(harm -> Answers.describe(call, facts, answer) + ": " + harm)
                                    .orElse(null)));
            try {
                new Questionnaire(current).ask(policy.slot(), watched);
            } catch (AnswerError | KeptViewError e) {
                // Another contract's business.
            }
        }
        return breaches.first();
    }

    /** The first breach of several rounds. */
    private static final class Breaches {
        @Nullable
        String first;

        @Nullable
        String last;

        void note(long seed, @Nullable String what) {
            if (first == null && what != null) {
                first = what + " [seed " + seed + "]";
            }
        }

        Optional<String> first() {
            return Optional.ofNullable(first);
        }
    }
}
