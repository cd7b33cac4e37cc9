// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trees out of tiles, beside the definition of RFC 6962 as it stands there. */
class TreeTest {
    private static final int MOST = 1100;
    private static final TreeHasher HASHER = new TreeHasher();
    private static final List<Hash> LEAVES =
            IntStream.range(0, MOST).mapToObj(TreeTest::leaf).toList();

    private static Hash leaf(int number) {
        return HASHER.leaf(("entry " + number).getBytes(StandardCharsets.UTF_8));
    }

    /** {@code MTH(D[from:to])}. */
    private static Hash root(int from, int to) {
        if (to - from == 1) {
            return LEAVES.get(from);
        }
        int middle = from + Integer.highestOneBit(to - from - 1);
        return HASHER.node(root(from, middle), root(middle, to));
    }

    /** {@code PATH(m, D[from:to])}. */
    private static List<Hash> path(int m, int from, int to) {
        if (to - from == 1) {
            return List.of();
        }
        int k = Integer.highestOneBit(to - from - 1);
        List<Hash> path = new ArrayList<>(m < k ? path(m, from, from + k) : path(m - k, from + k, to));
        path.add(m < k ? root(from + k, to) : root(from, from + k));
        return path;
    }

    /** {@code SUBPROOF(m, D[from:to], known)}. */
    private static List<Hash> proof(int m, int from, int to, boolean known) {
        if (m == to - from) {
            return known ? List.of() : List.of(root(from, to));
        }
        int k = Integer.highestOneBit(to - from - 1);
        List<Hash> proof =
                new ArrayList<>(m <= k ? proof(m, from, from + k, known) : proof(m - k, from + k, to, false));
        proof.add(m <= k ? root(from + k, to) : root(from, from + k));
        return proof;
    }

    /** Tiles as they are stored, full ones and those at the right edge. */
    private static final class Stored implements Tiles {
        private final Map<Tile, byte[]> tiles = new HashMap<>();
        private final TreeGrowth growth = new TreeGrowth();

        private Stored(int leaves) {
            add(leaves);
            growth.partials(tiles::put);
        }

        private void add(int leaves) {
            LEAVES.subList(0, leaves).forEach(leaf -> growth.add(leaf, tiles::put));
        }

        @Override
        public byte[] read(Tile tile) {
            return Optional.ofNullable(tiles.get(tile)).orElseThrow(() -> new TileException("no " + tile.path()));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 8, 255, 256, 257, 511, 512, 513, 767, 1000, MOST})
    void rootsAndProofsAreThoseOfTheDefinition(int size) {
        Stored stored = new Stored(size);
        Tree tree = new Tree(stored, size);
        assertThat(stored.growth.root()).isEqualTo(root(0, size));
        assertThat(tree.root()).isEqualTo(root(0, size));
        Random random = new Random(size);
        for (int i = 0; i < 60; i++) {
            int of = 1 + random.nextInt(size);
            int index = random.nextInt(of);
            assertThat(tree.root(of)).isEqualTo(root(0, of));
            assertThat(tree.leaf(index)).isEqualTo(LEAVES.get(index));
            List<Hash> path = tree.inclusion(index, of);
            assertThat(path).isEqualTo(path(index, 0, of));
            assertThat(Proofs.includes(LEAVES.get(index), index, of, path, root(0, of)))
                    .isTrue();
            List<Hash> proof = tree.consistency(index + 1, of);
            assertThat(proof).isEqualTo(proof(index + 1, 0, of, true));
            assertThat(Proofs.extend(index + 1, root(0, index + 1), of, root(0, of), proof))
                    .isTrue();
        }
    }

    @Test
    void everyProofOfSmallTreesHoldsAndNothingElseDoes() {
        for (int size = 1; size <= 40; size++) {
            Tree tree = new Tree(new Stored(size), size);
            for (int index = 0; index < size; index++) {
                List<Hash> path = tree.inclusion(index, size);
                for (int other = 0; other < size; other++) {
                    assertThat(Proofs.includes(LEAVES.get(other), index, size, path, tree.root()))
                            .isEqualTo(other == index);
                }
                assertThat(Proofs.includes(LEAVES.get(index), index, size, more(path), tree.root()))
                        .isFalse();
                if (!path.isEmpty()) {
                    assertThat(Proofs.includes(
                                    LEAVES.get(index), index, size, path.subList(1, path.size()), tree.root()))
                            .isFalse();
                }
                refusesWrongConsistency(tree, index, size);
            }
        }
    }

