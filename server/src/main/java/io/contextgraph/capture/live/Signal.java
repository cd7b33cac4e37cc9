// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.live;

/** What a request of OTLP brings. */
public enum Signal {
    TRACES("traces", "span"),
    LOGS("logs", "log record"),
    METRICS("metrics", "metric data point");

    private final String wireName;
    private final String noun;

    Signal(String wireName, String noun) {
        this.wireName = wireName;
        this.noun = noun;
    }

    /** As it stands in addresses and metrics. */
    public String wireName() {
        return wireName;
    }

    /** One of its records, for people. */
    public String noun() {
        return noun;
    }
}
