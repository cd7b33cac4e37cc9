// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.record;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All runs of an import, before the first event is written: which are the same, which go on with what the ledger has,
 * and which are others of the same name.
 *
 * <p><b>Guarantees.</b> Two runs become one session only where one begins with all records of the other. Which of two
 * runs keeps the plain name is decided by the ledger, else by the runs alone: the longer one, then the one with the
 * smaller digest, whatever the order of the files. The other one is told apart by the first record that differs.
 */
final class RunIndex {
    private final Optional<String> prefix;
    private final Map<String, Surveyed> surveyed = new HashMap<>();
    private final Map<String, Settled> settled = new HashMap<>();
    private final List<String> notes = new ArrayList<>();
    private final Set<String> sessionsOfOthers = new HashSet<>();

    /** @param prefix goes before the name of each session that a run has of its own */
    RunIndex(Optional<String> prefix) {
        this.prefix = prefix;
    }

    /** What is kept of a run between the survey and its events. */
    private record Surveyed(
            RunName name,
            RunChain chain,
            Run.Leads leads,
            Run.Calls calls,
            Set<String> facts,
            boolean personal,
            String place) {

        /** The events that are asked for first, under all names that it may have. */
        List<String> first() {
            return Stream.of(List.of(name.plain(), name.toldApartBy(chain.link(0))), name.earlier())
                    .flatMap(List::stream)
                    .flatMap(identity -> KnownRuns.first(identity, leads).stream())
                    .toList();
        }
    }

    /**
     * What was found out about a run.
     *
     * @param named its identity and its session
     * @param apart the records that answer calls which the ledger has without them
     * @param covered whether a longer one in the same import has all its records
     * @param told what the events are called that tell of the longer one
     */
    record Settled(Run.Named named, Set<Integer> apart, boolean covered, Set<String> told) {}

    /** Events that are no records of a run name this session. */
    void sessionOfOthers(String session) {
        sessionsOfOthers.add(session);
    }

    void add(Run run, String place) {
        if (run.chain().size() > 0) {
            surveyed.putIfAbsent(
                    key(run),
                    new Surveyed(
                            run.name(),
                            run.chain(),
                            run.leads(),
                            run.calls(),
                            run.facts(),
                            run.about().isPersonal(),
                            place));
        }
    }

    private static String key(Run run) {
        return run.name().plain() + "\n" + run.chain().link(run.chain().size() - 1);
    }

    /** What is to be told about runs of the same name, a sentence each. */
    List<String> notes() {
        return List.copyOf(notes);
    }

    /** The settled place of a run; empty when it was not surveyed. */
    Optional<Settled> of(Run run) {
        return Optional.ofNullable(settled.get(key(run)));
    }

    /** Decides about all runs; where the ledger fails meanwhile, it can be asked again. */
    void settle(Imported ledger) {
        settled.clear();
        notes.clear();
        Names names = new Names(known(ledger, false), known(ledger.ofPersons(), true));
        surveyed.entrySet().stream()
                .sorted(Comparator.<Map.Entry<String, Surveyed>>comparingInt(
                                run -> -run.getValue().chain().size())
                        .thenComparing(Map.Entry::getKey))
                .forEach(run -> settled.put(run.getKey(), names.settle(run.getValue())));
        surveyed.clear();
    }

    private KnownRuns known(Imported ledger, boolean personal) {
        return new KnownRuns(ledger.remembering(surveyed.values().stream()
                .filter(run -> run.personal() == personal)
                .flatMap(run -> run.first().stream())
                .toList()));
    }

    private static String besideOthers(Surveyed run) {
        return run.name().toldApartBy(run.chain().link(0));
    }

    /** The names that are given so far. */
    private final class Names {
        private final KnownRuns known;
        private final KnownRuns knownOfPersons;
        private final Map<String, Surveyed> taken = new HashMap<>();
        private final Map<String, String> earlier = new HashMap<>();
        private final Map<String, KnownRuns.Known> compared = new HashMap<>();

        Names(KnownRuns known, KnownRuns knownOfPersons) {
            this.known = known;
            this.knownOfPersons = knownOfPersons;
        }

        private KnownRuns known(Surveyed run) {
            return run.personal() ? knownOfPersons : known;
        }

