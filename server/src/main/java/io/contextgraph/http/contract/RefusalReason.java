// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.contract;

/** A refusal that a client can tell from others. */
public interface RefusalReason {
    /** HTTP status. */
    int status();

    /** The stable name for machines. */
    String code();

    /** What it says, in Markdown. */
    String meaning();
}
