// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

/** What there is between two steps: rests, and keeps the lease. */
@FunctionalInterface
interface Between {
    void steps();
}
