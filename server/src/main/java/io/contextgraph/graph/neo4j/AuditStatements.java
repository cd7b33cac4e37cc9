// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import io.contextgraph.graph.EventProperties;
import io.contextgraph.graph.Stray;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The Cypher with which the graph is compared with the ledger, and put right. */
final class AuditStatements {
    /** A node with all that begins at it. */
    private static final String WHOLE_NODE = """
            RETURN properties(e) AS node,
              COLLECT { MATCH (e)-[r]->(t) RETURN [type(r), coalesce(t.event_id, t.entity_id, ''), properties(r)] } AS edges""";

    static final String WHOLE_NODES = """
            UNWIND $in.ids AS id
            MATCH (e:Event {event_id: id})
            """ + WHOLE_NODE;

    /** The index has only nodes with session, time and number; others are strays. These have a time or a number that is none. */
    static final String ODD_NODES_OF_SESSION = """
            MATCH (e:Event)
            WHERE e.session_id = $session AND e.occurred_at_epoch_ms IS NOT NULL AND e.seq IS NOT NULL
              AND NOT (e.occurred_at_epoch_ms IS :: INTEGER AND e.seq IS :: INTEGER)
            WITH e LIMIT $limit
            """ + WHOLE_NODE;

    /** Nodes of a session from a place on; {@code %s} is which. */
    private static final String NODES_OF_SESSION =
            """
            MATCH (e:Event)
            WHERE e.session_id = $session AND %s
              AND e.occurred_at_epoch_ms IS :: INTEGER NOT NULL AND e.seq IS :: INTEGER NOT NULL
            WITH e ORDER BY e.session_id, e.occurred_at_epoch_ms, e.seq LIMIT $limit
            """ + WHOLE_NODE + " ORDER BY e.session_id, e.occurred_at_epoch_ms, e.seq";

    static final String NODES_OF_MOMENT = NODES_OF_SESSION.formatted("e.occurred_at_epoch_ms = $ms AND e.seq > $seq");
    static final String NODES_AFTER_MOMENT =
            NODES_OF_SESSION.formatted("e.occurred_at_epoch_ms > $ms AND e.seq IS NOT NULL");

    static final String SESSIONS = """
            MATCH (e:Event)
            WHERE e.session_id > $after AND e.occurred_at_epoch_ms IS NOT NULL AND e.seq IS NOT NULL
            WITH DISTINCT e.session_id AS session ORDER BY session LIMIT $limit
            RETURN session""";

    /**
     * Adds up events from a place on; {@code %s} is which. The sums stay within 64 bits: an event's digest has 48 bits and a
     * page 2^15 events, an edge's has 31. Whatever else stands in these properties counts as nothing, and so differs. A
     * session without a node of its own counts one event more than it has.
     *
     * <p>The same arithmetic as in {@link io.contextgraph.graph.Digest}.
     */
    private static final String DIGESTS = """
            MATCH (e:Event)
            WHERE %s
            WITH e ORDER BY e.session_id, e.occurred_at_epoch_ms, e.seq LIMIT $limit
            CALL (e) {
              MATCH (e)-[r]->(t)
              WITH (toIntegerOrNull(e.key) %% 2147483647 * 1000003 + toIntegerOrNull(t.key) %% 2147483647
                + CASE type(r) WHEN 'FOLLOWS' THEN 7919 WHEN 'CAUSED_BY' THEN 104729 WHEN 'REFERENCES' THEN 1299709
                    ELSE 15485863 END) %% 2147483647 AS line
              RETURN count(*) AS edges, sum(line * line %% 2147483647) AS links
            }
            WITH e.session_id AS session, sum(CASE WHEN e:Stub THEN 0 ELSE 1 END) AS events,
              sum(toIntegerOrNull(e.digest) %% 281474976710656) AS nodes, sum(edges) AS edges, sum(links) AS links,
              max([e.occurred_at_epoch_ms, e.seq]) AS last, count(*) AS seen
            RETURN session, events + CASE WHEN EXISTS { (:Session {session_id: session}) } THEN 0 ELSE 1 END AS events,
              nodes, edges, links, last, seen
            ORDER BY session""";

    static final String DIGESTS_OF_MOMENT =
            DIGESTS.formatted("e.session_id = $session AND e.occurred_at_epoch_ms = $ms AND e.seq > $seq");
    static final String DIGESTS_OF_SESSION =
            DIGESTS.formatted("e.session_id = $session AND e.occurred_at_epoch_ms > $ms AND e.seq IS NOT NULL");
    static final String DIGESTS_OF_OTHERS =
            DIGESTS.formatted("e.session_id > $session AND e.occurred_at_epoch_ms IS NOT NULL AND e.seq IS NOT NULL");

