// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.partition;

import io.contextgraph.bench.load.Workload;
import io.contextgraph.bench.reading.Question;
import io.contextgraph.ledger.redis.client.Engine;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/** What was measured with one engine, round by round. The first round of everything warms up and does not count. */
final class Measured {
    private final Engine engine;
    private final List<Appended> appends = new ArrayList<>();
    private final List<Asked> pages = new ArrayList<>();
    private final List<Stored> stored = new ArrayList<>();
    private final List<Apart> whole = new ArrayList<>();
    private final List<Apart> still = new ArrayList<>();

    Measured(Engine engine) {
        this.engine = engine;
    }

    private record Appended(Way way, int partitions, Slice slice) {}

    private record Asked(Question question, int partitions, Pages pages) {}

    /**
     * What a node holds in the end.
     *
     * @param node from 0 on
     * @param sessions whose hash says that they are its own
     * @param events that it has stored
     * @param share of the events of all
     * @param empty bytes of memory before the first of them
     * @param bytes of memory for each
     */
    record Stored(int partitions, int node, long sessions, long events, double share, long empty, double bytes) {}

    Engine engine() {
        return engine;
    }

    void appended(int round, Way way, int partitions, Slice slice) {
        System.err.printf(
                "%s, %s, %d partitions: %,.0f events/s, Redis %.1f us/event%n",
                engine.configName(), way.shown(), partitions, slice.rate(), slice.redis());
        if (round > 0) {
            appends.add(new Appended(way, partitions, slice));
        }
    }

    List<Slice> appends(Way way, int partitions) {
        return appends.stream()
                .filter(each -> each.way() == way && each.partitions() == partitions)
                .map(Appended::slice)
                .toList();
    }

    void asked(int round, Question question, int partitions, Pages asked) {
        System.err.printf(
                "%s, %s, %d partitions: Redis %.0f us/page, p50 %.2f ms%n",
                engine.configName(), question.shown(), partitions, asked.redis(), asked.millis(50));
        if (round > 0) {
            pages.add(new Asked(question, partitions, asked));
        }
    }

    List<Pages> pages(Question question, int partitions) {
        return pages.stream()
                .filter(each -> each.question().equals(question) && each.partitions() == partitions)
                .map(Asked::pages)
                .toList();
    }

    /**
     * What is there now.
     *
     * @param empty memory of each node before
     * @param full memory of each node now
     */
    void stored(Nodes nodes, List<Long> empty, List<Long> full) {
        List<NodeWork> work = nodes.work();
        double all = work.stream().mapToLong(NodeWork::events).sum();
        long sessions = nodes.numbers().get() / Workload.SESSION_LENGTH;
        for (int i = 0; i < work.size(); i++) {
            int node = i;
            long own = LongStream.range(0, sessions)
                    .filter(session ->
                            nodes.partitioning().of(Workload.sessionOf(session * Workload.SESSION_LENGTH)) == node)
                    .count();
            long events = work.get(node).events();
            double bytes = (double) (full.get(node) - empty.get(node)) / events;
            stored.add(new Stored(work.size(), node, own, events, events / all, empty.get(node), bytes));
        }
    }

    List<Stored> stored() {
        return List.copyOf(stored);
    }

    /** The work of a node for all events that count, and of those by {@link Way#SINGLE} alone. */
    NodeWork work(int partitions, int node, boolean single) {
        return appends.stream()
                .filter(each -> each.partitions() == partitions && (!single || each.way() == Way.SINGLE))
                .map(each -> each.slice().nodes().get(node))
                .reduce(NodeWork.NONE, NodeWork::plus);
    }

    void apart(int round, Apart withAll, Apart withoutOne) {
        System.err.printf(
                "%s, one of its nodes stands still: Redis %.1f us/event, with all %.1f%n",
                engine.configName(), withoutOne.redis(), withAll.redis());
        if (round > 0) {
            whole.add(withAll);
            still.add(withoutOne);
        }
    }

    /** While all nodes run. */
    List<Apart> whole() {
        return List.copyOf(whole);
    }

    /** While one stands still. */
    List<Apart> still() {
        return List.copyOf(still);
    }
}
