// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.otlp;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.contextgraph.event.Json;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.LogsData;
import io.opentelemetry.proto.metrics.v1.MetricsData;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.io.IOException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * OTLP/protobuf as the OTLP/JSON that says the same: ids hexadecimal, 64-bit integers as texts, enums by their names;
 * fields at their defaults are left out.
 *
 * <p><b>Source.</b> OTLP specification, JSON Protobuf Encoding.
 */
public final class OtlpProtobuf {
    /** How deep messages may be in each other: a value of {@code AnyValue} is two deep for each level. */
    private static final int MAX_DEPTH = 250;

    private static final int TRACE_ID_BYTES = 16;
    private static final int SPAN_ID_BYTES = 8;
    private static final Set<String> IDS = Set.of("trace_id", "span_id", "parent_span_id");
    private static final JsonNodeFactory NODES = Json.MAPPER.getNodeFactory();

    private OtlpProtobuf() {}

    /** A message as JSON. */
    public static ObjectNode json(Message message) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        message.getAllFields().forEach((field, value) -> json.set(field.getJsonName(), field(field, value)));
        return json;
    }

    private static JsonNode field(FieldDescriptor field, Object value) {
        if (!field.isRepeated()) {
            return single(field, value);
        }
        ArrayNode elements = Json.MAPPER.createArrayNode();
        for (Object element : (List<?>) value) {
            elements.add(single(field, element));
        }
        return elements;
    }

    private static JsonNode single(FieldDescriptor field, Object value) {
        return switch (value) {
            case Message message -> json(message);
            case String text -> NODES.stringNode(text);
            case Long number ->
                NODES.stringNode(isUnsigned(field) ? Long.toUnsignedString(number) : Long.toString(number));
            case Integer number ->
                isUnsigned(field) && number < 0
                        ? NODES.numberNode(Integer.toUnsignedLong(number))
                        : NODES.numberNode(number);
            case Double number ->
                Double.isFinite(number) ? NODES.numberNode(number) : NODES.stringNode(number.toString());
            case Boolean truth -> NODES.booleanNode(truth);
            case ByteString bytes ->
                NODES.stringNode(
                        IDS.contains(field.getName())
                                ? HexFormat.of().formatHex(bytes.toByteArray())
                                : Base64.getEncoder().encodeToString(bytes.toByteArray()));
            case EnumValueDescriptor named -> named(named);
            default -> throw new IllegalStateException("OTLP has no " + field.getType() + ": " + field.getFullName());
        };
    }

    /** A value that is newer than this reader has no name. */
    private static JsonNode named(EnumValueDescriptor value) {
        return value.getIndex() < 0 ? NODES.numberNode(value.getNumber()) : NODES.stringNode(value.getName());
    }

    private static boolean isUnsigned(FieldDescriptor field) {
        return switch (field.getType()) {
            case UINT32, FIXED32, UINT64, FIXED64 -> true;
            default -> false;
        };
    }

    /**
     * A request, or what the Collector's file exporter writes for one, of whichever signal.
     *
     * @throws InvalidProtocolBufferException when it is none; the message says why
     */
    public static ObjectNode request(byte[] bytes) throws InvalidProtocolBufferException {
        return as(TracesData.parser(), bytes, OtlpProtobuf::isOfSpans)
                .or(() -> as(LogsData.parser(), bytes, OtlpProtobuf::isOfLogs))
                .or(() -> as(MetricsData.parser(), bytes, OtlpProtobuf::isOfMetrics))
                .orElseThrow(() -> new InvalidProtocolBufferException(
                        "it is no request of OTLP with spans, log records or metrics, or it is damaged"));
    }

    private static <M extends Message> Optional<ObjectNode> as(Parser<M> parser, byte[] bytes, Predicate<M> fits) {
        try {
            return Optional.of(parse(parser, bytes)).filter(fits).map(OtlpProtobuf::json);
        } catch (InvalidProtocolBufferException another) {
            return Optional.empty();
        }
    }

    /**
     * Reads a message that may be as deep as messages of OTLP are.
     *
     * @throws InvalidProtocolBufferException when it is none; the message says why
     */
    public static <M extends Message> M parse(Parser<M> parser, byte[] bytes) throws InvalidProtocolBufferException {
        CodedInputStream in = CodedInputStream.newInstance(bytes);
        int ignored = in.setRecursionLimit(MAX_DEPTH);
        M message = parser.parseFrom(in);
        try {
            if (!in.isAtEnd()) {
                throw new InvalidProtocolBufferException("something follows the message");
            }
        } catch (InvalidProtocolBufferException wrong) {
            throw wrong;
        } catch (IOException impossible) {
            throw new InvalidProtocolBufferException(impossible);
        }
        return message;
    }

    /** Signals have the same form down to their records: what a record has tells them apart. */
    private static boolean isOfSpans(TracesData data) {
        return data.getResourceSpansList().stream()
                .flatMap(resource -> resource.getScopeSpansList().stream())
                .flatMap(scope -> scope.getSpansList().stream())
                .allMatch(span -> span.getTraceId().size() == TRACE_ID_BYTES
                        && span.getSpanId().size() == SPAN_ID_BYTES);
    }

    private static boolean isOfLogs(LogsData data) {
        return data.getResourceLogsList().stream()
                .flatMap(resource -> resource.getScopeLogsList().stream())
                .flatMap(scope -> scope.getLogRecordsList().stream())
                .noneMatch(log -> log.getUnknownFields().hasField(LogRecord.TIME_UNIX_NANO_FIELD_NUMBER));
    }

    private static boolean isOfMetrics(MetricsData data) {
        return data.getResourceMetricsList().stream()
                .flatMap(resource -> resource.getScopeMetricsList().stream())
                .flatMap(scope -> scope.getMetricsList().stream())
                .allMatch(metric -> !metric.getName().isEmpty());
    }
}
