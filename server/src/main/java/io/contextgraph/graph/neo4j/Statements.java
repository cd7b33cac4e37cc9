// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import io.contextgraph.graph.EventProperties;
import io.contextgraph.graph.Stray;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Every Cypher statement, in the order in which a reader meets them: schema, writing, reading.
 *
 * <p>Lists come in a map: Neo4j plans a statement anew for each order of magnitude of a list, and does not look into maps.
 */
final class Statements {
    /** Version of what {@link #SCHEMA} creates; a graph of a higher one is refused. */
    static final long SCHEMA_VERSION = 1;

    static final List<String> SCHEMA = List.of(
            "CREATE CONSTRAINT cg_event IF NOT EXISTS FOR (e:Event) REQUIRE e.event_id IS UNIQUE",
            "CREATE CONSTRAINT cg_session IF NOT EXISTS FOR (s:Session) REQUIRE s.session_id IS UNIQUE",
            "CREATE CONSTRAINT cg_entity IF NOT EXISTS FOR (x:Entity) REQUIRE x.entity_id IS UNIQUE",
            "CREATE CONSTRAINT cg_schema IF NOT EXISTS FOR (m:ContextGraphSchema) REQUIRE m.name IS UNIQUE",
            "CREATE INDEX cg_session_order IF NOT EXISTS FOR (e:Event) ON (e.session_id, e.occurred_at_epoch_ms, e.seq)",
            "CREATE INDEX cg_session_rank IF NOT EXISTS FOR (e:Event) ON (e.session_id, e.decay_rank, e.seq)",
            "CREATE INDEX cg_effects IF NOT EXISTS FOR (e:Event) ON (e.parent_event_id, e.occurred_at_epoch_ms, e.seq)");

    static final String AWAIT_INDEXES = "CALL db.awaitIndexes(300)";

    static final String PUT_SCHEMA_VERSION = """
            MERGE (m:ContextGraphSchema {name: 'graph'})
            ON CREATE SET m.version = $version
            RETURN m.version AS version""";

    /**
     * INVARIANT: first statement of a transaction that puts events. The lock on the session's node keeps every other
     * writer of the session away until the commit, so that what is read next stays true.
     */
    static final String LOCK_SESSIONS = """
            UNWIND $in.sessions AS session
            MERGE (s:Session {session_id: session})
            SET s._lock = true REMOVE s._lock
            WITH session
            CALL (session) {
              MATCH (e:Event)
              WHERE e.session_id = session AND e.occurred_at_epoch_ms IS NOT NULL AND e.seq IS NOT NULL
              RETURN e.event_id AS id, e.occurred_at_epoch_ms AS ms, e.seq AS seq
              ORDER BY e.session_id DESC, e.occurred_at_epoch_ms DESC, e.seq DESC LIMIT 1
            }
            RETURN session, id, ms, seq""";

    /** For each event its neighbours among those that are there, and what it and its successor follow now. */
    static final String NEIGHBOURS = """
            UNWIND $in.events AS row
            RETURN row.id AS id,
              COLLECT {
                MATCH (p:Event)
                WHERE p.session_id = row.session AND p.occurred_at_epoch_ms = row.ms AND p.seq < row.seq
                RETURN [p.event_id, p.occurred_at_epoch_ms, p.seq]
                ORDER BY p.session_id DESC, p.occurred_at_epoch_ms DESC, p.seq DESC LIMIT 1
              } + COLLECT {
                MATCH (p:Event)
                WHERE p.session_id = row.session AND p.occurred_at_epoch_ms < row.ms AND p.seq IS NOT NULL
                RETURN [p.event_id, p.occurred_at_epoch_ms, p.seq]
                ORDER BY p.session_id DESC, p.occurred_at_epoch_ms DESC, p.seq DESC LIMIT 1
              } AS before,
              COLLECT {
                MATCH (n:Event)
                WHERE n.session_id = row.session AND n.occurred_at_epoch_ms = row.ms AND n.seq > row.seq
                RETURN [n.event_id, n.occurred_at_epoch_ms, n.seq,
                    COLLECT { MATCH (n)-[f:FOLLOWS]->(t) RETURN [t.event_id, properties(f)] }]
                ORDER BY n.session_id, n.occurred_at_epoch_ms, n.seq LIMIT 1
              } + COLLECT {
                MATCH (n:Event)
                WHERE n.session_id = row.session AND n.occurred_at_epoch_ms > row.ms AND n.seq IS NOT NULL
                RETURN [n.event_id, n.occurred_at_epoch_ms, n.seq,
                    COLLECT { MATCH (n)-[f:FOLLOWS]->(t) RETURN [t.event_id, properties(f)] }]
                ORDER BY n.session_id, n.occurred_at_epoch_ms, n.seq LIMIT 1
              } AS after,
              COLLECT {
                MATCH (:Event {event_id: row.id})-[f:FOLLOWS]->(t) RETURN [t.event_id, properties(f)]
              } AS own""";

