// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.record;

import io.contextgraph.capture.text.Replacement;
import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventLimits;
import io.contextgraph.event.Fault;
import io.contextgraph.event.Json;
import io.contextgraph.event.Sha256;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes the payload of a foreign event fit: an event is never lost for its size, nor for half a character.
 *
 * <p><b>Shape.</b> Each half of a surrogate pair that stands alone becomes U+FFFD, and the payload gets {@code "replaced"} with their number. What nests too deep becomes its own JSON text, in place, and the payload gets {@code "flattened":
 * true}. Of a payload that is too large the longest texts keep their beginning, in place, and the payload gets
 * {@code "truncated": true} and {@code "cut": [{pointer, length, sha256}]} with the length in characters and the hash
 * (of the UTF-8 bytes) of each whole text. A payload that is too large without long texts is replaced by
 * {@code {truncated, length, sha256, text}}: the beginning of its JSON text.
 */
final class PayloadFitter {
    private static final String TRUNCATED = "truncated";
    private static final String SHA256 = "sha256";
    private static final String LENGTH = "length";

    /** No character takes more bytes than an escape. */
    private static final long LONGEST_ESCAPE = 6;

    private static final long LONGEST_SCALAR = 26;

    /** What remains of a text that is cut, at least; shorter ones stay whole. */
    private static final int MIN_KEPT = 1024;

    private final EventLimits limits;

    PayloadFitter(EventLimits limits) {
        this.limits = limits;
    }

    /** Gives {@code event} another payload where it has to: parts of the one that it has may stand in other events, too. */
    void fit(ObjectNode event) {
        if (event.get(EventFields.PAYLOAD) instanceof ObjectNode payload) {
            ObjectNode own = payload.deepCopy();
            change(event.set(EventFields.PAYLOAD, own), own);
        }
    }

    private void change(ObjectNode event, ObjectNode payload) {
        long replaced = Replacement.in(payload, true).replaced().halves();
        if (replaced > 0) {
            payload.put("replaced", replaced);
        }
        if (Json.depth(payload) > limits.maxPayloadDepth()) {
            flatten(payload, limits.maxPayloadDepth());
            payload.put("flattened", true);
        }
        if (isLarge(event)) {
            String whole = text(payload);
            if (!cutTexts(event, payload)) {
                replaceByBeginning(event, whole);
            }
        }
    }

    /** Whether it has more bytes than an event may have. */
    boolean isLarge(ObjectNode event) {
        return atMost(event) > limits.maxEventBytes() && size(event) > limits.maxEventBytes();
    }

    /** No fewer bytes than {@code json} has as text, told without writing it: nearly all events are far below the limit. */
    private static long atMost(JsonNode json) {
        if (json instanceof ObjectNode object) {
            return object.properties().stream()
                            .mapToLong(entry -> atMost(entry.getKey()) + atMost(entry.getValue()) + 2)
                            .sum()
                    + 2;
        }
        if (json instanceof ArrayNode array) {
            return array.valueStream().mapToLong(value -> atMost(value) + 1).sum() + 2;
        }
        if (json.isString()) {
            return atMost(json.stringValue());
        }
        if (json.isBigDecimal() || json.isBigInteger()) {
            BigDecimal number = json.decimalValue();
            return LONGEST_SCALAR + number.precision() + Math.abs((long) number.scale());
        }
        return LONGEST_SCALAR;
    }

    private static long atMost(String text) {
        return LONGEST_ESCAPE * text.length() + 2;
    }

    private static int size(JsonNode json) {
        return text(json).getBytes(StandardCharsets.UTF_8).length;
    }

    private static String text(JsonNode json) {
        return Json.MAPPER.writeValueAsString(json);
    }

