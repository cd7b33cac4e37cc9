// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.format;

import tools.jackson.databind.JsonNode;

/**
 * One JSON value of a file: the whole document, or one line.
 *
 * @param name the file's name without folder and endings; of a line, with {@code :} and its number
 * @param place empty for a document, else {@code line 12}
 * @param json the value
 * @param chars roughly how long its text was
 */
public record Unit(String name, String place, JsonNode json, long chars) {
    /** Names a place inside this value by its JSON pointer. */
    String at(String pointer) {
        if (place.isEmpty()) {
            return pointer;
        }
        return pointer.isEmpty() ? place : place + " " + pointer;
    }
}
