// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import io.contextgraph.graph.LineageQuery;
import java.util.List;

/**
 * Every Cypher statement, in the order in which a reader meets them: schema, writing, reading.
 *
 * <p>Lists come in a map: Neo4j plans a statement anew for each order of magnitude of a list, and does not look into maps.
 */
final class Statements {
    /** Version of what {@link #SCHEMA} creates; a graph of a higher one is refused. */
    static final long SCHEMA_VERSION = 2;

    static final List<String> SCHEMA = List.of(
            "CREATE CONSTRAINT cg_event IF NOT EXISTS FOR (e:Event) REQUIRE e.event_id IS UNIQUE",
            "CREATE CONSTRAINT cg_session IF NOT EXISTS FOR (s:Session) REQUIRE s.session_id IS UNIQUE",
            "CREATE CONSTRAINT cg_entity IF NOT EXISTS FOR (x:Entity) REQUIRE x.entity_id IS UNIQUE",
            "CREATE CONSTRAINT cg_schema IF NOT EXISTS FOR (m:ContextGraphSchema) REQUIRE m.name IS UNIQUE",
            "CREATE INDEX cg_session_order IF NOT EXISTS FOR (e:Event) ON (e.session_id, e.occurred_at_epoch_ms, e.seq)",
            "CREATE INDEX cg_session_rank IF NOT EXISTS FOR (e:Event) ON (e.session_id, e.decay_rank, e.seq)",
            "CREATE INDEX cg_effects IF NOT EXISTS FOR (e:Event) ON (e.parent_event_id, e.occurred_at_epoch_ms, e.seq)",
            "CREATE INDEX cg_subject IF NOT EXISTS FOR (e:Event) ON (e.data_subject_id)",
            "CREATE CONSTRAINT cg_summary IF NOT EXISTS FOR (s:Summary) REQUIRE s.summary_id IS UNIQUE",
            "CREATE INDEX cg_session_summaries IF NOT EXISTS FOR (s:Summary) ON (s.session_id, s.first_seq)");

    /** The kind of edge from a summary to an event. */
    static final String SUMMARIZES = "SUMMARIZES";

    static final String AWAIT_INDEXES = "CALL db.awaitIndexes(300)";

    static final String PUT_SCHEMA_VERSION = """
            MERGE (m:ContextGraphSchema {name: 'graph'})
            SET m.version = CASE WHEN m.version > $version THEN m.version ELSE $version END
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
     * types before, which new ones never have, those that stood elsewhere in their session, and those whose id another
     * partition was first with. Each that is there is locked before anything is read of it: of two writers that fill in the
     * same stub at once the second sees what the first has written.
     *
     * <p>Neo4j writes what is set, be it there already: an event that is as it should be is locked and no more. Cypher takes
     * 5.0 for 5.
     */
    static final String PUT_EVENTS = """
            UNWIND $in.events AS row
            MERGE (e:Event {event_id: row.id})
            ON CREATE SET e:Stub
            ON MATCH SET e._lock = true
            REMOVE e._lock
            WITH e, row, CASE
              WHEN e.session_id = row.put.session_id
                AND (e.seq <> row.put.seq OR e.occurred_at_epoch_ms <> row.put.occurred_at_epoch_ms)
              THEN {id: row.id, session: e.session_id, ms: e.occurred_at_epoch_ms, seq: e.seq}
              END AS moved,
              CASE
              WHEN e.session_id <> row.put.session_id
                AND split(toStringOrNull(e.global_position), '@')[1] <> split(row.put.global_position, '@')[1]
              THEN [e.session_id, e.global_position]
              END AS first,
              properties(e) = row.put AND none(
                number IN [e.occurred_at_epoch_ms, e.seq, e.session_seq, e.decay_rank, e.digest, e.key, e.schema_version,
                  e.importance_hint]
                WHERE number IS :: FLOAT NOT NULL) AS same
            FOREACH (put IN CASE WHEN same THEN [] ELSE [row.put] END | SET e += put)
            FOREACH (arrived IN row.arrived | REMOVE e:Stub)
            WITH e, row, moved, first
            WHERE moved IS NOT NULL OR first IS NOT NULL OR (row.source AND EXISTS { (e)-[:CAUSED_BY|REFERENCES]->() })
            RETURN e.event_id AS id, moved, first,
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

