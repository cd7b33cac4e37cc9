// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.growth;

/** What is measured at each size of a ledger. */
enum Measure {
    APPEND_REDIS("append: Redis, us/event", "%.1f"),
    APPEND_PORT("append: port and load generator, us/event", "%.1f"),
    APPEND_RATE("append: events/s", "%,.0f"),
    APPEND_REWRITES("rewrites of the append-only file meanwhile", "%.0f"),
    SESSION("first page by session, p50 ms", "%.2f"),
    SESSION_P95("the same, p95 ms", "%.2f"),
    TRACE("first page by trace, p50 ms", "%.2f"),
    TRACE_P95("the same, p95 ms", "%.2f"),
    AGENT("first page by agent, p50 ms", "%.2f"),
    AGENT_P95("the same, p95 ms", "%.2f"),
    TYPE("first page by type, within 10 minutes, p50 ms", "%.2f"),
    TYPE_P95("the same, p95 ms", "%.2f"),
    DEEP_PAGE("which page is the deep one", "%,.0f"),
    DEEP_TIME("deep page by time, p50 ms", "%.2f"),
    DEEP_TIME_P95("the same, p95 ms", "%.2f"),
    DEEP_COMMIT("deep page in commit order, p50 ms", "%.2f"),
    DEEP_COMMIT_P95("the same, p95 ms", "%.2f"),
    MEMORY("memory, bytes/event", "%,.0f"),
    RESTART("from the start of Redis to the first answers, s", "%.2f"),
    RESTART_CPU("of it processor time of Redis, s", "%.2f"),
    EXAMINE("examination (`ledger examine`), s", "%.2f");

    private final String shown;
    private final String form;

    Measure(String shown, String form) {
        this.shown = shown;
        this.form = form;
    }

    /** In the words of the table. */
    String shown() {
        return shown;
    }

    /** A value of it, as text. */
    String show(double value) {
        return form.formatted(value);
    }
}
