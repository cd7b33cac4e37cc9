// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.remote;

import io.contextgraph.event.Json;
import tools.jackson.databind.JsonNode;

/** A server does not do what was asked, and says why; or something answers that is no server of ours. */
public final class RemoteException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final transient JsonNode problem;

    RemoteException(int status, String code, String message) {
        this(status, code, message, Json.MAPPER.createObjectNode());
    }

    /** @param problem the answer */
    RemoteException(int status, String code, String message, JsonNode problem) {
        super(message);
        this.status = status;
        this.code = code;
        this.problem = problem;
    }

    /** What the answer says besides; empty where it does not. */
    String told(String name) {
        return problem.path(name).asString("");
    }

    /** A part of the answer; missing where it does not have it. */
    JsonNode part(String name) {
        return problem.path(name);
    }

    /** The status of the answer. */
    public int status() {
        return status;
    }

    /** Stable name for machines, as the server has it. */
    public String code() {
        return code;
    }
}