    private static void refusesWrongConsistency(Tree tree, int earlier, int size) {
        List<Hash> proof = tree.consistency(earlier, size);
        Hash before = tree.root(earlier);
        assertThat(Proofs.extend(earlier, before, size, tree.root(), proof)).isTrue();
        assertThat(Proofs.extend(earlier, before, size, tree.root(), more(proof)))
                .isFalse();
        if (earlier > 0) {
            assertThat(Proofs.extend(earlier, leaf(-1), size, tree.root(), proof))
                    .isFalse();
            assertThat(Proofs.extend(earlier, before, size, leaf(-1), proof)).isFalse();
        }
    }

    private static List<Hash> more(List<Hash> hashes) {
        List<Hash> more = new ArrayList<>(hashes);
        more.add(leaf(-2));
        return more;
    }

    @Test
    void leavesAreReadTileByTile() {
        Tree tree = new Tree(new Stored(600), 600);
        List<Hash> read = new ArrayList<>();
        while (read.size() < 600) {
            read.addAll(tree.leaves(read.size()));
        }
        assertThat(read).isEqualTo(LEAVES.subList(0, 600));
        assertThat(tree.leaves(300)).hasSize(212);
    }

    @Test
    void aTreeGrowsOnFromItsTiles() {
        for (int size : new int[] {0, 1, 255, 256, 300, 512, 1000}) {
            Stored stored = new Stored(size);
            TreeGrowth growth = new TreeGrowth(stored, size);
            LEAVES.subList(size, MOST).forEach(leaf -> growth.add(leaf, stored.tiles::put));
            growth.partials(stored.tiles::put);
            assertThat(growth.size()).isEqualTo(MOST);
            assertThat(growth.root()).isEqualTo(root(0, MOST));
            assertThat(new Tree(stored, MOST).root()).isEqualTo(root(0, MOST));
        }
    }

    @Test
    void tilesAreThoseThatTheFormatSays() {
        // The example of the specification: 273 full tiles and one of 112, one full and one of 17, one of 1.
        TreeGrowth growth = new TreeGrowth();
        Map<Integer, Integer> full = new HashMap<>();
        LongStream.range(0, 70_000)
                .forEach(i -> growth.add(LEAVES.getFirst(), (tile, hashes) -> {
                    assertThat(hashes).hasSize(8192);
                    int ignored = full.merge(tile.level(), 1, Integer::sum);
                }));
        assertThat(full).isEqualTo(Map.of(0, 273, 1, 1));
        List<String> partial = new ArrayList<>();
        growth.partials((tile, hashes) -> {
            partial.add(tile.path());
            assertThat(hashes).hasSize(tile.bytes());
        });
        assertThat(partial).containsExactly("tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1");
    }

    @Test
    void aTreeWithoutLeavesHasARoot() {
        assertThat(new TreeGrowth().root())
                .hasToString("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assertThat(new Tree(new Stored(3), 3).root(0)).isEqualTo(new TreeGrowth().root());
        assertThat(Proofs.extend(0, new TreeGrowth().root(), 3, root(0, 3), List.of()))
                .isTrue();
        assertThat(Proofs.extend(0, leaf(1), 3, root(0, 3), List.of())).isFalse();
    }

    @Test
    void whatIsNotThereIsSaidSo() {
        Tree tree = new Tree(new Stored(5), 5);
        assertThatThrownBy(() -> tree.leaf(5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> tree.inclusion(3, 3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> tree.consistency(2, 6)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> tree.root(6)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Tree(new Stored(5), 300).root()).isInstanceOf(TileException.class);
        assertThat(Proofs.includes(LEAVES.getFirst(), 1, 1, List.of(), LEAVES.getFirst()))
                .isFalse();
        assertThat(Proofs.extend(4, root(0, 4), 3, root(0, 3), List.of())).isFalse();
    }
}
