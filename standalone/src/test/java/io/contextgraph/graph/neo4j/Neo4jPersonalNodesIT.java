// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import static io.contextgraph.graph.History.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.EventFields;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.graph.EventProperties;
import io.contextgraph.graph.History;
import io.contextgraph.graph.PersonalNodes;
import io.contextgraph.graph.Projection;
import io.contextgraph.graph.WholeGraph;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.Neo4jDump;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What nodes of events about persons say of their own goes; what the projection has written stays to the letter. */
final class Neo4jPersonalNodesIT {
    private static final String ONE = Events.pseudonym(1).value();
    private static final String ALSO_ONE = Events.pseudonym(11).value();
    private static final String MARKED = "marked value of a person";

    private final Neo4jGraph graph = CleanNeo4j.graph();
    private final PersonalNodes nodes = new Neo4jPersonalNodes(graph);
    private final List<RecordedEvent> events = new ArrayList<>();

    @BeforeEach
    void fill() {
        graph.prepare();
        History history = new History();
        for (int n = 1; n <= 9; n++) {
            int parent = n - 1;
            List<String> about = List.of(ONE, ALSO_ONE, Events.pseudonym(2).value());
            events.add(history.add(n, "s" + n % 2, n * 10L, e -> {
                var ignored = e.parentId(parent == 0 ? id(77) : id(parent)).dataSubjectId(about.get(parent % 3));
            }));
        }
        graph.apply(Projection.project(events));
    }

    @Test
    void whatIsFoundBesideTheProjectionIsBlank() {
        List<String> before = Neo4jDump.lines(CleanNeo4j.DRIVER);
        assertThat(before).isEqualTo(WholeGraph.of(events));
        assertThat(nodes.blank(List.of(ONE, ALSO_ONE))).isEqualTo(6);
        assertThat(Neo4jDump.lines(CleanNeo4j.DRIVER)).isEqualTo(before);

        CleanNeo4j.run("MATCH (e:Event) WHERE e.data_subject_id IS NOT NULL SET e.content = '" + MARKED
                + "', e.texts = ['" + MARKED + "'], e.size = 7, e.access_count = 3, e.archived = 's1'");
        CleanNeo4j.run("MATCH (a:Event {event_id: '" + id(1) + "'}), (b:Event {event_id: '" + id(3) + "'})"
                + " CREATE (a)-[:SAYS {text: '" + MARKED + "', n: 1}]->(b)"
                + " CREATE (b)-[:FOLLOWS {text: '" + MARKED + "'}]->(b)");
        assertThat(nodes.blank(List.of(ONE, ALSO_ONE))).isEqualTo(6);
        assertThat(nodes.blank(List.of(ONE, ALSO_ONE))).isEqualTo(6);

        for (String subject : List.of(ONE, ALSO_ONE)) {
            assertThat(values(subject, "content")).containsOnly(PersonalNodes.BLANK);
            assertThat(values(subject, "texts")).isEmpty();
            assertThat(values(subject, "size")).isEmpty();
            assertThat(values(subject, "access_count")).containsOnly("3");
            assertThat(values(subject, "archived")).containsOnly("s1");
        }
        assertThat(values(Events.pseudonym(2).value(), "content")).containsOnly(MARKED);
        assertThat(says()).containsExactly("(personal)");
        // The projection takes nothing amiss.
        graph.apply(Projection.project(events));
        CleanNeo4j.run("MATCH ()-[s:SAYS]->() DELETE s");
        CleanNeo4j.run("MATCH (e)-[f:FOLLOWS]->(e) DELETE f");
        CleanNeo4j.run("MATCH (e:Event) REMOVE e.content, e.texts, e.size, e.access_count, e.archived");
        assertThat(Neo4jDump.lines(CleanNeo4j.DRIVER)).isEqualTo(before);
    }

    /** More of them than a transaction takes. */
    @Test
    void manyAreBlankedInSteps() {
        CleanNeo4j.run("UNWIND range(1, 1300) AS n CREATE (:Event {event_id: 'x' + n, data_subject_id: '" + ONE
                + "', content: '" + MARKED + "'})");
        assertThat(nodes.blank(List.of(ONE))).isEqualTo(1303);
        assertThat(values(ONE, "content")).containsOnly(PersonalNodes.BLANK);
    }

    @Test
    void nobodyHasNoNodes() {
        assertThat(nodes.blank(List.of(Events.pseudonym(99).value()))).isZero();
        assertThat(EventProperties.names())
                .contains(EventFields.DATA_SUBJECT_ID, EventProperties.DIGEST)
                .doesNotContain(EventFields.PAYLOAD);
    }

    private static List<String> values(String subject, String property) {
        try (var session = CleanNeo4j.DRIVER.session()) {
            return session.run("MATCH (e:Event {data_subject_id: '" + subject + "'}) WHERE e." + property
                            + " IS NOT NULL RETURN toStringOrNull(e." + property + ") AS value")
                    .list(row -> row.get("value").asString());
        }
    }

    private static List<String> says() {
        try (var session = CleanNeo4j.DRIVER.session()) {
            return session.run("MATCH ()-[s:SAYS]->() RETURN s.text AS text, s.n AS n")
                    .list(row -> row.get("text").asString() + (row.get("n").isNull() ? "" : " and a number"));
        }
    }
}
