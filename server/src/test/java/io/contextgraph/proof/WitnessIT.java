// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.proof.note.LogCheckpoint;
import io.contextgraph.proof.note.SignedNote;
import io.contextgraph.proof.tree.Tree;
import io.contextgraph.proof.witness.AicsWitness;
import io.contextgraph.proof.witness.HttpWitnesses;
import io.contextgraph.proof.witness.Witnesses;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A witness that others wrote cosigns what a {@link LedgerSealer} publishes. */
class WitnessIT extends WitnessedLog {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private HttpWitnesses asking(AicsWitness witness) {
        return new HttpWitnesses(List.of(witness.witness()), PATIENCE, clock);
    }

    /** The newest checkpoint covers so many events, and the witness has seen it. */
    private void assertWitnessed(AicsWitness witness, long size) throws IOException, InterruptedException {
        SignedNote note = SignedNote.parse(newest().encoded());
        LogCheckpoint checkpoint = LogCheckpoint.parse(note.text());
        assertThat(checkpoint.size()).isEqualTo(size);
        assertThat(note.isSignedBy(verifiers().getFirst())).isTrue();
        Optional<Instant> at = note.witnessedBy(witness.witness().key());
        assertThat(at).isPresent();
        assertThat(at.get())
                .isBetween(Instant.now().minusSeconds(120), Instant.now().plusSeconds(5));
        assertThat(witness.seen(origin())).isEqualTo(size);
    }

    @Test
    void itCosignsWhatHasGrownWhoeverAsks() throws Exception {
        given(1, 300);
        try (AicsWitness witness =
                AicsWitness.start(folder, origin(), verifiers().getFirst())) {
            try (HttpWitnesses asked = asking(witness);
                    LedgerSealer sealer = sealer(asked)) {
                drain(sealer);
                assertWitnessed(witness, 300);
                given(301, 1100);
                drain(sealer);
                assertWitnessed(witness, 1100);
                assertThat(asked.state().failures()).isZero();
                assertThat(asked.state().cosignatures()).isEqualTo(2);
            }
            given(1101, 1107);
            // Another process, which remembers nothing of where the witness is.
            try (HttpWitnesses asked = asking(witness);
                    LedgerSealer sealer = sealer(asked)) {
                drain(sealer);
                assertWitnessed(witness, 1107);
                assertThat(asked.state().failures()).isZero();
            }
        }
    }

    @Test
    void itRefusesAnotherLogUnderTheName() throws Exception {
        given(1, 300);
        try (AicsWitness witness =
                        AicsWitness.start(folder, origin(), verifiers().getFirst());
                HttpWitnesses asked = asking(witness)) {
            try (LedgerSealer sealer = sealer(asked)) {
                drain(sealer);
            }
            SignedNote note = newest();
            LogCheckpoint checkpoint = LogCheckpoint.parse(note.text());
            StoredLog stored = new StoredLog(storage(), name());
            SignedNote shorter = SignedNote.of(
                    new LogCheckpoint(origin(), 200, new Tree(stored, 300).root(200)).text(),
                    origin(),
                    keys().read().signing());
            assertThat(asked.cosign(shorter, new Tree(stored, 300))).isEmpty();
            assertThat(asked.state().dispute().orElseThrow()).contains("has seen a longer log");
            SignedNote other = SignedNote.of(
                    new LogCheckpoint(origin(), 301, checkpoint.root()).text(),
                    origin(),
                    keys().read().signing());
            given(301, 301);
            try (LedgerSealer sealer = sealer(Witnesses.NONE)) {
                drain(sealer);
            }
            assertThat(asked.cosign(other, new Tree(stored, 301))).isEmpty();
            assertThat(asked.state().dispute().orElseThrow()).contains("is not the one that it has seen");
            assertThat(witness.seen(origin())).isEqualTo(300);
        }
    }

    @Test
    void itDoesNotCosignForWhomItDoesNotKnow() throws Exception {
        given(1, 3);
        try (AicsWitness witness = AicsWitness.start(
                        folder, "logs.example/other", verifiers().getFirst());
                HttpWitnesses asked = asking(witness);
                LedgerSealer sealer = sealer(asked)) {
            drain(sealer);
            assertThat(asked.state().problems()).singleElement().asString().contains("does not know this log");
            assertThat(LogCheckpoint.parse(newest().text()).size()).isEqualTo(3);
        }
    }
}