    private static final String UNNAMED_STUBS = "MATCH (n:Stub) WHERE NOT EXISTS { (n)<--() }";
    private static final String UNUSED_ENTITIES = "MATCH (n:Entity) WHERE NOT EXISTS { (n)<--() }";
    private static final String EMPTY_SESSIONS = """
            MATCH (n:Session) WHERE NOT EXISTS {
              MATCH (e:Event)
              WHERE e.session_id = n.session_id AND e.occurred_at_epoch_ms IS NOT NULL AND e.seq IS NOT NULL
            }""";
    private static final String STRAY_EVENTS = """
            MATCH (n:Event)
            WHERE NOT n:Stub AND (n.session_id IS NULL OR n.occurred_at_epoch_ms IS NULL OR n.seq IS NULL)""";

    /** No id, or one that is none of an event. */
    private static final String NAMELESS =
            "NOT coalesce(toStringOrNull(n.event_id) =~ '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', false)";

    /** What the projection never writes on a node of the kind. */
    private static final String ODD_STUBS = odd("event_id", "key", EventProperties.ARCHIVED, EventProperties.FORGOTTEN);

    private static final String ODD_ENTITIES =
            "coalesce(n.entity_id <> n.kind + ':' + n.name, true) OR " + odd("entity_id", "kind", "name", "key");
    private static final String ODD_SESSIONS = odd("session_id");

    private static String odd(String... properties) {
        String known = Stream.concat(Stream.of(properties), EventProperties.usage().stream())
                .map(name -> "'" + name + "'")
                .collect(Collectors.joining(", "));
        return "EXISTS { (n)-->() } OR any(name IN keys(n) WHERE NOT name IN [" + known + "])";
    }

    /** How strays of each kind are found. */
    static final Map<Stray.Kind, String> STRAYS = new EnumMap<>(Map.of(
            Stray.Kind.EVENT, STRAY_EVENTS + " OR " + NAMELESS,
            Stray.Kind.STUB, UNNAMED_STUBS + " OR " + ODD_STUBS,
            Stray.Kind.ENTITY, UNUSED_ENTITIES + " OR " + ODD_ENTITIES,
            Stray.Kind.SESSION, EMPTY_SESSIONS + " OR " + ODD_SESSIONS));

    static final String LIST_STRAYS =
            " RETURN coalesce(n.event_id, n.entity_id, n.session_id, '') AS id ORDER BY id LIMIT $limit";

    /**
     * Locks what was found and looks again: what somebody has given a reason to stay meanwhile is left out. {@code %s} is
     * the search, {@code %s} what must still be so.
     */
    private static final String DELETE_STRAYS = """
            %s
            WITH n LIMIT $limit
            SET n._lock = true REMOVE n._lock
            WITH n WHERE %s
            DETACH DELETE n
            RETURN count(*) AS gone""";

    static final String DELETE_STRAY_STUBS =
            DELETE_STRAYS.formatted(UNNAMED_STUBS, "n:Stub AND NOT EXISTS { (n)<--() }");
    static final String DELETE_STRAY_ENTITIES = DELETE_STRAYS.formatted(UNUSED_ENTITIES, "NOT EXISTS { (n)<--() }");
    static final String DELETE_STRAY_SESSIONS = DELETE_STRAYS.formatted(EMPTY_SESSIONS, """
            NOT EXISTS {
              MATCH (e:Event)
              WHERE e.session_id = n.session_id AND e.occurred_at_epoch_ms IS NOT NULL AND e.seq IS NOT NULL
            }""");

    /** Nodes that have more or other than the projection writes, each with its label and id. */
    static final String ODD = """
            CALL {
              MATCH (n:Stub) WHERE %s RETURN n, 'Stub' AS label, n.event_id AS id LIMIT $limit
              UNION ALL
              MATCH (n:Entity) WHERE %s RETURN n, 'Entity' AS label, n.entity_id AS id LIMIT $limit
              UNION ALL
              MATCH (n:Session) WHERE %s RETURN n, 'Session' AS label, n.session_id AS id LIMIT $limit
            }
            RETURN elementId(n) AS node, label, coalesce(id, '') AS id, keys(n) AS names""".formatted(ODD_STUBS, ODD_ENTITIES, ODD_SESSIONS);

