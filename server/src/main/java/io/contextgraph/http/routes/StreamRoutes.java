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
import io.contextgraph.http.contract.Declaration;
import io.contextgraph.http.contract.Declaration.Reply;
import io.contextgraph.http.contract.Parameter;
import io.contextgraph.http.contract.Schema;
import io.contextgraph.http.contract.Topic;
import io.contextgraph.http.contract.ValueForm;
import io.contextgraph.http.engine.Answer;
import io.contextgraph.http.engine.Call;
import io.contextgraph.http.engine.HttpSettings;
import io.contextgraph.http.engine.Parameters;
import io.contextgraph.http.engine.Route;
import io.contextgraph.http.engine.Route.Role;
import io.contextgraph.http.engine.RouteGroup;
import io.contextgraph.http.ports.HttpPorts;
import io.contextgraph.http.problem.Problem;
import io.contextgraph.http.problem.ProblemCode;
import io.contextgraph.http.problem.Problems;
import io.contextgraph.ledger.Epochs.Standing;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ledger.epoch.Bookmark;
import io.contextgraph.ledger.epoch.Bookmarks;
import io.contextgraph.ledger.epoch.EpochEndedException;
import io.contextgraph.ledger.epoch.PartitionBookmarks;
import io.contextgraph.ledger.epoch.PositionPrunedException;
import io.contextgraph.ledger.partition.Partition;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * The live stream: every event that matches, in the commit order of its partition, none twice and none left out. The id of each message says
 * its position and of which ledger and epoch that is: a client that comes back with the last id goes on behind it, or is told
 * that the ledger has lost what it had read. Where the ledger fails, a message of the
 * type {@code problem} says why, and the connection ends.
 *
 * <p><b>Source.</b> Server-Sent Events, HTML Living Standard section 9.2.
 */
final class StreamRoutes implements RouteGroup {
    private static final int READ_AHEAD = 500;
    private static final String LATEST = "latest";
    private static final String POSITION = "[0-9]{1,18}-[0-9]{1,18}(@[0-9]{1,5})?";
    private static final String BOOKMARK = "([0-9a-f]{8}|-):[0-9]{1,5}:[0-9]{1,15}:[0-9]{1,18}:" + POSITION;
    private static final String PLACE = BOOKMARK + "(," + BOOKMARK + ")*|" + POSITION;

    private static final Parameter<Place> FROM = Parameter.query(
            "from",
            ValueForm.of(
                    Schema.text().matching("^(" + PLACE + "|" + LATEST + ")$"),
                    "must be a position, the id of a message or latest",
                    text -> text.equals(LATEST) ? Optional.of(Place.LATEST) : Place.parse(text)),
            "Events behind this position, or behind the message with this id; latest (default): only new ones");
    private static final Parameter<Place> LAST_EVENT_ID = Parameter.header(
            "Last-Event-ID",
            ValueForm.of(
                    Schema.text().matching("^(" + PLACE + ")$"),
                    "invalid_value",
                    "must be the id of a message of this stream",
                    Place::parse),
            "Go on behind this message; a position is taken, too, but says nothing of ledger and epoch");

    private static final Declaration FOLLOW = Declaration.of(
                    "followEvents",
                    Topic.LEDGER,
                    "Follow the ledger as Server-Sent Events",
                    "Every event that matches, in commit order, none twice and none left out, also for a client that"
                            + " comes back with Last-Event-ID. Has no end.")
            .takes(Filters.ALL)
            .takes(FROM, LAST_EVENT_ID)
            .answers(new Reply(
                    200,
                    "One message for each event: id says its ledger, partition, epoch, seq and position, data the event"
                            + " without payload. Where the ledger fails, or has lost what was given here"
                            + " (epoch_ended) or let go what comes next (position_pruned), a message of the type problem has code and detail, and the connection"
                            + " ends",
                    "text/event-stream",
                    EventSchemas.RECORDED,
                    List.of()))
            .refuses(ProblemCode.EPOCH_ENDED, ProblemCode.POSITION_PRUNED, ProblemCode.TOO_MANY_STREAMS);

    private final List<Partition> partitions;
    private final Bookmarks bookmarks;
    private final Tail tail;
    private final Duration heartbeat;

    StreamRoutes(HttpSettings settings, HttpPorts ports) {
        this.partitions = ports.ledger().partitions();
        this.bookmarks = ports.bookmarks();
        this.tail = new Tail(partitions.stream().map(Partition::epochs).toList());
        this.heartbeat = settings.timeouts().heartbeat();
    }

    @Override
    public void close() {
        tail.close();
    }

    @Override
    public List<Route> routes() {
        return List.of(Route.get("/v1/events/stream", Role.READ, FOLLOW, this::follow));
    }

    private Answer follow(Call call) {
        Parameters parameters = call.parameters();
        EventQuery.Builder filters = Filters.read(parameters);
        Optional<Place> from = parameters.find(FROM);
        EventQuery filter = parameters.build(filters::build);
        Optional<Place> place = call.header(LAST_EVENT_ID).or(() -> from);
        place.ifPresent(at -> at.require(partitions.size()));
        List<Reading> readings = new ArrayList<>();
        for (Partition partition : partitions) {
            Standing now = partition.epochs().now();
            PartitionBookmarks read = bookmarks.of(partition.number());
            Head after = place.flatMap(at -> at.in(partition, read)).orElse(now.head());
            // What is wrong at once is said before the stream begins.
            readings.add(new Reading(read, now.identity(), after, read.allAfter(after, READ_AHEAD)));
        }
        return new Answer.Streamed(200, "text/event-stream", out -> {
            try {
                follow(filter, readings, out);
            } catch (EpochEndedException ended) {
                out.write(problem(Problems.ended(ended)));
            } catch (PositionPrunedException pruned) {
                out.write(problem(Problems.pruned(pruned)));
            } catch (LedgerException failed) {
                out.write(problem(Problems.ledger(failed)));
                out.flush();
                throw failed;
            }
        });
    }

