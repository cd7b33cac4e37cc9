// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.reading;

import io.contextgraph.bench.load.PostgresLedger;
import io.contextgraph.bench.load.Workload;
import io.contextgraph.bench.server.PostgresServer;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.SessionId;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The ledger in PostgreSQL, read through JDBC on one connection. */
public final class PostgresReadings implements Readings {
    private static final int BATCH = 1000;
    private static final String COLUMNS =
            "SELECT global_position, event_id, event_type, occurred_at, session_id, agent_id,"
                    + " trace_id, payload_ref, tool_name, parent_event_id, ended_at, status, schema_version, importance_hint,"
                    + " recorded_at FROM events";

    private final PostgresServer server;
    private final Connection connection;
    private final Map<String, PreparedStatement> statements = new HashMap<>();

    private PostgresReadings(PostgresServer server, Connection connection) {
        this.server = server;
        this.connection = connection;
    }

    public static PostgresReadings start() throws IOException, InterruptedException, SQLException {
        PostgresServer server = PostgresServer.start();
        return new PostgresReadings(server, server.connect());
    }

    public String version() throws SQLException {
        return server.version();
    }

    @Override
    public String name() {
        return "PostgreSQL";
    }

    @Override
    public void load(int events) throws SQLException {
        PostgresLedger.createSchema(connection);
        try (PostgresLedger ledger = new PostgresLedger(server.connect())) {
            for (long first = 0; first < events; first += BATCH) {
                ledger.append(Workload.events(first, BATCH));
            }
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("VACUUM ANALYZE events");
        }
    }

    @Override
    public String size(int events) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet size = statement.executeQuery("SELECT pg_total_relation_size('events')")) {
            size.next();
            return "%,.0f on disk".formatted((double) size.getLong(1) / events);
        }
    }

    /** Where a page ended. */
    private record Place(OffsetDateTime time, long position) {}

    /** A condition and what belongs in its gaps. */
    private record Condition(String text, List<Object> values) {}

    @Override
    public Page page(EventQuery query) {
        return page(query, List.of());
    }

    private Page page(EventQuery query, List<Place> after) {
        Condition where = where(query, after);
        String text = COLUMNS + where.text() + order(query) + " LIMIT " + query.limit();
        return () -> {
            List<Place> places = select(text, where.values());
            List<Place> last = places.isEmpty() ? after : List.of(places.getLast());
            return new Content(places.size(), page(query, last));
        };
    }

    private static Condition where(EventQuery query, List<Place> after) {
        List<String> terms = new ArrayList<>(List.of("true"));
        List<Object> values = new ArrayList<>();
        query.sessionId().map(SessionId::value).ifPresent(v -> add(terms, values, "session_id = ?", v));
        query.agentId().ifPresent(v -> add(terms, values, "agent_id = ?", v));
        query.traceId().ifPresent(v -> add(terms, values, "trace_id = ?", v));
        query.type().ifPresent(v -> add(terms, values, "event_type = ?", v.text()));
        query.from().ifPresent(v -> add(terms, values, "occurred_at >= ?", v.atOffset(ZoneOffset.UTC)));
        query.to().ifPresent(v -> add(terms, values, "occurred_at < ?", v.atOffset(ZoneOffset.UTC)));
        String beyond = query.order().descending() ? "<" : ">";
        for (Place place : after) {
            if (query.order().byTime()) {
                add(terms, values, "(occurred_at, global_position) " + beyond + " (?, ?)", place.time());
                values.add(place.position());
            } else {
                add(terms, values, "global_position " + beyond + " ?", place.position());
            }
        }
        return new Condition(" WHERE " + String.join(" AND ", terms), values);
    }

    private static void add(List<String> terms, List<Object> values, String term, Object value) {
        terms.add(term);
        values.add(value);
    }

    private static String order(EventQuery query) {
        String direction = query.order().descending() ? " DESC" : "";
        return " ORDER BY " + (query.order().byTime() ? "occurred_at" + direction + ", " : "") + "global_position"
                + direction;
    }

    private List<Place> select(String text, List<Object> values) throws SQLException {
        PreparedStatement statement = statements.get(text);
        if (statement == null) {
            statement = connection.prepareStatement(text);
            statements.put(text, statement);
        }
        for (int i = 0; i < values.size(); i++) {
            statement.setObject(i + 1, values.get(i));
        }
        List<Place> places = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                PostgresLedger.read(rows);
                places.add(new Place(
                        rows.getObject("occurred_at", OffsetDateTime.class), rows.getLong("global_position")));
            }
        }
        return places;
    }

    @Override
    public int replay(long after, int max) throws SQLException {
        String text = COLUMNS + " WHERE global_position > ? ORDER BY global_position LIMIT " + max;
        return select(text, List.of(after)).size();
    }

    @Override
    public void close() throws IOException, SQLException {
        connection.close();
        server.close();
    }
}
