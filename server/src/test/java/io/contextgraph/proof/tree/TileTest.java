// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where tiles are. */
class TileTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0, 256, tile/0/000",
        "0, 7, 256, tile/0/007",
        "0, 999, 17, tile/0/999.p/17",
        "1, 1000, 256, tile/1/x001/000",
        "0, 1234067, 255, tile/0/x001/x234/067.p/255",
        "7, 123456789012, 256, tile/7/x123/x456/x789/012"
    })
    void aPathIsThatOfTheFormat(int level, long index, int width, String path) {
        Tile tile = new Tile(level, index, width);
        assertThat(tile.path()).isEqualTo(path);
        assertThat(Tile.parse(path)).contains(tile);
        assertThat(Tile.parse(tile.full().path())).contains(tile.full());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "tile/0/0",
                "tile/0/0000",
                "tile/00/000",
                "tile/8/000",
                "tile/0/x000/001",
                "tile/0/000.p/0",
                "tile/0/000.p/256",
                "tile/0/000.p/257",
                "tile/0/000.p/01",
                "tile/0/000/",
                "tile/0/../000",
                "tile/entries/000",
                "tile/0/x001/x234/x067"
            })
    void nothingElseIsAPath(String path) {
        assertThat(Tile.parse(path)).isEmpty();
    }

    @Test
    void noTileIsOutOfBounds() {
        assertThatThrownBy(() -> new Tile(0, 0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Tile(0, 0, 257)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Tile(0, -1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Tile(8, 0, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aTileIsFullWhenTheTreeIsLargeEnough() {
        assertThat(new Tile(0, 1, 3).isFullIn(511)).isFalse();
        assertThat(new Tile(0, 1, 3).isFullIn(512)).isTrue();
        assertThat(new Tile(1, 0, 3).isFullIn(65_535)).isFalse();
        assertThat(new Tile(1, 0, 3).isFullIn(65_536)).isTrue();
    }
}
