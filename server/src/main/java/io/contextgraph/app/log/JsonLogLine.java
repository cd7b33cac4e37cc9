// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import io.contextgraph.event.Json;
import io.contextgraph.ops.LogFields;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * A line of the log as one JSON object.
 *
 * <p><b>Shape.</b> {@code time} (RFC 3339, UTC, milliseconds), {@code level}, {@code logger}, {@code message}; {@code request_id} where
 * a request is answered, and {@code trace_id} where it is traced; {@code exception}, with where it came from, where there is one.
 * Nothing else of what a library attaches.
 */
final class JsonLogLine extends EncoderBase<ILoggingEvent> {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private static final byte[] NOTHING = {};

    private static final List<String> FIELDS = List.of(LogFields.REQUEST_ID, LogFields.TRACE_ID);

    @Override
    public byte[] headerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] footerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        Map<String, String> known = event.getMDCPropertyMap();
        Optional<IThrowableProxy> thrown = Optional.ofNullable(event.getThrowableProxy());
        return line(
                new Head(
                        Instant.ofEpochMilli(event.getTimeStamp()),
                        event.getLevel().toString(),
                        event.getLoggerName()),
                event.getFormattedMessage(),
                known,
                thrown.map(ThrowableProxyUtil::asString));
    }

    /** What every line begins with. */
    record Head(Instant time, String level, String logger) {}

    /** A line that nobody has logged. */
    static byte[] line(Head head, String message) {
        return line(head, message, Map.of(), Optional.empty());
    }

    private static byte[] line(Head head, String message, Map<String, String> known, Optional<String> exception) {
        ObjectNode line = Json.MAPPER
                .createObjectNode()
                .put("time", TIME.format(head.time()))
                .put("level", head.level())
                .put("logger", head.logger())
                .put("message", message);
        for (String field : FIELDS) {
            String value = known.get(field);
            if (value != null) {
                line.put(field, value);
            }
        }
        exception.ifPresent(text -> line.put("exception", text));
        return (line + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