    /**
     * INVARIANT: but for the statements of events that have moved, which is rare, the only one that locks events, and it
     * locks all that the transaction touches, in the order of their ids; what comes after takes no further lock but on
     * entities, in their order. So no two writers wait for each other. Answers only about events that had edges of these
     * types before, which new ones never have, and those that stood elsewhere in their session.
     */
    static final String PUT_EVENTS = """
            UNWIND $in.events AS row
            MERGE (e:Event {event_id: row.id})
            ON CREATE SET e:Stub
            WITH e, row, CASE
              WHEN e.session_id = row.put.session_id
                AND (e.seq <> row.put.seq OR e.occurred_at_epoch_ms <> row.put.occurred_at_epoch_ms)
              THEN {id: row.id, session: e.session_id, ms: e.occurred_at_epoch_ms, seq: e.seq}
              END AS moved
            SET e += row.put
            FOREACH (arrived IN row.arrived | REMOVE e:Stub)
            WITH e, row, moved WHERE moved IS NOT NULL OR (row.source AND EXISTS { (e)-[:CAUSED_BY|REFERENCES]->() })
            RETURN e.event_id AS id, moved,
              COLLECT { MATCH (e)-[:CAUSED_BY]->(p) RETURN p.event_id } AS parents,
              COLLECT { MATCH (e)-[:REFERENCES]->(x) RETURN x.entity_id } AS entities""";

    /** Whom an event has stood in the way of: those that follow it, and those that have its old number now. */
    static final String DISPLACED = """
            UNWIND $in.moved AS row
            CALL (row) {
              MATCH (:Event {event_id: row.id})<-[:FOLLOWS]-(n:Event) RETURN n
              UNION
              MATCH (n:Event)
              WHERE n.session_id = row.session AND n.occurred_at_epoch_ms = row.ms AND n.seq = row.seq
              RETURN n
            }
            WITH row, n WHERE n.session_id = row.session AND n.occurred_at_epoch_ms IS NOT NULL AND n.seq IS NOT NULL
            RETURN row.session AS session, [n.event_id, n.occurred_at_epoch_ms, n.seq] AS event""";

    static final String UNLINK = """
            UNWIND $in.events AS id
            MATCH (:Event {event_id: id})-[f:FOLLOWS]->()
            DELETE f""";

    static final String LINK = """
            UNWIND $in.links AS row
            MATCH (later:Event {event_id: row.later})
            MATCH (earlier:Event {event_id: row.earlier})
            CREATE (later)-[:FOLLOWS {session_id: row.session, delta_ms: row.delta}]->(earlier)""";

    static final String CAUSE = """
            UNWIND $in.causes AS row
            MATCH (child:Event {event_id: row.child})
            MATCH (parent:Event {event_id: row.parent})
            CREATE (child)-[:CAUSED_BY {mechanism: 'direct'}]->(parent)""";

    static final String REFER = """
            UNWIND $in.entities AS row
            MERGE (x:Entity {entity_id: row.id})
            ON CREATE SET x.kind = row.kind, x.name = row.name, x.key = row.key
            WITH x, row
            UNWIND row.events AS id
            MATCH (e:Event {event_id: id})
            CREATE (e)-[:REFERENCES {role: row.kind}]->(x)""";

    static final String SOME_EVENT = "MATCH (e:Event) WHERE e.seq IS NOT NULL RETURN properties(e) AS node LIMIT 1";

    /** The causes of some events, and of those that a few steps up lead to. */
    static final String CAUSES = """
            UNWIND $in.from AS id
            MATCH (s:Event {event_id: id})
            CALL (s) {
              RETURN s AS e
              UNION
              MATCH (s)-[:CAUSED_BY*1..15]->(e:Event) WITH DISTINCT e LIMIT 50 RETURN e
            }
            WITH DISTINCT e WHERE e.event_id IS NOT NULL
            RETURN e.event_id AS id,
              COLLECT {
                MATCH (e)-[:CAUSED_BY]->(c:Event) WHERE c.event_id IS NOT NULL
                RETURN [c.event_id, coalesce(c.occurred_at_epoch_ms, 9223372036854775807),
                    coalesce(c.seq, 9223372036854775807)]
              } AS causes""";

