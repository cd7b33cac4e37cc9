// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.kill;

import io.contextgraph.bench.kill.Findings.Kind;
import io.contextgraph.event.EventFields;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Asks for sessions while servers die: an answer must hold every event that was acknowledged as {@code fsync} before
 * the question, each once and in order; or it must be no answer. Where a kill of Redis has taken what its first pages
 * showed, it is told so, and begins again.
 */
final class Reader extends Act {
    private static final int MAX_PAUSE_MILLIS = 300;

    private final Client client;
    private final History history;
    private final Supplier<LossRule> rule;
    private final Totals totals;
    private final Findings findings;
    private final SplittableRandom random;
    private int ended;

    /** @param rule what may be lost by now */
    Reader(Client client, History history, Supplier<LossRule> rule, Totals totals, Findings findings, long seed) {
        this.client = client;
        this.history = history;
        this.rule = rule;
        this.totals = totals;
        this.findings = findings;
        this.random = new SplittableRandom(seed);
    }

    @Override
    public void run() {
        while (!isStopped()) {
            try {
                ask();
            } catch (Client.StatusException other) {
                if (other.epochEnded() && rule.get().mayLoseWhatWasRead(ended)) {
                    ended++;
                    totals.queriesEnded.incrementAndGet();
                } else if (!other.again()) {
                    findings.add(Kind.UNEXPECTED_ANSWER, "a query: " + other.getMessage());
                }
            } catch (IOException | JacksonException cutOff) {
                // No answer is allowed.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (!Pause.millis(random.nextInt(MAX_PAUSE_MILLIS))) {
                return;
            }
        }
    }

    private void ask() throws IOException, InterruptedException {
        var session = Story.sharedSession(random.nextInt(3));
        boolean byTime = random.nextBoolean();
        Set<String> due = new HashSet<>(history.synced(session));
        List<JsonNode> found = client.search("session_id=" + session + (byTime ? "" : "&by=position"));
        totals.reads.incrementAndGet();
        List<Long> order = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (JsonNode event : found) {
            ids.add(event.get(EventFields.EVENT_ID).stringValue());
            order.add(event.get(EventFields.SEQ).longValue());
        }
        due.removeAll(ids);
        if (!due.isEmpty()) {
            findings.add(
                    Kind.INCOMPLETE_ANSWER,
                    "session " + session + ": " + due.size() + " of the events acknowledged as fsync are missing among "
                            + found.size() + ", such as " + due.iterator().next());
        }
        boolean ordered = byTime || order.equals(order.stream().sorted().toList());
        if (ids.size() != found.size() || !ordered) {
            findings.add(Kind.INCOMPLETE_ANSWER, "session " + session + ": an event twice, or out of order");
        }
    }
}
