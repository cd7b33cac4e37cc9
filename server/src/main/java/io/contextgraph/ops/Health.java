// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ops;

import io.contextgraph.ops.Check.Checked;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Tells whether the product can do its work.
 *
 * <p><b>Guarantees.</b> A check counts as failed when it throws, or takes too long and has no {@linkplain Check#pulse pulse}. However many ask at once, each store is
 * asked once: they share the answer. Checks of the same name look at parts that are alike, such as the partitions of a ledger: these
 * are ready while one of them is, so that the others do not lose their clients because of one; and only what stops the appends of
 * all of them stops appends.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class Health {
    /** How the product is. */
    public enum Status {
        /** Everything answers. */
        HEALTHY,
        /** Events are taken and read; something needs looking after, such as a graph that is away. */
        DEGRADED,
        /** Nothing can be appended. */
        UNHEALTHY;

        /** The name on the wire, in lower case. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What the checks found.
     *
     * @param ready whether each does its work, by name
     * @param concerns all that is wrong, what stops appends first
     */
    public record Report(Status status, Map<String, Boolean> ready, List<Concern> concerns) {
        public Report {
            ready = Map.copyOf(ready);
            concerns = List.copyOf(concerns);
        }

        /** Whether something needs looking after, in whichever part. */
        boolean has(Concern concern) {
            return concerns.stream().map(Concern::name).anyMatch(concern.name()::equals);
        }

        /** Whether a check does its work; false for one that there is not. */
        public boolean isReady(String check) {
            return ready.getOrDefault(check, false);
        }
    }

    private final Map<String, List<Asker>> checks = new LinkedHashMap<>();
    private final SortedSet<Concern> known = new TreeSet<>(Comparator.comparing(Concern::name));

    private final Duration timeout;
    private volatile boolean ending;

    private record Asker(Probe<Checked> probe, Optional<Probe<Checked>> pulse, Concern unavailable) {
        static Asker of(Check check, Duration timeout) {
            return new Asker(
                    new Probe<>(check::look, timeout),
                    check.pulse().map(question -> new Probe<>(question, timeout)),
                    check.unavailable());
        }

        Question ask() {
            return new Question(probe.ask(), pulse.map(Probe::ask), unavailable);
        }
    }

    /** What a check has been asked. */
    private record Question(Probe<Checked>.Asked asked, Optional<Probe<Checked>.Asked> pulse, Concern unavailable) {
        Checked answer() {
            return asked.answer()
                    .or(() -> pulse.flatMap(Probe.Asked::answer))
                    .orElseGet(() -> new Checked(
                            false,
                            List.of(Finding.of(Finding.Level.PROBLEM, unavailable.name(), "no answer in time")
                                    .as(unavailable))));
        }
    }

    /**
     * Asks checks.
     *
     * @param timeout longest that each may take
     */
    public Health(List<Check> checks, Duration timeout) {
        this.timeout = timeout;
        for (Check check : checks) {
            boolean ignored = this.checks
                    .computeIfAbsent(check.name(), name -> new ArrayList<>())
                    .add(Asker.of(check, timeout));
            known.addAll(check.concerns());
        }
    }

    /** Asks all at once. */
    public Report report() {
        Map<String, List<Question>> asked = new LinkedHashMap<>();
        checks.forEach((name, parts) -> asked.put(name, ask(parts)));
        Map<String, Boolean> ready = new LinkedHashMap<>();
        Set<Concern> concerns = new LinkedHashSet<>();
        asked.forEach((name, questions) -> {
            List<Checked> answers = questions.stream().map(Question::answer).toList();
            Boolean ignored = ready.put(name, answers.stream().anyMatch(Checked::ready));
            concerns.addAll(concerns(answers));
        });
        List<Concern> sorted = concerns.stream()
                .sorted(Comparator.comparing(Concern::stopsAppends).reversed())
                .toList();
        return new Report(status(sorted), ready, sorted);
    }

    private static List<Question> ask(List<Asker> parts) {
        return parts.stream().map(Asker::ask).toList();
    }

    private static List<Concern> concerns(List<Checked> answers) {
        List<List<Concern>> each = answers.stream()
                .map(checked -> checked.findings().stream()
                        .flatMap(finding -> finding.concern().stream())
                        .toList())
                .toList();
        boolean stopped = each.stream().allMatch(concerns -> concerns.stream().anyMatch(Concern::stopsAppends));
        return each.stream()
                .flatMap(List::stream)
                .map(concern -> stopped ? concern : Concern.degrading(concern.name()))
                .toList();
    }

    /** Has watched what needs looking after: a series for each concern that a check can find, and for each check. */
    public void watch(Metrics metrics) {
        List<Metrics.Reading<Report>> readings = new ArrayList<>();
        known.forEach(concern -> readings.add(new Metrics.Reading<>(
                "concern",
                "1 while it needs looking after: what health says under concerns, by its name there",
                List.of("concern", concern.name()),
                report -> report.has(concern) ? 1 : 0)));
        checks.keySet()
                .forEach(check -> readings.add(new Metrics.Reading<>(
                        "ready",
                        "1 while what is looked at does its work",
                        List.of("check", check),
                        report -> report.isReady(check) ? 1 : 0)));
        // Each check has its time: what hangs must be told, and not keep the others from being told.
        metrics.store(this::report, timeout.multipliedBy(2), readings);
    }

    private static Status status(List<Concern> concerns) {
        if (concerns.isEmpty()) {
            return Status.HEALTHY;
        }
        return concerns.getFirst().stopsAppends() ? Status.UNHEALTHY : Status.DEGRADED;
    }

    /** From now on nothing is ready: the process is about to end, and nobody should send it anything new. */
    public void end() {
        ending = true;
    }

    /** Whether a check does its work; false for one that there is not. */
    public boolean ready(String check) {
        return !ending
                && ask(checks.getOrDefault(check, List.of())).stream()
                        .anyMatch(question -> question.answer().ready());
    }
}
