// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

import tools.jackson.core.JsonPointer;

/**
 * One thing that is wrong with an input.
 *
 * @param pointer where, as a JSON pointer (RFC 6901) into the input
 * @param code stable, for machines
 * @param message the rule, then the actual value where that is no secret and no payload
 */
public record Fault(String pointer, String code, String message) {
    /** A JSON pointer to a field. */
    public static String pointer(String field) {
        return JsonPointer.empty().appendProperty(field).toString();
    }
}