    /**
     * The next effects of each event, from a place of its own on: at most {@code $limit} of that time and as many later
     * ones. They are found by the parent that they name, in the order of the index: the edges to an event have no order.
     */
    static final String EFFECTS = """
            UNWIND $in.causes AS row
            CALL (row) {
              MATCH (x:Event)
              WHERE x.parent_event_id = row.cause AND x.occurred_at_epoch_ms = row.ms AND x.seq > row.seq
              RETURN x.event_id AS id, x.occurred_at_epoch_ms AS ms, x.seq AS seq
              ORDER BY x.parent_event_id, x.occurred_at_epoch_ms, x.seq LIMIT $limit
              UNION ALL
              MATCH (x:Event)
              WHERE x.parent_event_id = row.cause AND x.occurred_at_epoch_ms > row.ms AND x.seq IS NOT NULL
              RETURN x.event_id AS id, x.occurred_at_epoch_ms AS ms, x.seq AS seq
              ORDER BY x.parent_event_id, x.occurred_at_epoch_ms, x.seq LIMIT $limit
            }
            RETURN row.cause AS cause, id, ms, seq""";

    static final String NODES = """
            UNWIND $in.ids AS id
            MATCH (e:Event {event_id: id})
            RETURN properties(e) AS node,
              COLLECT { MATCH (e)-[r:FOLLOWS|CAUSED_BY]->(t) RETURN [type(r), t.event_id, properties(r)] } AS edges""";

    /**
     * The best of a session at or below a rank; {@code %s} is how its rank and number compare, in no more words than the
     * index has fields: Neo4j may seek by the weaker of two and filter by the other.
     */
    private static final String CONTEXT = """
            MATCH (e:Event)
            WHERE e.session_id = $session AND e.decay_rank %s
            RETURN properties(e) AS node,
              COLLECT { MATCH (e)-[r:FOLLOWS|CAUSED_BY]->(t) RETURN [type(r), t.event_id, properties(r)] } AS edges
            ORDER BY e.session_id DESC, e.decay_rank DESC, e.seq DESC LIMIT $limit""";

    static final String CONTEXT_OF_RANK = CONTEXT.formatted("= $rank AND e.seq < $seq");
    static final String CONTEXT_BELOW_RANK = CONTEXT.formatted("< $rank AND e.seq IS NOT NULL");

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
    private static final String ODD_STUBS = odd("event_id", "key");

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

    static final String REMOVE_FOLLOWERS = """
            UNWIND $in.events AS row
            MATCH (:Event {event_id: row.id})<-[f:FOLLOWS]-() DELETE f""";

    /** What tells of a node's use stays. */
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
            RETURN m.seq AS seq, m.started_at AS started""";

    static final String MOVE_REBUILD = """
            MATCH (m:ContextGraphSchema {name: 'rebuild'}) WHERE m.owner = $owner
            SET m.seq = $seq, m.seen_at = $now
            RETURN m.seq AS seq""";

    static final String RELEASE_REBUILD =
            "MATCH (m:ContextGraphSchema {name: 'rebuild'}) WHERE m.owner = $owner REMOVE m.owner, m.seen_at";

    static final String FINISH_REBUILD =
            "MATCH (m:ContextGraphSchema {name: 'rebuild'}) WHERE m.owner = $owner DELETE m";

    /** Each is answered from counts that Neo4j keeps, in the order of GraphStats but for the first. */
    static final String STATS = """
            RETURN COUNT { (:Event) } AS nodes, COUNT { (:Stub) } AS stubs, COUNT { (:Session) } AS sessions,
              COUNT { (:Entity) } AS entities, COUNT { ()-[:FOLLOWS]->() } AS follows,
              COUNT { ()-[:CAUSED_BY]->() } AS causes, COUNT { ()-[:REFERENCES]->() } AS references""";

    static final String COMPONENTS =
            "CALL dbms.components() YIELD name, versions WHERE name = 'Neo4j Kernel' RETURN versions[0] AS version";

    private Statements() {}
}
