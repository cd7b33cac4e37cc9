// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.otlp;

import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.capture.record.DerivedIds;
import io.contextgraph.capture.record.Draft;
import io.contextgraph.capture.record.Mark;
import io.contextgraph.capture.record.TraceIndex;
import io.contextgraph.dialect.Fact;
import io.contextgraph.dialect.LogEvents;
import io.contextgraph.dialect.LogFact;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.Ids;
import io.contextgraph.event.Json;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** Makes events of spans and of log records. */
final class OtlpDrafts {
    private final CaptureOptions options;
    private final TraceIndex traces;
    private final Optional<Mark.Lossy> form;

    /**
     * @param traces settled
     * @param form of the spans, where it has lost something of them
     */
    OtlpDrafts(CaptureOptions options, TraceIndex traces, Optional<Mark.Lossy> form) {
        this.options = options;
        this.traces = traces;
        this.form = form;
    }

    Draft of(OtlpSpan span) {
        ObjectNode payload = Json.MAPPER.createObjectNode().setAll(span.payload());
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
                .payloadRef(form.map(Mark.Lossy::label).orElse("otlp") + ":" + span.traceId() + ":" + span.spanId())
                .marked(mark(span));
        return span.ofItsOwnKind() ? draft : draft.aside();
    }

    /** An event of the log; it is aside where its span has the text, or where what it is given was said before. */
    Draft of(OtlpLog log) {
        LogEvents.Kind kind = log.kind();
        Draft draft = new Draft(log.place(), log.id(), kind.type())
                .of(session(log), agent(log), log.traceId())
                .about(log.about())
                .at(log.start(), log.endNanos().map(OtlpRecord::instant).orElse(null))
                .parent(parent(log).orElse(null))
                .tool(tool(log).orElse(null))
                .payload(Json.MAPPER.createObjectNode().setAll(log.payload()));
        status(log).ifPresent(draft::status);
        boolean saidElsewhere = log.parentId()
                .filter(span -> traces.speaks(log.traceId(), span))
                .isPresent();
        boolean aside = kind.repeats() || saidElsewhere || kind.type().equals(LogEvents.OTHER);
        return (aside ? draft.aside() : draft).marked(mark(log.digest()));
    }

    /** Its span, else the prompt that it belongs to. */
    private Optional<String> parent(OtlpLog log) {
        Optional<String> prompt = log.isPrompt() ? Optional.empty() : log.turn();
        return log.parentId()
                .map(span -> DerivedIds.span(log.traceId(), span))
                .or(() -> prompt.flatMap(traces::prompt));
    }

    private static Optional<String> tool(OtlpLog log) {
        return log.kind().type().equals(LogEvents.TOOL_OUTPUT)
                ? log.facts().text(Fact.TOOL)
                : log.said().text(LogFact.TOOL);
    }

    private static Optional<EventStatus> status(OtlpLog log) {
        if (log.kind().outcome() == LogEvents.Outcome.NONE) {
            return Optional.empty();
        }
        if (!log.said().failed()) {
            return Optional.of(EventStatus.COMPLETED);
        }
        String why = log.said().text(LogFact.ERROR).orElse("");
        return Optional.of(OtlpRecord.isTimeout(why) ? EventStatus.TIMEOUT : EventStatus.FAILED);
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

    private ObjectNode mark(OtlpSpan span) {
        ObjectNode mark = mark(OtlpDigest.span(span));
        form.ifPresent(lossy -> mark.put(Mark.FORM, lossy.label()));
        return mark;
    }

    private static ObjectNode mark(String digest) {
        return Json.MAPPER.createObjectNode().put(Mark.RECORD, digest);
    }
}
