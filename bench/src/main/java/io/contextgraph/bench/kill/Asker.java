// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.kill;

import io.contextgraph.bench.kill.Findings.Kind;
import io.contextgraph.event.EventFields;
import io.contextgraph.event.SessionId;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Asks for events, traces, sessions, lineage, context and health. Each page may come from another server; together they
 * must hold every event that was acknowledged before the question, each once; or an answer says that it comes later.
 */
final class Asker extends Act {
    private static final int MAX_PAUSE_MILLIS = 200;
    private static final int PAGE = 50;

    private final Client client;
    private final History history;
    private final Totals totals;
    private final Findings findings;
    private final SplittableRandom random;

    Asker(Client client, History history, Totals totals, Findings findings, long seed) {
        this.client = client;
        this.history = history;
        this.totals = totals;
        this.findings = findings;
        this.random = new SplittableRandom(seed);
    }

    @Override
    public void run() {
        while (!isStopped() && Pause.millis(random.nextInt(MAX_PAUSE_MILLIS))) {
            try {
                ask();
                totals.reads.incrementAndGet();
            } catch (Client.StatusException other) {
                if (!other.again()) {
                    findings.add(Kind.UNEXPECTED_ANSWER, "a question: " + other.getMessage());
                }
            } catch (IOException cutOff) {
                // Whoever sent it has noted that.
            } catch (JacksonException other) {
                findings.add(Kind.UNEXPECTED_ANSWER, "a question was answered with what is no JSON: " + other);
            } catch (InterruptedException over) {
                return;
            }
        }
    }

    private void ask() throws IOException, InterruptedException {
        List<SessionId> sessions = history.syncedSessions();
        if (sessions.isEmpty()) {
            return;
        }
        SessionId session = sessions.get(random.nextInt(sessions.size()));
        List<String> due = history.synced(session);
        String id = due.get(random.nextInt(due.size()));
        switch (random.nextInt(6)) {
            case 0 -> trace(id);
            case 1 -> sessions(sessions);
            case 2 -> lineage(id);
            case 3 -> context(session, due);
            case 4 -> pages(session, due);
            default -> health();
        }
    }

    private JsonNode event(String id) throws IOException, InterruptedException {
        JsonNode event = client.wanted("/v1/events/" + id);
        if (!event.path(EventFields.EVENT_ID).asString("").equals(id)) {
            findings.add(Kind.INCOMPLETE_ANSWER, "who asks for event " + id + " gets " + event);
        }
        return event;
    }

    private void trace(String id) throws IOException, InterruptedException {
        String trace = event(id).path(EventFields.TRACE_ID).asString("");
        List<String> found = new ArrayList<>();
        client.search("trace_id=" + encoded(trace))
                .forEach(event -> found.add(event.path(EventFields.EVENT_ID).asString("")));
        require("trace " + trace, List.of(id), found);
    }

    private void pages(SessionId session, List<String> due) throws IOException, InterruptedException {
        List<String> found = new ArrayList<>();
        String order = random.nextBoolean() ? "asc" : "desc";
        for (JsonNode page : client.pages(
                "/v1/events?limit=" + PAGE + "&order=" + order + "&session_id=" + encoded(session.value()))) {
            page.path("events")
                    .forEach(event -> found.add(event.path(EventFields.EVENT_ID).asString("")));
        }
        require("session " + session + " in pages", due, found);
    }

    private void sessions(List<SessionId> due) throws IOException, InterruptedException {
        List<String> found = new ArrayList<>();
        for (JsonNode page : client.pages("/v1/sessions?limit=" + PAGE)) {
            page.path("sessions")
                    .forEach(session ->
                            found.add(session.path(EventFields.SESSION_ID).asString("")));
        }
        require("the sessions", due.stream().map(SessionId::value).toList(), found);
    }

    private void lineage(String id) throws IOException, InterruptedException {
        String howNew = random.nextBoolean() ? fresh(event(id)) : "direction=both";
        JsonNode answer = client.wanted("/v1/nodes/" + id + "/lineage?" + howNew);
        require(
                "the lineage of " + id,
                List.of(id),
                List.copyOf(answer.path("nodes").propertyNames()));
    }

    private void context(SessionId session, List<String> due) throws IOException, InterruptedException {
        List<String> found = new ArrayList<>();
        String position = fresh(event(due.getLast()));
        for (JsonNode page : client.pages("/v1/context/" + encoded(session.value()) + "?max_nodes=" + PAGE + "&at="
                + encoded(Instant.now().toString()) + "&" + position)) {
            found.addAll(page.path("nodes").propertyNames());
        }
        require("the context of " + session, List.of(due.getLast()), found);
    }

    /** As new as this event. */
    private static String fresh(JsonNode event) {
        return "timeout_ms=3000&min_position="
                + event.path(EventFields.GLOBAL_POSITION).asString("");
    }

    private void health() throws IOException, InterruptedException {
        JsonNode health = client.wanted("/v1/health");
        JsonNode live = client.wanted("/v1/health/live");
        if (health.path("status").asString("").equals("unhealthy")
                || !live.path("status").asString("").equals("live")) {
            findings.add(Kind.UNEXPECTED_ANSWER, "health: " + health + ", " + live);
        }
    }

    private void require(String what, List<String> due, List<String> found) {
        Set<String> once = new HashSet<>(found);
        Set<String> missing = new HashSet<>(due);
        missing.removeAll(once);
        if (!missing.isEmpty()) {
            findings.add(
                    Kind.INCOMPLETE_ANSWER,
                    what + ": " + missing.size() + " of " + due.size() + " are missing among " + found.size()
                            + ", such as " + missing.iterator().next());
        }
        if (once.size() != found.size()) {
            findings.add(Kind.INCOMPLETE_ANSWER, what + ": " + (found.size() - once.size()) + " come twice");
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
