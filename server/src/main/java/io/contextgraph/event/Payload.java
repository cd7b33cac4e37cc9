// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

/**
 * What an event carries besides its envelope: the text of one JSON object, as the producer sent it but for white
 * space. Opaque to the ledger.
 */
public record Payload(String json) {
    /** The sizes only: a payload never ends up in a log. */
    @Override
    public String toString() {
        return "Payload[" + json.length() + " characters]";
    }
}
