// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.wire;

import io.contextgraph.event.Json;
import io.contextgraph.ops.Finding;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** What an examination found, as clients see it: {@code level}, {@code subject}, {@code message}. */
public final class FindingJson {
    private FindingJson() {}

    /** All of them, in their order. */
    public static ArrayNode of(List<Finding> findings) {
        ArrayNode json = Json.MAPPER.createArrayNode();
        findings.forEach(finding -> json.addObject()
                .put("level", name(finding.level()))
                .put("subject", finding.subject())
                .put("message", finding.message()));
        return json;
    }

    /** Reads them. */
    public static List<Finding> read(JsonNode findings) {
        return findings.valueStream()
                .map(json -> Finding.of(
                        Finding.Level.valueOf(
                                json.required("level").stringValue().toUpperCase(Locale.ROOT)),
                        json.required("subject").stringValue(),
                        json.required("message").stringValue()))
                .toList();
    }

    /** The name of a level, for machines. */
    public static String name(Finding.Level level) {
        return level.name().toLowerCase(Locale.ROOT);
    }
}
