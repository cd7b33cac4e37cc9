// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.system;

import io.contextgraph.http.contract.Schema;
import io.contextgraph.ops.Health;
import java.util.List;
import java.util.stream.Stream;

/** The JSON of what tools and people look at first, as the contract has it. */
final class SystemSchemas {
    private static final List<String> CONCERNS = List.of(
            "redis_unavailable",
            "redis_slow",
            "redis_read_only",
            "memory_full",
            "durability_unreachable",
            "appends_refused",
            "ledger_corrupt",
            "ledger_shorter",
            "index_incomplete",
            "persistence_failing",
            "memory_high",
            "redis_evicts",
            "neo4j_unavailable",
            "projection_waiting",
            "projection_stalled",
            "retention_group_missing",
            "retention_held",
            "retention_window_shrunk",
            "retention_failing");

    static final Schema HEALTH = Schema.fields()
            .with(
                    "status",
                    Schema.choice(Stream.of(Health.Status.values())
                            .map(Health.Status::wireName)
                            .toList()))
            .with("redis", Schema.flag())
            .with("neo4j", Schema.flag())
            .with("version", Schema.text())
            .maybe("concerns", Schema.list(Schema.choice(CONCERNS)).saying("What is wrong; left out when nothing is"))
            .named("Health");

    static final Schema PROBE = Schema.fields()
            .with("status", Schema.choice(List.of("live", "ready", "not_ready")))
            .named("Probe");

    static final Schema SIGNPOST = Schema.fields()
            .with("name", Schema.text())
            .with("version", Schema.text())
            .with("links", Schema.map(Schema.text()))
            .named("Signpost");

    static final Schema DETAILED_HEALTH = Schema.fields()
            .with("version", Schema.text())
            .with("java", Schema.text())
            .with(
                    "findings",
                    Schema.list(Schema.fields()
                            .with("level", Schema.choice(List.of("ok", "warning", "problem")))
                            .with("subject", Schema.text().saying("What was looked at"))
                            .with("message", Schema.text().saying("What was found, and what to do about it"))))
            .named("DetailedHealth");

    private SystemSchemas() {}
}
