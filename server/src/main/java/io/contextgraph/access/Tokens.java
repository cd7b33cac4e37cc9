// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.access;

/** Tells who shows a token of an identity provider. */
@FunctionalInterface
public interface Tokens {
    /** Whose token it is. */
    Identified identify(String token);
}
