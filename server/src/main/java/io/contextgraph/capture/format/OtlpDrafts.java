// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.format;

import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.capture.record.DerivedIds;
import io.contextgraph.capture.record.Draft;
import io.contextgraph.capture.record.Mark;
import io.contextgraph.capture.record.TraceIndex;
import io.contextgraph.dialect.Fact;
import io.contextgraph.dialect.LogEvents;
import io.contextgraph.event.Ids;
import io.contextgraph.event.Json;
import tools.jackson.databind.node.ObjectNode;

/** Makes events of spans and of the events of logs. */
final class OtlpDrafts {
    private final CaptureOptions options;
    private final TraceIndex traces;

    /** @param traces settled */
    OtlpDrafts(CaptureOptions options, TraceIndex traces) {
        this.options = options;
        this.traces = traces;
    }

    Draft of(OtlpSpan span) {
        ObjectNode payload = span.payload().deepCopy();
        span.provider().ifPresent(name -> payload.put("provider", name));
        span.model().ifPresent(name -> payload.put("model", name));
        Draft draft = new Draft(span.place(), DerivedIds.span(span.traceId(), span.spanId()), span.type())
                .of(traces.session(span), agent(span), span.traceId())
                .about(span.about())
                .at(span.start(), span.end().orElse(null))
                .parent(span.parentId()
                        .filter(parent -> !parent.equals(span.spanId()))
                        .map(parent -> DerivedIds.span(span.traceId(), parent))
                        .orElse(null))
                .tool(span.tool().orElse(null))
                .status(span.status())
                .payload(payload)
                .payloadRef("otlp:" + span.traceId() + ":" + span.spanId())
                .marked(mark(OtlpDigest.span(span)));
        return span.ofItsOwnKind() ? draft : draft.aside();
    }

    /** An event of the log; it is aside where its span has the text, or where what it is given was said before. */
    Draft of(OtlpLog log) {
        String type = log.kind().type();
        Draft draft = new Draft(log.place(), log.id(), type)
                .of(session(log), agent(log), log.traceId())
                .about(log.about())
                .at(log.start(), null)
                .parent(log.parentId()
                        .map(span -> DerivedIds.span(log.traceId(), span))
                        .orElse(null))
                .payload(log.payload().deepCopy());
        if (type.equals(LogEvents.TOOL_OUTPUT)) {
            draft.tool(log.facts().text(Fact.TOOL).orElse(null));
        }
        boolean saidElsewhere = log.parentId()
                .filter(span -> traces.speaks(log.traceId(), span))
                .isPresent();
        boolean aside = log.kind().repeats() || saidElsewhere || type.equals(LogEvents.OTHER);
        return (aside ? draft.aside() : draft).marked(mark(log.digest()));
    }

    private String session(OtlpLog log) {
        return log.statedTrace().isPresent()
                ? traces.session(log)
                : log.session().filter(name -> Ids.fault(name).isEmpty()).orElse(log.traceId());
    }

    private String agent(OtlpRecord record) {
        return traces.agent(record)
                .or(options::agentId)
                .or(record::serviceName)
                .filter(name -> Ids.fault(name).isEmpty())
                .orElse("unknown");
    }

    private static ObjectNode mark(String digest) {
        return Json.MAPPER.createObjectNode().put(Mark.RECORD, digest);
    }
}
