// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.report;

import io.contextgraph.event.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A figure that the product wants to reach, and what was measured.
 *
 * @param name what it is about
 * @param target what it should be
 * @param measured what it is
 * @param reached whether that is good enough
 */
public record Figure(String name, String target, String measured, boolean reached) {
    /** A figure that should be at least {@code least}; {@code form} shows both, as {@code %.0f%%}. */
    public static Figure atLeast(String name, double least, double measured, String form) {
        return new Figure(name, "at least " + show(form, least), show(form, measured), measured >= least);
    }

    /** A figure that should be at most {@code most}. */
    public static Figure atMost(String name, double most, double measured, String form) {
        return new Figure(name, "at most " + show(form, most), show(form, measured), measured <= most);
    }

    private static String show(String form, double value) {
        return form.formatted(value);
    }

    ObjectNode toJson() {
        return Json.MAPPER
                .createObjectNode()
                .put("name", name)
                .put("target", target)
                .put("measured", measured)
                .put("reached", reached);
    }

    static Figure of(JsonNode json) {
        return new Figure(
                json.required("name").stringValue(),
                json.required("target").stringValue(),
                json.required("measured").stringValue(),
                json.required("reached").booleanValue());
    }
}
