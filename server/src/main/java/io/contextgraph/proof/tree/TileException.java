// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.tree;

/** A part of a tree is missing, or is not what it must be. */
public final class TileException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TileException(String message) {
        super(message);
    }
}
