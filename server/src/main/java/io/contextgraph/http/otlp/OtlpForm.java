// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.otlp;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.contextgraph.capture.live.ExportOutcome;
import io.contextgraph.capture.live.Signal;
import io.contextgraph.capture.otlp.OtlpProtobuf;
import io.contextgraph.capture.otlp.OtlpRequest;
import io.contextgraph.event.Json;
import io.contextgraph.http.engine.Call;
import io.contextgraph.http.problem.Problem;
import io.contextgraph.http.problem.ProblemCode;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsPartialSuccess;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsPartialSuccess;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The two encodings of OTLP over HTTP: requests are read in it, and answered in the same. */
enum OtlpForm {
    PROTOBUF("application/x-protobuf") {
        @Override
        OtlpRequest read(Signal signal, byte[] body) {
            try {
                Message request = switch (signal) {
                    case TRACES -> OtlpProtobuf.parse(ExportTraceServiceRequest.parser(), body);
                    case LOGS -> OtlpProtobuf.parse(ExportLogsServiceRequest.parser(), body);
                    case METRICS -> OtlpProtobuf.parse(ExportMetricsServiceRequest.parser(), body);
                };
                return OtlpRequest.ofProtobuf(request);
            } catch (InvalidProtocolBufferException malformed) {
                throw Problem.of(
                                ProblemCode.MALFORMED_PROTOBUF,
                                "The body is not a request of OTLP for " + signal.wireName()
                                        + ": it is damaged, cut, or something else.")
                        .raised();
            }
        }

        @Override
        byte[] answer(Signal signal, ExportOutcome outcome) {
            return response(signal, outcome).toByteArray();
        }

        @Override
        byte[] status(RpcStatus status) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            try {
                out.writeInt32(1, status.code());
                out.writeString(2, status.message());
                out.flush();
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible);
            }
            return bytes.toByteArray();
        }
    },
    JSON(Call.JSON) {
        @Override
        OtlpRequest read(Signal signal, byte[] body) {
            try {
                String text = StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(body))
                        .toString();
                OtlpRequest request = OtlpRequest.ofJson(text);
                return new OtlpRequest(
                        request.parts().stream()
                                .<Supplier<JsonNode>>map(part -> () -> part(part))
                                .toList(),
                        request.oversized());
            } catch (CharacterCodingException notUtf8) {
                throw malformed("The body is not UTF-8.");
            } catch (IllegalArgumentException other) {
                throw malformed("The body is no JSON object.");
            } catch (JacksonException malformed) {
                throw malformed(NOT_JSON);
            }
        }

        // What only shows when it is read: a name that is there twice, a number beyond all bounds.
        private JsonNode part(Supplier<JsonNode> part) {
            try {
                return part.get();
            } catch (JacksonException malformed) {
                throw malformed(NOT_JSON);
            }
        }

        @Override
        byte[] answer(Signal signal, ExportOutcome outcome) {
            return Json.MAPPER.writeValueAsBytes(OtlpProtobuf.json(response(signal, outcome)));
        }

        @Override
        byte[] status(RpcStatus status) {
            ObjectNode json = Json.MAPPER.createObjectNode();
            json.put("code", status.code()).put("message", status.message());
            return Json.MAPPER.writeValueAsBytes(json);
        }
    };

    private static final String NOT_JSON =
            "The body is not JSON, nests too deep, has a number beyond all bounds, or an object in it names a key twice.";

    private final String mediaType;

    OtlpForm(String mediaType) {
        this.mediaType = mediaType;
    }

    String mediaType() {
        return mediaType;
    }

    /** The form in which somebody is answered who has sent a body of this type. */
    static OtlpForm of(String contentType) {
        return contentType.strip().toLowerCase(Locale.ROOT).startsWith(JSON.mediaType) ? JSON : PROTOBUF;
    }

    /** The request as OTLP/JSON. */
    abstract OtlpRequest read(Signal signal, byte[] body);

    abstract byte[] answer(Signal signal, ExportOutcome outcome);

    abstract byte[] status(RpcStatus status);

    private static RuntimeException malformed(String detail) {
        return Problem.of(ProblemCode.MALFORMED_JSON, detail).raised();
    }

    /** What OTLP answers; where everything is well, an empty message. */
    static Message response(Signal signal, ExportOutcome outcome) {
        return switch (signal) {
            case TRACES ->
                outcome.isWhole()
                        ? ExportTraceServiceResponse.getDefaultInstance()
                        : ExportTraceServiceResponse.newBuilder()
                                .setPartialSuccess(ExportTracePartialSuccess.newBuilder()
                                        .setRejectedSpans(outcome.refused())
                                        .setErrorMessage(outcome.told()))
                                .build();
            case LOGS ->
                outcome.isWhole()
                        ? ExportLogsServiceResponse.getDefaultInstance()
                        : ExportLogsServiceResponse.newBuilder()
                                .setPartialSuccess(ExportLogsPartialSuccess.newBuilder()
                                        .setRejectedLogRecords(outcome.refused())
                                        .setErrorMessage(outcome.told()))
                                .build();
            case METRICS ->
                outcome.isWhole()
                        ? ExportMetricsServiceResponse.getDefaultInstance()
                        : ExportMetricsServiceResponse.newBuilder()
                                .setPartialSuccess(ExportMetricsPartialSuccess.newBuilder()
                                        .setRejectedDataPoints(outcome.refused())
                                        .setErrorMessage(outcome.told()))
                                .build();
        };
    }
}
