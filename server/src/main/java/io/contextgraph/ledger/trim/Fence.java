// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.trim;

/** One taking of a lease: a greater number is a later one. */
public record Fence(String owner, long number) {}
