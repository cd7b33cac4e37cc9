// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.privacy.erasure.ErasureReplay.Replayed;
import io.contextgraph.privacy.key.DataKeys;
import io.contextgraph.privacy.key.ErasureLedger;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.testing.Events;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** A ledger that was brought back from before erasures has nobody in it who was erased. */
@ParameterizedClass(name = "{0} partitions")
@ValueSource(ints = {1, 3})
class ErasureReplayTest {
    @TempDir
    private Path folder;

    private final int partitions;

    ErasureReplayTest(int partitions) {
        this.partitions = partitions;
    }

    /** The same events, as a backup has them. */
    private Ledger copy(Ledger ledger) {
        Ledger copy = ErasureBed.memory(partitions);
        for (Partition partition : ledger.partitions()) {
            for (RecordedEvent event : partition.log().whole(partition.order().read(0, 1_000))) {
                assertThat(copy.log()
                                .append(List.of(Append.of(event.event())), Durability.MEMORY)
                                .outcomes())
                        .hasSize(1);
            }
        }
        return copy;
    }

    private static void say(ErasureBed bed, DataKeys keys, List<Pseudonym> names, long number) {
        assertThat(bed.say(keys, names, number)).isPresent();
    }

    @Test
    void nobodyWhoWasErasedReturns() {
        ErasureBed bed = new ErasureBed(ErasureBed.memory(partitions), folder, 2);
        DataKeys keys = bed.server();
        List<Pseudonym> erased = bed.names("erased");
        List<Pseudonym> returned = bed.names("returned");
        List<Pseudonym> begun = bed.names("begun");
        List<Pseudonym> stays = bed.names("stays");
        say(bed, keys, erased, 1);
        say(bed, keys, erased.subList(1, 2), 2);
        say(bed, keys, returned, 3);
        say(bed, keys, begun, 4);
        say(bed, keys, stays, 5);
        Ledger early = copy(bed.ledger);
        Eraser eraser = bed.eraser(keys);
        assertThat(eraser.erase(erased)).isInstanceOf(ErasureOutcome.Erased.class);
        assertThat(eraser.erase(returned)).isInstanceOf(ErasureOutcome.Erased.class);
        assertThat(eraser.authorise(returned)).hasSize(2);
        say(bed, keys, returned, 6);
        assertThat(bed.store.erasures().find(begun.getFirst()).steps()).isEmpty();
        Breaks breaks = new Breaks(24, false);
        try {
            ErasureOutcome ignored = bed.eraser(keys, breaks).erase(begun);
        } catch (Breaks.Ended ended) {
            assertThat(breaks.isBroken()).isTrue();
        }
        // Somebody has brought back the early one, and said what came later again.
        assertThat(early.log()
                        .append(
                                List.of(Append.of(bed.ledger
                                        .log()
                                        .find(Events.id(6))
                                        .found()
                                        .orElseThrow()
                                        .event())),
                                Durability.MEMORY)
                        .outcomes())
                .hasSize(1);

        ErasureReplay replay = new ErasureReplay(early, bed.store.erasures());
        Replayed done = replay.run();

        assertThat(done).isEqualTo(new Replayed(6, 6, 4));
        assertThat(early.log()
                        .payloads(List.of(1L, 2L, 3L, 4L, 5L, 6L).stream()
                                .map(Events::id)
                                .toList()))
                .containsOnlyKeys(Events.id(5), Events.id(6));
        assertThat(replay.run()).isEqualTo(new Replayed(6, 0, 0));
        for (Pseudonym name : erased) {
            assertThat(early.personal().fence(PayloadErasure.subject(name))).hasValue(1);
        }
    }

    @Test
    void aReplayThatBrokeOffAnywhereIsRepeated() {
        boolean more = true;
        for (int call = 1; more; call++) {
            ErasureBed bed = new ErasureBed(ErasureBed.memory(partitions), folder, 1);
            DataKeys keys = bed.server();
            List<Pseudonym> erased = bed.names("erased");
            say(bed, keys, erased, 1);
            Ledger early = copy(bed.ledger);
            assertThat(bed.eraser(keys).erase(erased)).isInstanceOf(ErasureOutcome.Erased.class);
            Breaks breaks = new Breaks(call, call % 2 == 0);
            try {
                Replayed ignored = new ErasureReplay(
                                breaks.of(Ledger.class, early), breaks.of(ErasureLedger.class, bed.store.erasures()))
                        .run();
                more = false;
            } catch (Breaks.Ended ended) {
                assertThat(new ErasureReplay(early, bed.store.erasures()).run().persons())
                        .isEqualTo(1);
            }
            assertThat(early.log().payloads(List.of(Events.id(1)))).isEmpty();
        }
    }
}
