// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.otlp;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/**
 * Cuts a request of OTLP/protobuf, of any signal: they have the same form down to their records. What is read of it already
 * is some times as large as its bytes, what it becomes as JSON many times.
 */
final class OtlpProtobufParts {
    /** How deep records stand in a request: under its resources and their scopes. */
    private static final int SCOPE = 2;

    /** Bytes of the number of a field, where that is small. */
    private static final int TAG = 1;

    private final int part;
    private final int mostRecord;
    private final List<Supplier<JsonNode>> parts = new ArrayList<>();
    private long oversized;

    private OtlpProtobufParts(int part, int mostRecord) {
        this.part = part;
        this.mostRecord = mostRecord;
    }

    /** Cuts {@code request}; {@code part} is about how many bytes of records are in each. */
    static OtlpRequest of(Message request, int part, int mostRecord) {
        OtlpProtobufParts cutting = new OtlpProtobufParts(part, mostRecord);
        if (request.getSerializedSize() <= part && cutting.fits(request, 0)) {
            return new OtlpRequest(List.of(() -> OtlpProtobuf.json(request)), 0);
        }
        cutting.cut(request, 0, UnaryOperator.identity());
        return new OtlpRequest(cutting.parts, cutting.oversized);
    }

    /** Cuts a message that is so deep in the request; {@code around} puts what is left of it in its place. */
    private void cut(Message message, int depth, UnaryOperator<Message> around) {
        List<Message> elements = elements(message, depth);
        if (!isRoomFor(message, elements, depth)) {
            oversized += Math.max(1, records(message, depth));
            return;
        }
        List<Message> together = new ArrayList<>();
        int bytes = 0;
        for (Message element : elements) {
            int size = element.getSerializedSize();
            if (bytes + size > part) {
                add(message, depth, around, together);
                together.clear();
                bytes = 0;
            }
            if (depth == SCOPE && size > mostRecord) {
                oversized++;
            } else if (depth < SCOPE && (size > part || !fits(element, depth + 1))) {
                cut(element, depth + 1, inner -> around.apply(with(message, depth, List.of(inner))));
            } else {
                together.add(element);
                bytes += size;
            }
        }
        add(message, depth, around, together);
    }

    private void add(Message message, int depth, UnaryOperator<Message> around, List<Message> some) {
        if (!some.isEmpty()) {
            List<Message> elements = List.copyOf(some);
            parts.add(() -> OtlpProtobuf.json(around.apply(with(message, depth, elements))));
        }
    }

    /** Whether nothing in it is too large, or has too much around it. */
    private boolean fits(Message message, int depth) {
        List<Message> elements = elements(message, depth);
        return isRoomFor(message, elements, depth)
                && elements.stream()
                        .allMatch(element ->
                                depth == SCOPE ? element.getSerializedSize() <= mostRecord : fits(element, depth + 1));
    }

    /** Whether a message leaves room for its elements. */
    private boolean isRoomFor(Message message, List<Message> elements, int depth) {
        int within = elements.stream()
                .mapToInt(element -> TAG + CodedOutputStream.computeMessageSizeNoTag(element))
                .sum();
        int around = message.getSerializedSize() - within;
        return OtlpRequest.fits(around, records(message, depth), mostRecord);
    }

    private static long records(Message message, int depth) {
        List<Message> elements = elements(message, depth);
        return depth == SCOPE
                ? elements.size()
                : elements.stream()
                        .mapToLong(element -> records(element, depth + 1))
                        .sum();
    }

    private static Message with(Message message, int depth, List<Message> elements) {
        return message.toBuilder().setField(field(message, depth), elements).build();
    }

    @SuppressWarnings("unchecked") // it is a list of messages
    private static List<Message> elements(Message message, int depth) {
        return (List<Message>) message.getField(field(message, depth));
    }

    /** The first of a request, the second of a resource and of a scope. */
    private static FieldDescriptor field(Message message, int depth) {
        return message.getDescriptorForType().findFieldByNumber(depth == 0 ? 1 : 2);
    }
}
