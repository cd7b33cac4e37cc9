// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.contract;

import java.util.Locale;

/** What a route is about. */
public enum Topic {
    LEDGER("Events and sessions"),
    OTLP("OpenTelemetry: what SDKs and the Collector send"),
    GRAPH("Questions to the graph, in Atlas form"),
    PROOF("What others can check without trusting this server"),
    PRIVACY("What is about persons"),
    OPERATIONS("Running the server");

    private final String description;

    Topic(String description) {
        this.description = description;
    }

    /** In the words of the contract. */
    public String description() {
        return description;
    }

    /** The name on the wire. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
