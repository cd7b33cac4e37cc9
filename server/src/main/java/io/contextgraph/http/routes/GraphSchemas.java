// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.event.EventFields;
import io.contextgraph.graph.EventProperties;
import io.contextgraph.http.contract.Schema;
import java.util.List;

/** The JSON of answers from the graph, in Atlas form, as the contract has it. */
final class GraphSchemas {
    private static final String OF_RESULT = "Of a call with a result_event_id, that of the result";

    private static final Schema ATTRIBUTES = Schema.fields()
            .with(EventFields.EVENT_TYPE, Schema.text().orNull())
            .with(EventFields.OCCURRED_AT, Schema.time().orNull())
            .with(EventFields.ENDED_AT, Schema.time().orNull().saying(OF_RESULT))
            .with(EventFields.STATUS, Schema.text().orNull().saying(OF_RESULT))
            .with(EventFields.TOOL_NAME, Schema.text().orNull())
            .with(EventFields.PARENT_EVENT_ID, Schema.uuid().orNull())
            .with(EventFields.PAYLOAD_REF, Schema.text().orNull())
            .with("importance_score", Schema.whole().orNull().saying("The hint of the producer, 1 to 10"))
            .with("keywords", Schema.list(Schema.text()))
            .with("summary", Schema.text().orNull())
            .with(
                    "content",
                    Schema.text()
                            .orNull()
                            .saying(
                                    "What the payload says, as text for people, whole: a message's text, else its calls;"
                                            + " arguments and result of a call; else key=value. Of a call with a"
                                            + " result_event_id, with what that says"))
            .with(
                    "result_event_id",
                    Schema.uuid()
                            .orNull()
                            .saying(
                                    "The event (tool.result) that answered a call which was recorded pending or running;"
                                            + " null for all others. It is an event of its own all the same"));

    private static final Schema PROVENANCE = Schema.fields()
            .with(EventFields.EVENT_ID, Schema.uuid())
            .with(
                    EventFields.GLOBAL_POSITION,
                    Schema.text().orNull().saying("Place in the ledger; rises in commit order, opaque otherwise"))
            .with("source", Schema.choice(List.of("redis")))
            .with(EventFields.OCCURRED_AT, Schema.time().orNull())
            .with(EventFields.SESSION_ID, Schema.text().orNull())
            .with(EventFields.AGENT_ID, Schema.text().orNull())
            .with(EventFields.TRACE_ID, Schema.text().orNull())
            .maybe(
                    EventProperties.ARCHIVED,
                    Schema.text()
                            .saying("The segment of the archive that has the event, and from which it is read once the"
                                    + " ledger has it no more"));

    private static final Schema SCORES = Schema.fields()
            .with("decay_score", Schema.number().orNull())
            .with("relevance_score", Schema.number().saying("0.5 without a query"))
            .with("importance_score", Schema.number().orNull());

    private static final Schema NODE = Schema.fields()
            .with("node_id", Schema.text())
            .with("node_type", Schema.text())
            .with("attributes", ATTRIBUTES)
            .with("provenance", PROVENANCE)
            .with("scores", SCORES)
            .with("retrieval_reason", Schema.choice(List.of("direct", "proactive")))
            .with("proactive_signal", Schema.text().orNull())
            .maybe(
                    "graph",
                    Schema.fields()
                            .with("depth", Schema.whole().saying("Steps from the start of a lineage"))
                            .with("score", Schema.number())
                            .with(
                                    "known",
                                    Schema.flag().saying("Whether the graph has it; else it is told of the ledger"))
                            .with("event", Schema.either(Schema.nothing(), EventSchemas.RECORDED))
                            .saying("With include=graph"))
            .named("Node");

    private static final Schema EDGE = Schema.fields()
            .with("source", Schema.text())
            .with("target", Schema.text())
            .with("edge_type", Schema.text())
            .with("properties", Schema.object())
            .named("Edge");

    private static final Schema WEIGHTS = Schema.fields()
            .with("decay_score", Schema.number())
            .with("relevance_score", Schema.number())
            .with("importance_score", Schema.number());

    private static final Schema CAPACITY = Schema.fields()
            .with("max_nodes", Schema.whole())
            .with("used_nodes", Schema.whole())
            .with("max_depth", Schema.whole().orNull().saying("null where depth means nothing, as of a context"));

    private static final Schema META = Schema.fields()
            .with("query_ms", Schema.whole().from(1))
            .with("nodes_returned", Schema.whole())
            .with("truncated", Schema.flag())
            .with("as_of", EventSchemas.POSITION)
            .with(
                    "parked",
                    Schema.whole()
                            .saying("Events that could not be projected and wait for an operator: the answer may lack"
                                    + " them"))
            .with("inferred_intents", Schema.object())
            .with("intent_override", Schema.text().orNull().saying("null: no intent changes an answer yet"))
            .with("seed_nodes", Schema.list(Schema.text()))
            .with("seed_strategy", Schema.text())
            .with("scoring_weights", WEIGHTS)
            .with("retrieval_channels", Schema.list(Schema.text()))
            .with("proactive_nodes_count", Schema.whole())
            .with("capacity", CAPACITY)
            .named("AtlasMeta");

    static final Schema ATLAS = Schema.fields()
            .with("nodes", Schema.map(NODE))
            .with("edges", Schema.list(EDGE))
            .with("pagination", Paging.PAGINATION)
            .with("meta", META)
            .named("Atlas");

    private GraphSchemas() {}
}
