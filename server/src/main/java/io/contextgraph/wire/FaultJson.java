// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.wire;

import io.contextgraph.event.Fault;
import io.contextgraph.event.Json;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** What is wrong with an input, as clients see it. */
public final class FaultJson {
    private FaultJson() {}

    /** Where it is, which rule is broken for machines and for people. */
    public static ArrayNode of(List<Fault> faults) {
        ArrayNode array = Json.MAPPER.createArrayNode();
        faults.forEach(fault -> array.addObject()
                .put("pointer", fault.pointer())
                .put("code", fault.code())
                .put("message", fault.message()));
        return array;
    }

    /** Reads them; nothing where there are none. */
    public static List<Fault> read(JsonNode faults) {
        return faults.valueStream()
                .map(fault -> new Fault(
                        fault.path("pointer").asString(""),
                        fault.path("code").asString(""),
                        fault.path("message").asString("")))
                .toList();
    }
}