    /**
     * Where a client begins: behind what it has read of each partition, behind a position of one and with what is new of the
     * others, or with what is new.
     */
    private record Place(List<Bookmark> read, Optional<Position> position) {
        static final Place LATEST = new Place(List.of(), Optional.empty());

        static Optional<Place> parse(String text) {
            return Bookmarks.parse(text)
                    .map(read -> new Place(read, Optional.empty()))
                    .or(() -> Position.parse(text).map(at -> new Place(List.of(), Optional.of(at))));
        }

        /** @throws InvalidInputException when this is a place in another ledger */
        void require(int partitions) {
            boolean isThere = read.isEmpty()
                    ? position.map(at -> at.among(partitions).isPresent()).orElse(true)
                    : read.size() == partitions;
            if (!isThere) {
                throw new InvalidInputException("/from", "invalid_value", "is a place in a ledger of other partitions");
            }
        }

        /** @throws EpochEndedException when the partition has lost what the client has read */
        Optional<Head> in(Partition partition, PartitionBookmarks bookmarks) {
            if (read.isEmpty()) {
                return position.filter(at -> partition.named(at).equals(at)).map(bookmarks::placeOf);
            }
            Bookmark mine = read.get(partition.number());
            bookmarks.require(mine);
            return Optional.of(mine.seen());
        }
    }

    /** How far a stream has come in one partition. */
    private static final class Reading {
        private final PartitionBookmarks bookmarks;
        private LedgerIdentity identity;
        private Head seen;
        private Head end;
        private List<RecordedEvent> events;

        /** @param events what follows {@code after} */
        Reading(PartitionBookmarks bookmarks, LedgerIdentity begun, Head after, List<RecordedEvent> events) {
            this.bookmarks = bookmarks;
            this.identity = begun;
            this.seen = after;
            this.end = after;
            this.events = events;
        }

        Bookmark bookmark() {
            return Bookmark.of(identity, seen);
        }

        void knows(Standing now) {
            identity = now.identity();
            end = now.head();
        }

        /** Whatever stood up to the end is not there any more. */
        void passes() {
            seen = end.seq() > seen.seq() ? end : seen;
        }

        void read() {
            events = bookmarks.allAfter(seen, READ_AHEAD);
        }
    }

    private void follow(EventQuery filter, List<Reading> readings, OutputStream out) throws IOException {
        // Whoever is cut off before the first message comes back to where the stream began, not to where the ledger is
        // then.
        out.write(utf8("retry: 2000\nid: " + reached(readings) + "\n\n"));
        out.flush();
        long silentSince = System.nanoTime();
        boolean skipped = false;
        while (!tail.isClosed() && !Thread.currentThread().isInterrupted()) {
            for (Reading reading : readings) {
                for (RecordedEvent event : reading.events) {
                    reading.seen = new Head(event.seq(), event.position());
                    skipped = !filter.matches(event.event());
                    if (!skipped) {
                        out.write(message(event, reached(readings)));
                        silentSince = System.nanoTime();
                    }
                }
            }
            out.flush();
            Duration silent = Duration.ofNanos(System.nanoTime() - silentSince);
            boolean atEnd = readings.stream().allMatch(reading -> reading.events.isEmpty());
            if (silent.compareTo(heartbeat) >= 0) {
                out.write(heartbeat(skipped ? Optional.of(reached(readings)) : Optional.empty()));
                out.flush();
                silentSince = System.nanoTime();
            } else if (atEnd) {
                readings.forEach(Reading::passes);
                await(readings, heartbeat.minus(silent));
            } else {
                know(readings, tail.lately());
            }
            readings.forEach(Reading::read);
        }
    }

    private static void know(List<Reading> readings, List<Standing> now) {
        for (int i = 0; i < now.size(); i++) {
            readings.get(i).knows(now.get(i));
        }
    }

    private void await(List<Reading> readings, Duration atMost) {
        try {
            know(
                    readings,
                    tail.await(readings.stream().map(reading -> reading.seen).toList(), atMost));
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private static String reached(List<Reading> readings) {
        return Bookmarks.text(readings.stream().map(Reading::bookmark).toList());
    }

    private static byte[] message(RecordedEvent event, String id) {
        ObjectNode json = EventJson.toJson(event);
        json.remove(EventFields.PAYLOAD);
        return utf8("id: " + id + "\ndata: " + Json.MAPPER.writeValueAsString(json) + "\n\n");
    }

    /** Why the stream ends here; without an id, so that a client comes back behind the last event that it was given. */
    private static byte[] problem(Problem problem) {
        ObjectNode json =
                Json.MAPPER.createObjectNode().put("code", problem.code()).put("detail", problem.detail());
        problem.extras().forEach((name, value) -> json.put(name, value.toString()));
        return utf8("event: problem\ndata: " + Json.MAPPER.writeValueAsString(json) + "\n\n");
    }

    /** A comment; with the position reached, so that nobody reads again what no filter of theirs let through. */
    private static byte[] heartbeat(Optional<String> reached) {
        return utf8(reached.map(id -> "id: " + id + "\n").orElse("") + ": heartbeat\n\n");
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
