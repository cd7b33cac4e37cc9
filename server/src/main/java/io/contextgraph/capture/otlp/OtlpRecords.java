// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.otlp;

import io.contextgraph.capture.record.Emitter;
import io.contextgraph.capture.record.Unit;
import io.contextgraph.capture.record.Whom;
import io.contextgraph.dialect.LogEvents;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads the records of one value. One that cannot be read is refused. */
final class OtlpRecords implements OtlpFound {
    private final Unit unit;
    private final Emitter out;
    private final Whom whom;
    private final Consumer<OtlpRecord> into;
    private final Consumer<String> untraced;
    private final Map<String, Integer> equals;
    private final boolean goesOn;

    /**
     * For one value.
     *
     * @param untraced is told where a log record stands that belongs to nothing
     * @param equals log records of the same request, by digest: how many there were
     * @param goesOn whether the value is a part of a request, whose other parts count in {@code equals}
     */
    OtlpRecords(
            Unit unit,
            Emitter out,
            Whom whom,
            Consumer<OtlpRecord> into,
            Consumer<String> untraced,
            Map<String, Integer> equals,
            boolean goesOn) {
        this.unit = unit;
        this.out = out;
        this.whom = whom;
        this.into = into;
        this.untraced = untraced;
        this.equals = equals;
        this.goesOn = goesOn;
    }

    @Override
    public void request() {
        if (!goesOn) {
            equals.clear();
        }
    }

    @Override
    public void span(JsonNode span, ObjectNode context, String pointer) {
        record(() -> OtlpDecoder.span(span, context, whom, unit.at(pointer)), pointer);
    }

    @Override
    public void log(JsonNode log, ObjectNode context, String pointer) {
        if (belongsToNothing(log)) {
            untraced.accept(unit.at(pointer));
            return;
        }
        record(
                () -> {
                    OtlpLog record = OtlpDecoder.log(log, context, whom, unit.at(pointer));
                    return record.again(equals.merge(record.digest(), 1, Integer::sum));
                },
                pointer);
    }

    /** Neither an event of a kind that is known, nor of a trace; what cannot be read is told otherwise. */
    private static boolean belongsToNothing(JsonNode log) {
        try {
            return log.isObject()
                    && !LogEvents.isEvent(OtlpLog.name(log))
                    && OtlpValues.traceId(log).isEmpty();
        } catch (IllegalArgumentException wrong) {
            return false;
        }
    }

    private void record(Supplier<OtlpRecord> decoded, String pointer) {
        OtlpRecord record;
        try {
            record = decoded.get();
        } catch (IllegalArgumentException wrong) {
            refuse(pointer, wrong);
            return;
        }
        into.accept(record);
    }

    @Override
    public void refuse(String pointer, IllegalArgumentException wrong) {
        String reason = wrong instanceof OtlpValueException value
                ? value.rule() + out.quoted(": ", value.value())
                : String.valueOf(wrong.getMessage());
        out.refuse(unit.at(pointer), reason);
    }

    @Override
    public void skip(String what, long count) {
        out.skip(what, count);
    }
}
