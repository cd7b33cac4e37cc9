// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.tree;

/** Where the tiles of a tree are. */
@FunctionalInterface
public interface Tiles {
    /**
     * The hashes of a tile, one behind the other.
     *
     * @return {@link Tile#bytes} of them
     * @throws TileException when it is not there, or not as long as it must be
     */
    byte[] read(Tile tile);
}
