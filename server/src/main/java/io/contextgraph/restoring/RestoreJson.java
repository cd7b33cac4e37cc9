// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.restoring;

import io.contextgraph.archive.ArchiveJson;
import io.contextgraph.event.Json;
import io.contextgraph.event.Times;
import tools.jackson.databind.node.ObjectNode;

/** What came of a restore, as JSON. */
public final class RestoreJson {
    private RestoreJson() {}

    /** All of it. */
    public static ObjectNode of(RestoreReport report) {
        ObjectNode json = Json.MAPPER
                .createObjectNode()
                .put("dry_run", report.dryRun())
                .put("segments", report.segments())
                .put("restored", report.restored())
                .put("there", report.there())
                .put("refused", report.refused())
                .put("kept_until", report.keptUntil().map(Times::format).orElse(null));
        ArchiveJson.put(json, report.faults());
        return json;
    }
}