    /** What has become an event meanwhile is left out. */
    static final String STRAIGHTEN = """
            UNWIND $in.nodes AS row
            MATCH (n) WHERE elementId(n) = row.node
            SET n._lock = true REMOVE n._lock
            WITH n, row WHERE row.label IN labels(n)
            SET n += row.put
            WITH n MATCH (n)-[r]->() DELETE r""";

    static final String DELETE_NODES = """
            UNWIND $in.nodes AS row
            MATCH (n) WHERE elementId(n) = row.node
            DETACH DELETE n""";

    static final String DELETE_NAMELESS =
            "MATCH (n:Event) WHERE " + NAMELESS + " WITH n LIMIT $limit DETACH DELETE n RETURN count(*) AS gone";

    /** Locks what was found and looks again, as {@link #DELETE_STRAYS} does. */
    static final String STRAY_EVENT_IDS = STRAY_EVENTS + """
             AND n.event_id IS NOT NULL
            WITH n LIMIT $limit
            SET n._lock = true REMOVE n._lock
            WITH n WHERE NOT n:Stub AND (n.session_id IS NULL OR n.occurred_at_epoch_ms IS NULL OR n.seq IS NULL)
            RETURN n.event_id AS id""";

    /** Takes away as many as are too many of an edge. */
    static final String REMOVE_EDGES = """
            UNWIND $in.edges AS row
            MATCH (:Event {event_id: row.source})-[r]->(t)
            WHERE type(r) = row.type AND coalesce(t.event_id, t.entity_id, '') = row.target
              AND properties(r) = row.properties
            WITH row, collect(r) AS same
            FOREACH (r IN same[..row.count] | DELETE r)""";

    static final String REMOVE_OWN_EDGES = """
            UNWIND $in.events AS row
            MATCH (:Event {event_id: row.id})-[r]->() DELETE r""";

    /** What follows an event, and what summarises it. */
    static final String REMOVE_FOLLOWERS = """
            UNWIND $in.events AS row
            MATCH (:Event {event_id: row.id})<-[f:FOLLOWS|SUMMARIZES]-() DELETE f""";

    /** What tells of a node's use stays; that it is archived does not. */
    static final String EMPTY_EVENTS = """
            UNWIND $in.events AS row
            MATCH (e:Event {event_id: row.id})
            WITH e, row, properties(e) AS held
            SET e = row.stub, e += held {%s}, e:Stub""".formatted(
                    EventProperties.usage().stream().map(name -> "." + name).collect(Collectors.joining(", ")));

    static final String REMOVE_UNNAMED = """
            UNWIND $in.events AS id
            MATCH (e:Event {event_id: id}) WHERE NOT EXISTS { (e)<--() }
            DELETE e""";

    static final String REMOVE_PROPERTIES = """
            UNWIND $in.properties AS row
            MATCH (e:Event {event_id: row.id})
            SET e += row.gone""";

    static final String WRITE_EVENT_KEYS = """
            UNWIND $in.keys AS row
            MATCH (n:Event {event_id: row.id}) WHERE n.key IS NULL OR n.key <> row.key
            SET n.key = row.key""";

    static final String WRITE_ENTITY_KEYS = """
            UNWIND $in.keys AS row
            MATCH (n:Entity {entity_id: row.id}) WHERE n.key IS NULL OR n.key <> row.key
            SET n.key = row.key""";

    /** Writes first, so that whoever comes second sees who came first. */
    static final String CLAIM_REBUILD = """
            MERGE (m:ContextGraphSchema {name: 'rebuild'})
            ON CREATE SET m.seq = 0, m.started_at = $now
            SET m._lock = true REMOVE m._lock
            WITH m WHERE m.owner IS NULL OR m.owner = $owner OR m.seen_at < $stale
            SET m.owner = $owner, m.seen_at = $now
            RETURN [] + m.seq AS seqs, m.started_at AS started""";

    static final String MOVE_REBUILD = """
            MATCH (m:ContextGraphSchema {name: 'rebuild'}) WHERE m.owner = $owner
            SET m.seq = $seq, m.seen_at = $now
            RETURN m.seq AS seq""";

    static final String RELEASE_REBUILD =
            "MATCH (m:ContextGraphSchema {name: 'rebuild'}) WHERE m.owner = $owner REMOVE m.owner, m.seen_at";

    static final String FINISH_REBUILD =
            "MATCH (m:ContextGraphSchema {name: 'rebuild'}) WHERE m.owner = $owner DELETE m";

    private AuditStatements() {}
}
