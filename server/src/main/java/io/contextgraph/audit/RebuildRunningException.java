// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.audit;

import io.contextgraph.operation.WorkFailedException;

/** Another rebuild of the same graph is at work, in this process or in another one. */
public final class RebuildRunningException extends WorkFailedException {
    private static final long serialVersionUID = 1L;

    public RebuildRunningException() {
        super("another rebuild of this graph is running; one that was killed can be gone on with a minute later");
    }
}
