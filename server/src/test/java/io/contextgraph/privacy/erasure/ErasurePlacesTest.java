// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.personal.PersistedFiles.Outcome;
import io.contextgraph.ledger.personal.PersistedFiles.Rewritten;
import io.contextgraph.privacy.key.Pseudonym;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What places tell of themselves. */
class ErasurePlacesTest {
    private static final List<Pseudonym> NAMES =
            List.of(new Pseudonym(2, "1".repeat(32)), new Pseudonym(1, "0".repeat(32)));

    @Test
    void theGraphIsAskedForEveryName() {
        List<String> asked = new ArrayList<>();
        GraphPlace place = new GraphPlace((Collection<String> names) -> {
            asked.addAll(names);
            return 12;
        });
        Sweep sweep = place.sweep(NAMES);
        assertThat(asked).containsExactly("p2_" + "1".repeat(32), "p1_" + "0".repeat(32));
        assertThat(sweep.place()).isEqualTo("graph");
        assertThat(sweep.found()).isEqualTo(12);
        assertThat(sweep.remains()).isEmpty();
    }

    @Test
    void filesThatAreLeftAndOlderOnesAreForTheOperator() {
        FilesPlace place = new FilesPlace(
                "snapshots",
                () -> List.of(
                        new Rewritten("a:1", Outcome.WRITTEN, "/d/dump.rdb", List.of("/d/old.rdb")),
                        new Rewritten("b:1", Outcome.LEFT, "this replica cannot be reached", List.of()),
                        new Rewritten("c:1", Outcome.NONE, "appendonly is no", List.of())));
        assertThat(place.sweep(NAMES))
                .isEqualTo(new Sweep(
                        "snapshots",
                        2,
                        "written anew after the payloads were deleted: a:1 (/d/dump.rdb)",
                        List.of("a:1: /d/old.rdb is older: delete it", "b:1: this replica cannot be reached"),
                        "what they have of the person is sealed by a key that is destroyed"));
        assertThat(new FilesPlace("snapshots", List::of).sweep(NAMES))
                .isEqualTo(new Sweep("snapshots", 0, "none was written anew", List.of(), ""));
    }

    @Test
    void aPlaceOfOnePartitionOfSeveralNamesIt() {
        ErasurePlace place = new PartitionPlace(
                2, new FilesPlace("snapshots", () -> List.of(new Rewritten("a:1", Outcome.WRITTEN, "/d", List.of()))));
        assertThat(place.name()).isEqualTo("snapshots@2");
        assertThat(place.sweep(NAMES))
                .isEqualTo(new Sweep(
                        "snapshots@2", 1, "written anew after the payloads were deleted: a:1 (/d)", List.of(), ""));
        ErasurePlace away = new PartitionPlace(1, new FilesPlace("snapshots", () -> {
            throw new LedgerException(LedgerException.Reason.UNAVAILABLE, "Redis does not answer");
        }));
        assertThatThrownBy(() -> away.sweep(NAMES))
                .isInstanceOf(LedgerException.class)
                .hasMessage("partition 1: Redis does not answer");
    }

    /** The report would tell of one of them only. */
    @Test
    void twoPlacesHaveTwoNames(@TempDir Path folder) {
        ErasureBed bed = new ErasureBed(ErasureBed.memory(1), folder, 1);
        bed.places.add(Copies.backups(() -> 1));
        bed.places.add(Copies.backups(() -> 2));
        assertThatThrownBy(() -> bed.eraser(bed.server())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whereThereAreNoCopiesNothingRemains() {
        assertThat(Copies.backups(() -> 0).sweep(NAMES).remains()).isEmpty();
        assertThat(Copies.backups(() -> 2).sweep(NAMES).remains()).containsExactly("2 backups that were made before");
    }

    @Test
    void whatWasFoundFirstIsStillTold() {
        Sweep first = new Sweep("a", 7, "", List.of(), "");
        Sweep later = new Sweep("a", 3, "done", List.of("x"), "y");
        assertThat(later.after(first)).isEqualTo(new Sweep("a", 7, "done", List.of("x"), "y"));
    }
}