    /** Lets containers below {@code levels} become text; {@code node} itself is the first level. */
    private static void flatten(JsonNode node, int levels) {
        if (node instanceof ObjectNode object) {
            for (String name : List.copyOf(object.propertyNames())) {
                JsonNode child = object.get(name);
                if (child.isContainer() && levels == 1) {
                    object.put(name, text(child));
                } else {
                    flatten(child, levels - 1);
                }
            }
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                JsonNode child = array.get(i);
                if (child.isContainer() && levels == 1) {
                    array.set(i, text(child));
                } else {
                    flatten(child, levels - 1);
                }
            }
        }
    }

    /** Cuts texts, longest first, until the event fits; false when there are not enough long ones. */
    private boolean cutTexts(ObjectNode event, ObjectNode payload) {
        List<Text> texts = new ArrayList<>();
        collect(payload, "", texts);
        texts.sort(Comparator.<Text>comparingInt(t -> t.value().length()).reversed());
        ArrayNode cuts = Json.MAPPER.createArrayNode();
        int size = size(event);
        for (Text text : texts) {
            if (size <= limits.maxEventBytes()) {
                return true;
            }
            ObjectNode cut = cuts.addObject()
                    .put("pointer", text.pointer())
                    .put(LENGTH, text.value().codePointCount(0, text.value().length()))
                    .put(SHA256, Sha256.hex(text.value().getBytes(StandardCharsets.UTF_8)));
            text.keep(0);
            if (cuts.size() == 1) {
                payload.put(TRUNCATED, true);
                payload.set("cut", cuts);
                size = size(event);
            } else {
                size += size(cut) + 1 - size(text.value()) + size("");
            }
            // The last text that must be cut keeps what there is room for.
            String kept = start(text.value(), Math.max(MIN_KEPT, fitting(text.value(), limits.maxEventBytes() - size)));
            text.replace().accept(kept);
            size += size(kept) - size("");
        }
        return size <= limits.maxEventBytes();
    }

    /** As a string of JSON. */
    private static int size(String text) {
        return Json.MAPPER.writeValueAsString(text).getBytes(StandardCharsets.UTF_8).length;
    }

    private static void collect(JsonNode node, String pointer, List<Text> into) {
        if (node instanceof ObjectNode object) {
            object.forEachEntry((name, child) -> {
                String at = pointer + Fault.pointer(name);
                if (child.isString() && child.stringValue().length() > MIN_KEPT) {
                    into.add(new Text(at, child.stringValue(), text -> object.put(name, text)));
                } else {
                    collect(child, at, into);
                }
            });
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                JsonNode child = array.get(i);
                int index = i;
                if (child.isString() && child.stringValue().length() > MIN_KEPT) {
                    into.add(new Text(pointer + "/" + i, child.stringValue(), text -> array.set(index, text)));
                } else {
                    collect(child, pointer + "/" + i, into);
                }
            }
        }
    }

    private void replaceByBeginning(ObjectNode event, String whole) {
        JsonNode mark = event.path(EventFields.PAYLOAD).path(Mark.FIELD);
        ObjectNode instead = event.putObject(EventFields.PAYLOAD);
        if (!mark.isMissingNode()) {
            instead.set(Mark.FIELD, mark);
        }
        instead.put(TRUNCATED, true);
        instead.put(LENGTH, whole.codePointCount(0, whole.length()));
        instead.put(SHA256, Sha256.hex(whole.getBytes(StandardCharsets.UTF_8)));
        instead.put("text", "");
        instead.put("text", start(whole, fitting(whole, limits.maxEventBytes() - size(event))));
    }

    /** How many UTF-16 units of {@code text} become at most {@code bytes} bytes inside a JSON string. */
    private static int fitting(String text, int bytes) {
        int left = bytes;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x20) {
                left -= 6;
            } else if (c == '"' || c == '\\') {
                left -= 2;
            } else if (c < 0x80) {
                left -= 1;
            } else {
                left -= c < 0x800 ? 2 : 3;
            }
            if (left < 0) {
                return i;
            }
        }
        return text.length();
    }

    private static String start(String text, int units) {
        int end = Math.min(units, text.length());
        if (end > 0 && end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }

    /** A long text, where it stands and how to replace it there. */
    private record Text(String pointer, String value, Consumer<String> replace) {
        void keep(int units) {
            replace.accept(start(value, units));
        }
    }
}
