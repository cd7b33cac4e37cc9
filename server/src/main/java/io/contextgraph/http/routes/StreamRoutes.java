// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.Json;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.http.engine.Answer;
import io.contextgraph.http.engine.Call;
import io.contextgraph.http.engine.HttpSettings;
import io.contextgraph.http.engine.Parameters;
import io.contextgraph.http.engine.Problem;
import io.contextgraph.http.engine.Problems;
import io.contextgraph.http.engine.Route;
import io.contextgraph.http.engine.Route.Role;
import io.contextgraph.http.engine.RouteGroup;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * The live stream: every event that matches, in commit order, none twice and none left out. The id of each message is
 * its position, so a client that comes back with the last id goes on behind it. Where the ledger fails, a message of the
 * type {@code problem} says why, and the connection ends.
 *
 * <p><b>Source.</b> Server-Sent Events, HTML Living Standard section 9.2.
 */
final class StreamRoutes implements RouteGroup {
    private static final int READ_AHEAD = 500;
    private static final String LATEST = "latest";

    private final EventLog log;
    private final Tail tail;
    private final Duration heartbeat;

    StreamRoutes(HttpSettings settings, HttpPorts ports) {
        this.log = ports.ledger().log();
        this.tail = new Tail(ports.ledger().log());
        this.heartbeat = settings.timeouts().heartbeat();
    }

    @Override
    public void close() {
        tail.close();
    }

    @Override
    public List<Route> routes() {
        return List.of(Route.get("/v1/events/stream", Role.READ, this::follow));
    }

    private Answer follow(Call call) {
        Parameters parameters = call.parameters(Filters.and("from"));
        EventQuery.Builder filters = Filters.read(parameters);
        Optional<Position> from = parameters
                .text("from")
                .filter(text -> !text.equals(LATEST))
                .flatMap(text -> parameters.value("from", Position::parse, "must be a position or latest"));
        EventQuery filter = parameters.build(filters::build);
        Optional<Position> last = call.header("Last-Event-ID").map(StreamRoutes::lastEventId);
        Head after = last.or(() -> from).map(tail::placeOf).orElseGet(log::head);
        // What is wrong at once is said before the stream begins.
        Optional<List<RecordedEvent>> first = tail.after(after, READ_AHEAD);
        return new Answer.Streamed(200, "text/event-stream", out -> {
            try {
                follow(filter, after, first, out);
            } catch (LedgerException failed) {
                out.write(problem(failed));
                out.flush();
                throw failed;
            }
        });
    }

    private static Position lastEventId(String text) {
        return Position.parse(text)
                .orElseThrow(() -> new InvalidInputException(
                        "/header/Last-Event-ID", "invalid_value", "must be the id of a message of this stream"));
    }

    /** @param first what follows {@code after} */
    private void follow(EventQuery filter, Head after, Optional<List<RecordedEvent>> first, OutputStream out)
            throws IOException {
        out.write(utf8("retry: 2000\n\n"));
        out.flush();
        Head seen = after;
        Head end = after;
        long silentSince = System.nanoTime();
        Optional<Position> skipped = Optional.empty();
        boolean begun = false;
        while (!tail.isClosed() && !Thread.currentThread().isInterrupted()) {
            Optional<List<RecordedEvent>> following = begun ? tail.after(seen, READ_AHEAD) : first;
            begun = true;
            if (following.isEmpty()) {
                seen = tail.placeOf(seen.position());
                end = seen;
                continue;
            }
            List<RecordedEvent> events = following.get();
            for (RecordedEvent event : events) {
                seen = new Head(event.seq(), event.position());
                if (filter.matches(event.event())) {
                    out.write(message(event));
                    skipped = Optional.empty();
                    silentSince = System.nanoTime();
                } else {
                    skipped = Optional.of(event.position());
                }
            }
            out.flush();
            Duration silent = Duration.ofNanos(System.nanoTime() - silentSince);
            if (silent.compareTo(heartbeat) >= 0) {
                out.write(heartbeat(skipped));
                out.flush();
                silentSince = System.nanoTime();
            } else if (events.isEmpty()) {
                // Whatever stood between has been taken out for good.
                seen = end.seq() > seen.seq() ? end : seen;
                end = await(seen, heartbeat.minus(silent));
            }
        }
    }

    private Head await(Head seen, Duration atMost) {
        try {
            return tail.await(seen, atMost);
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
            return seen;
        }
    }

    private static byte[] message(RecordedEvent event) {
        ObjectNode json = EventJson.toJson(event);
        json.remove(EventFields.PAYLOAD);
        return utf8("id: " + event.position() + "\ndata: " + Json.MAPPER.writeValueAsString(json) + "\n\n");
    }

    /** Why the stream ends here; without an id, so that a client comes back behind the last event that it was given. */
    private static byte[] problem(LedgerException failed) {
        Problem problem = Problems.ledger(failed);
        ObjectNode json =
                Json.MAPPER.createObjectNode().put("code", problem.code()).put("detail", problem.detail());
        return utf8("event: problem\ndata: " + Json.MAPPER.writeValueAsString(json) + "\n\n");
    }

    /** A comment; with the position reached, so that nobody reads again what no filter of theirs let through. */
    private static byte[] heartbeat(Optional<Position> reached) {
        return utf8(reached.map(position -> "id: " + position + "\n").orElse("") + ": heartbeat\n\n");
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