    /** All edges that come, in one statement: each is a round trip, however little it does. */
    static final String JOIN = """
            CALL () {
              UNWIND $in.links AS row
              MATCH (later:Event {event_id: row.later})
              MATCH (earlier:Event {event_id: row.earlier})
              CREATE (later)-[:FOLLOWS {session_id: row.session, delta_ms: row.delta}]->(earlier)
            }
            CALL () {
              UNWIND $in.causes AS row
              MATCH (child:Event {event_id: row.child})
              MATCH (parent:Event {event_id: row.parent})
              CREATE (child)-[:CAUSED_BY {mechanism: 'direct'}]->(parent)
            }
            CALL () {
              UNWIND $in.entities AS row
              MERGE (x:Entity {entity_id: row.id})
              ON CREATE SET x.kind = row.kind, x.name = row.name, x.key = row.key
              WITH x, row
              UNWIND row.events AS id
              MATCH (e:Event {event_id: id})
              CREATE (e)-[:REFERENCES {role: row.kind}]->(x)
            }""";

    static final String PUT_SUMMARIES = """
            UNWIND $in.summaries AS row
            MERGE (s:Summary {summary_id: row.summary_id})
            SET s = row""";

    /**
     * Locks events in the order of their ids, as all writers do. What is not there, or has been taken out meanwhile, is left
     * out.
     */
    static final String COVER = """
            UNWIND $in.covered AS row
            MATCH (e:Event {event_id: row.event})
            SET e._lock = true REMOVE e._lock
            WITH e, row WHERE NOT e:Stub
            MATCH (s:Summary {summary_id: row.summary})
            SET e.archived = CASE WHEN e.archived > row.segment THEN e.archived ELSE row.segment END
            MERGE (s)-[:SUMMARIZES]->(e)""";

    static final String SUMMARIES = """
            MATCH (s:Summary)
            WHERE s.session_id = $session AND s.first_seq IS NOT NULL
            RETURN properties(s) AS node
            ORDER BY s.session_id, s.first_seq, s.summary_id LIMIT $limit""";

    /** Which summary an event has follows from what it says itself; a stub says it where it was forgotten. */
    static final String SUMMARIES_OF_EVENTS = """
            UNWIND $in.ids AS id
            MATCH (e:Event {event_id: id})
            WHERE e.archived IS NOT NULL
            WITH id, CASE WHEN e:Stub THEN e.summary_id ELSE 'summary:' + e.archived + ':' + e.session_id END AS summary
            MATCH (s:Summary {summary_id: summary})
            RETURN id, properties(s) AS node""";

    /** A summary that is written anew is without its tier. */
    static final String DUE = """
            MATCH (s:Summary)
            WHERE s.last_seq <= $plain AND (s.last_seq > $seq OR (s.last_seq = $seq AND s.summary_id > $id))
              AND coalesce(s.tier, 0) < CASE WHEN s.last_seq <= $all THEN 2 ELSE 1 END
            RETURN s.summary_id AS id, s.session_id AS session, s.last_seq AS seq
            ORDER BY s.last_seq, s.summary_id LIMIT $limit""";

    static final String MARK = """
            UNWIND $in.stubs AS row
            MATCH (e:Event:Stub {event_id: row.id})
            SET e.archived = row.archived, e.summary_id = row.summary_id""";

    static final String LOWER = """
            UNWIND $in.summaries AS row
            MATCH (s:Summary {summary_id: row.id})
            SET s.tier = row.tier""";

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
     * The next {@code $each} effects of each event, from a place of its own on, and of all of these the first {@code $most}:
     * only of them the node is looked at. They are found by the parent that they name, in the order of the index: the edges
     * to an event have no order.
     */
    static final String EFFECTS = """
            UNWIND $in.causes AS row
            CALL (row) {
              CALL (row) {
                MATCH (x:Event)
                WHERE x.parent_event_id = row.cause AND x.occurred_at_epoch_ms = row.ms AND x.seq > row.seq
                RETURN x, x.occurred_at_epoch_ms AS ms, x.seq AS seq
                ORDER BY x.parent_event_id, x.occurred_at_epoch_ms, x.seq LIMIT $each
                UNION ALL
                MATCH (x:Event)
                WHERE x.parent_event_id = row.cause AND x.occurred_at_epoch_ms > row.ms AND x.seq IS NOT NULL
                RETURN x, x.occurred_at_epoch_ms AS ms, x.seq AS seq
                ORDER BY x.parent_event_id, x.occurred_at_epoch_ms, x.seq LIMIT $each
              }
              RETURN x, ms, seq ORDER BY ms, seq LIMIT $each
            }
            WITH row.cause AS cause, x, ms, seq ORDER BY ms, seq LIMIT $most
            RETURN cause, x.event_id AS id, ms, seq""";

