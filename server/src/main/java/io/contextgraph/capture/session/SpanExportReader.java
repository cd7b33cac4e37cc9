// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.session;

import io.contextgraph.capture.record.About;
import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.capture.record.Draft;
import io.contextgraph.capture.record.Emitter;
import io.contextgraph.capture.record.Mark;
import io.contextgraph.capture.record.SpanGroup;
import io.contextgraph.capture.record.Survey;
import io.contextgraph.capture.record.TraceIndex;
import io.contextgraph.capture.record.TraceReader;
import io.contextgraph.capture.record.Unit;
import io.contextgraph.event.Ids;
import io.contextgraph.event.Json;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads what observing services export: spans with ids, parents and times.
 *
 * <p><b>Shape.</b> Every span becomes an event under its own parent. Its session is the one that it names, else that of the
 * nearest span above it that names one, else of the first of its trace, else what the ledger has of the trace, else the trace. Its agent is the nearest at or
 * above it, else the one that the importer names, else {@code unknown}. The payload is the span as it was exported.
 *
 * <p><b>Guarantees.</b> The order of spans makes no difference to the events, which come by start, parents first, as far as
 * one document reaches, or about 8 MiB of lines.
 */
abstract class SpanExportReader implements TraceReader {
    private final CaptureOptions options;
    private final Survey survey;
    private final TraceIndex traces;
    private final Emitter out;
    private final SpanGroup<ExportedSpan> group;

    SpanExportReader(CaptureOptions options, Survey survey, Emitter out) {
        this.options = options;
        this.survey = survey;
        this.traces = survey.traces();
        this.out = out;
        this.group = new SpanGroup<>(traces, span -> span.key().event(), this::emit);
    }

    /** Gives the spans of a value, and refuses what is none. */
    abstract void spans(Unit unit, Consumer<ExportedSpan> each);

    final void refuse(String place, String reason) {
        out.refuse(place, reason);
    }

    /** Whom a record is about; where that is unclear, it is refused. */
    final Optional<About> about(String place, JsonNode... places) {
        try {
            return Optional.of(options.whom().of(places));
        } catch (IllegalArgumentException unclear) {
            out.refuse(place, String.valueOf(unclear.getMessage()));
            return Optional.empty();
        }
    }

    @Override
    public final void survey(Unit unit) {
        spans(unit, span -> {
            span.session().ifPresent(survey::session);
            survey.about(span.about());
            traces.add(span, false);
        });
    }

    @Override
    public final void read(Unit unit) {
        spans(unit, group::add);
        group.read(unit);
    }

    @Override
    public final void finish() {
        group.end();
    }

    private void emit(ExportedSpan span) {
        String agent = traces.agent(span)
                .or(options::agentId)
                .filter(name -> Ids.fault(name).isEmpty())
                .orElse("unknown");
        ObjectNode mark = Json.MAPPER
                .createObjectNode()
                .put(Mark.RECORD, span.about().digest().of(span.json()));
        Draft draft = new Draft(span.place(), span.key().event(), span.kind().type())
                .of(traces.session(span), agent, span.traceId())
                .about(span.about())
                .at(span.lasting().start(), span.lasting().end().orElse(null))
                .parent(span.key()
                        .parentEvent()
                        .filter(parent -> !parent.equals(span.key().event()))
                        .orElse(null))
                .tool(span.kind().tool().orElse(null))
                .payload(span.json().deepCopy());
        span.kind().status().ifPresent(draft::status);
        draft.marked(mark);
        out.foreign(span.kind().aside() ? draft.aside() : draft);
    }
}