        Settled settle(Surveyed run) {
            compared.clear();
            String identity = inLedger(run)
                    .or(() -> earlierName(run))
                    .orElseGet(() ->
                            earlier.getOrDefault(run.name().plain(), run.name().plain()));
            while (true) {
                Surveyed other = taken.get(identity);
                KnownRuns.Known stored = compare(identity, run);
                int differs = stored.differsAt();
                if (differs < 0 && other != null) {
                    differs = differs(run, other);
                }
                if (differs < 0) {
                    return take(run, identity, stored, other);
                }
                // A name that it had when less of it was there is not the one that the next import would look for.
                String next = run.name().earlier().contains(identity)
                        ? run.name().plain()
                        : toldApart(identity, run, differs);
                note(run, identity, next, differs, other);
                identity = next;
            }
        }

        /** The name under which the ledger has records of the run, where it was not named after fewer of them. */
        private Optional<String> inLedger(Surveyed run) {
            String identity = run.name().plain();
            for (KnownRuns.Known stored = compare(identity, run); ; stored = compare(identity, run)) {
                if (stored.differsAt() < 0) {
                    return stored.any() ? Optional.of(identity) : besideSomebodyElse(run);
                }
                identity = toldApart(identity, run, stored.differsAt());
            }
        }

        /** The next name to try; where somebody else has the one that tells the run apart, too, a longer one. */
        private String toldApart(String identity, Surveyed run, int differs) {
            String next = run.name().toldApartBy(run.chain().link(differs));
            return identity.startsWith(next)
                    ? identity + "~" + RecordDigest.inName(RecordDigest.PLAIN.of(identity))
                    : next;
        }

        /**
         * The first record of {@code run} from which on it is another one than {@code other}; -1 where one begins with the
         * other. Records that are no events cannot be told apart in a ledger: the next one that is counts.
         */
        private int differs(Surveyed run, Surveyed other) {
            int common = other.chain().common(run.chain());
            if (common == run.chain().size() || common == other.chain().size()) {
                return -1;
            }
            int lead = run.leads().all().nextSetBit(common);
            int reply = run.calls().replies().keySet().stream()
                    .filter(record -> record >= common)
                    .mapToInt(Integer::intValue)
                    .min()
                    .orElse(-1);
            return lead < 0 || reply < 0 ? Math.max(lead, reply) : Math.min(lead, reply);
        }

        /** The name that it got where its own was that of somebody else's session: with another prefix it may be free. */
        private Optional<String> besideSomebodyElse(Surveyed run) {
            return Optional.of(besideOthers(run))
                    .filter(name -> known(run).begins(name, run.leads()))
                    .filter(name -> compare(name, run).differsAt() < 0);
        }

        /** A name that the run had in the ledger when fewer of its records were there. */
        private Optional<String> earlierName(Surveyed run) {
            return run.name().earlier().stream()
                    .filter(name -> known(run).begins(name, run.leads()))
                    .filter(name -> {
                        KnownRuns.Known stored = compare(name, run);
                        return stored.any() && stored.differsAt() < 0;
                    })
                    .findFirst();
        }

        /** The ledger is asked once for each name of the run that is being settled. */
        private KnownRuns.Known compare(String identity, Surveyed run) {
            return compared.computeIfAbsent(identity, name -> {
                Run.Named named = named(name);
                KnownRuns.Known stored = known(run).compare(named, run.chain(), run.leads(), run.calls(), run.facts());
                return stored.any() || !sessionsOfOthers.contains(named.session()) ? stored : KnownRuns.Known.FOREIGN;
            });
        }

        private Settled take(Surveyed run, String identity, KnownRuns.Known stored, @Nullable Surveyed longer) {
            if (longer == null) {
                taken.put(identity, run);
                run.name().earlier().forEach(name -> earlier.putIfAbsent(name, identity));
            }
            Run.Named named = stored.session()
                    .map(session -> new Run.Named(identity, session))
                    .orElseGet(() -> named(identity));
            return new Settled(named, stored.apart(), longer != null, longer == null ? Set.of() : longer.facts());
        }

        private Run.Named named(String identity) {
            return new Run.Named(
                    identity, prefix.map(before -> before + ":" + identity).orElse(identity));
        }

        private void note(Surveyed run, String taken, String instead, int differs, @Nullable Surveyed other) {
            notes.add(run.place() + ": another run than that of "
                    + (other == null ? "the ledger" : other.place()) + " is called " + taken
                    + "; they differ from record " + (differs + 1) + " on, so this one is kept as " + instead);
        }
    }
}