    /**
     * The first {@code $each} effects of each event of a time of its own or later, and of all of these the first {@code
     * $most}: half the searches of {@link #EFFECTS}, and enough where at most one of that time comes before the place.
     */
    static final String EFFECTS_FROM = """
            UNWIND $in.causes AS row
            CALL (row) {
              MATCH (x:Event)
              WHERE x.parent_event_id = row.cause AND x.occurred_at_epoch_ms >= row.ms AND x.seq IS NOT NULL
              RETURN x, x.occurred_at_epoch_ms AS ms, x.seq AS seq
              ORDER BY x.parent_event_id, x.occurred_at_epoch_ms, x.seq LIMIT $each
            }
            WITH row.cause AS cause, x, ms, seq ORDER BY ms, seq LIMIT $most
            RETURN cause, x.event_id AS id, ms, seq""";

    /** The next effects of one event as {@link #EFFECTS} has them, with what a page says of each. */
    static final String EFFECTS_OF_ONE = """
            CALL () {
              MATCH (x:Event)
              WHERE x.parent_event_id = $cause AND x.occurred_at_epoch_ms = $ms AND x.seq > $seq
              RETURN x, x.occurred_at_epoch_ms AS ms, x.seq AS seq
              ORDER BY x.parent_event_id, x.occurred_at_epoch_ms, x.seq LIMIT $limit
              UNION ALL
              MATCH (x:Event)
              WHERE x.parent_event_id = $cause AND x.occurred_at_epoch_ms > $ms AND x.seq IS NOT NULL
              RETURN x, x.occurred_at_epoch_ms AS ms, x.seq AS seq
              ORDER BY x.parent_event_id, x.occurred_at_epoch_ms, x.seq LIMIT $limit
            }
            WITH x, ms, seq ORDER BY ms, seq LIMIT $limit
            RETURN properties(x) AS node,
              COLLECT { MATCH (x)-[r:FOLLOWS|CAUSED_BY]->(t) RETURN [type(r), t.event_id, properties(r)] } AS edges""";

    private static final int FEW_STEPS = 2;
    private static final int MANY_STEPS = 11;

    /** How many steps {@link #relatives} goes for a lineage: one more where it can, which shows whether that is cut. */
    static int steps(int depth) {
        return depth < FEW_STEPS ? FEW_STEPS : MANY_STEPS;
    }

    /**
     * An event, and a few of those that some steps lead to. An event with many effects is left to those who read them in
     * order. There are few such statements, each of which is planned once.
     */
    static String relatives(LineageQuery.Direction direction, int steps) {
        return """
            MATCH (s:Event {event_id: $id})
            CALL (s) {
              RETURN s AS e, 0 AS side
            """ + (direction.up() ? above(steps) : "") + (direction.down() ? below(steps) : "") + """
            }
            RETURN side, CASE side WHEN 0 THEN COUNT { (s)<-[:CAUSED_BY]-() } END AS effects, properties(e) AS node,
              COLLECT { MATCH (e)-[r:FOLLOWS|CAUSED_BY]->(t) RETURN [type(r), t.event_id, properties(r)] } AS edges""";
    }

    private static String above(int steps) {
        return "UNION ALL MATCH (s)-[:CAUSED_BY*1.." + steps
                + "]->(e:Event) WITH DISTINCT e LIMIT $limit RETURN e, 1 AS side\n";
    }

    private static String below(int steps) {
        return "UNION ALL WITH s WHERE COUNT { (s)<-[:CAUSED_BY]-() } <= $limit MATCH (s)<-[:CAUSED_BY*1.." + steps
                + "]-(e:Event) WITH DISTINCT e LIMIT $limit RETURN e, 2 AS side\n";
    }

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

    /** Each is answered from counts that Neo4j keeps, in the order of GraphStats but for the first. */
    static final String STATS = """
            RETURN COUNT { (:Event) } AS nodes, COUNT { (:Stub) } AS stubs, COUNT { (:Session) } AS sessions,
              COUNT { (:Entity) } AS entities, COUNT { ()-[:FOLLOWS]->() } AS follows,
              COUNT { ()-[:CAUSED_BY]->() } AS causes, COUNT { ()-[:REFERENCES]->() } AS references""";

    static final String COMPONENTS =
            "CALL dbms.components() YIELD name, versions WHERE name = 'Neo4j Kernel' RETURN versions[0] AS version";

    private Statements() {}
}
