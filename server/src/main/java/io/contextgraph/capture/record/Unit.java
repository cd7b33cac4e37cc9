// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.record;

import io.contextgraph.capture.text.Replaced;
import tools.jackson.databind.JsonNode;

/**
 * One JSON value of a file: a document, or one line.
 *
 * @param place empty for the only document of a file, else {@code line 12}, where it begins
 * @param json the value
 * @param chars roughly how long its text was
 * @param replaced what of it is not as it was written
 */
public record Unit(String place, JsonNode json, long chars, Replaced replaced) {
    /** Names a place inside this value by its JSON pointer. */
    public String at(String pointer) {
        if (place.isEmpty()) {
            return pointer;
        }
        return pointer.isEmpty() ? place : place + " " + pointer;
    }
}
