// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.load;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.EventType;
import io.contextgraph.event.SessionId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;

/**
 * The ledger that is replaced: one table, checked columns, an index for each way of asking, idempotent inserts.
 *
 * <p>One instance is one connection.
 */
public final class PostgresLedger implements AutoCloseable {
    private static final String SCHEMA = """
            CREATE TABLE IF NOT EXISTS events (
              global_position bigserial PRIMARY KEY,
              event_id uuid NOT NULL UNIQUE,
              event_type text NOT NULL CHECK (event_type ~ '^[a-z][a-z0-9]*(\\.[a-z][a-z0-9_]*)+$'),
              occurred_at timestamptz NOT NULL,
              session_id text NOT NULL CHECK (length(session_id) BETWEEN 1 AND 255),
              agent_id text NOT NULL CHECK (length(agent_id) BETWEEN 1 AND 255),
              trace_id text NOT NULL CHECK (length(trace_id) BETWEEN 1 AND 255),
              payload_ref text NOT NULL CHECK (length(payload_ref) BETWEEN 1 AND 2048),
              tool_name text,
              parent_event_id uuid,
              ended_at timestamptz,
              status text CHECK (status IN ('pending', 'running', 'completed', 'failed', 'timeout')),
              schema_version int NOT NULL DEFAULT 1,
              importance_hint int CHECK (importance_hint BETWEEN 1 AND 10),
              recorded_at timestamptz NOT NULL DEFAULT now());
            CREATE INDEX IF NOT EXISTS by_session ON events (session_id, global_position);
            CREATE INDEX IF NOT EXISTS by_agent ON events (agent_id, global_position);
            CREATE INDEX IF NOT EXISTS by_trace ON events (trace_id, global_position);
            CREATE INDEX IF NOT EXISTS by_type ON events (event_type, occurred_at);
            CREATE INDEX IF NOT EXISTS by_time ON events (occurred_at);
            """;
    private static final String INSERT = """
            INSERT INTO events (event_id, event_type, occurred_at, session_id, agent_id, trace_id, payload_ref,
              tool_name, parent_event_id, ended_at, status, schema_version, importance_hint)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (event_id) DO NOTHING""";

    private final Connection connection;
    private final PreparedStatement insert;

    public PostgresLedger(Connection connection) throws SQLException {
        this.connection = connection;
        this.insert = connection.prepareStatement(INSERT);
    }

    public static void createSchema(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(SCHEMA);
        }
    }

    /** Commits one event. */
    public void append(Event event) throws SQLException {
        bind(event);
        insert.executeUpdate();
    }

    /** Commits all events in one transaction, in as few statements as the driver can make of them. */
    public void append(List<Event> events) throws SQLException {
        connection.setAutoCommit(false);
        for (Event event : events) {
            bind(event);
            insert.addBatch();
        }
        insert.executeBatch();
        connection.commit();
    }

    private void bind(Event event) throws SQLException {
        insert.setObject(1, event.id().value());
        insert.setString(2, event.type().value());
        insert.setObject(3, event.occurredAt().atOffset(ZoneOffset.UTC));
        insert.setString(4, event.sessionId().value());
        insert.setString(5, event.agentId());
        insert.setString(6, event.traceId());
        insert.setString(7, event.payloadRef());
        insert.setString(8, event.toolName().orElse(null));
        insert.setObject(9, event.parentId().map(id -> id.value()).orElse(null));
        insert.setObject(
                10, event.endedAt().map(t -> t.atOffset(ZoneOffset.UTC)).orElse(null));
        insert.setString(11, event.status().map(s -> s.wireName()).orElse(null));
        insert.setInt(12, event.schemaVersion());
        if (event.importanceHint().isPresent()) {
            insert.setInt(13, event.importanceHint().getAsInt());
        } else {
            insert.setNull(13, Types.INTEGER);
        }
    }

    /** The event of the row at hand. */
    public static Event read(ResultSet row) throws SQLException {
        String parent = row.getString("parent_event_id");
        String status = row.getString("status");
        OffsetDateTime ended = row.getObject("ended_at", OffsetDateTime.class);
        int importance = row.getInt("importance_hint");
        return Event.builder(
                        new EventId(row.getObject("event_id", UUID.class)),
                        new EventType(row.getString("event_type")),
                        row.getObject("occurred_at", OffsetDateTime.class).toInstant(),
                        new SessionId(row.getString("session_id")))
                .agentId(row.getString("agent_id"))
                .traceId(row.getString("trace_id"))
                .payloadRef(row.getString("payload_ref"))
                .toolName(row.getString("tool_name"))
                .parentId(parent == null ? null : EventId.of(parent))
                .endedAt(ended == null ? null : ended.toInstant())
                .status(status == null ? null : EventStatus.parse(status).orElseThrow())
                .schemaVersion(row.getInt("schema_version"))
                .importanceHint(importance == 0 ? null : importance)
                .build();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
