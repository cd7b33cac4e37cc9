// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.Json;
import io.contextgraph.ledger.Epochs;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.forward.ForwardingLedger;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ops.Check;
import io.contextgraph.ops.Finding;
import io.contextgraph.proof.note.LogCheckpoint;
import io.contextgraph.proof.note.SignedNote;
import io.contextgraph.proof.note.VerifierKey;
import io.contextgraph.proof.tree.Tree;
import io.contextgraph.proof.witness.HttpWitnesses;
import io.contextgraph.proof.witness.TestWitness;
import io.contextgraph.proof.witness.TestWitness.Reply;
import io.contextgraph.proof.witness.Witnesses;
import io.contextgraph.storage.ForwardingStorage;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.StorageException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What a {@link LedgerSealer} makes of witnesses. */
class WitnessedSealerTest extends WitnessedLog {
    private TestWitness witness;
    private HttpWitnesses witnesses;
    private LedgerSealer sealer;

    @BeforeEach
    void begin() throws IOException {
        given(1, 300);
        witness = new TestWitness("w.example/one");
        witness.trust(origin(), verifiers());
        witnesses = witnesses();
        sealer = sealer(witnesses);
    }

    @AfterEach
    void end() {
        sealer.close();
        witnesses.close();
        witness.close();
    }

    private HttpWitnesses witnesses() {
        return new HttpWitnesses(List.of(witness.witness()), Duration.ofSeconds(5), clock);
    }

    private long size() {
        return LogCheckpoint.parse(newest().text()).size();
    }

    private boolean isWitnessed() {
        return newest().witnessedBy(witness.key()).isPresent();
    }

    @Test
    void whatIsPublishedHasItsCosignatures() {
        drain(sealer);
        assertThat(isWitnessed()).isTrue();
        given(301, 310);
        drain(sealer);
        assertThat(size()).isEqualTo(310);
        assertThat(isWitnessed()).isTrue();
        assertThat(newest().isSignedBy(verifiers().getFirst())).isTrue();
        assertThat(witness.olds()).containsExactly(0L, 300L);
        given(311, 320);
        // Another process, which remembers nothing.
        sealer.close();
        try (HttpWitnesses fresh = witnesses();
                LedgerSealer next = sealer(fresh)) {
            drain(next);
        }
        assertThat(size()).isEqualTo(320);
        assertThat(isWitnessed()).isTrue();
        assertThat(witness.olds()).containsExactly(0L, 300L, 0L, 310L);
    }

    @Test
    void aWitnessNeverStopsSealingAndIsAskedAgain() {
        witness.say(reply -> Reply.of(500));
        drain(sealer);
        assertThat(size()).isEqualTo(300);
        assertThat(isWitnessed()).isFalse();
        witness.say(UnaryOperator.identity());
        clock.advance(Duration.ofSeconds(59));
        long ignored = sealer.step();
        assertThat(isWitnessed()).isFalse();
        clock.advance(Duration.ofSeconds(1));
        ignored = sealer.step();
        assertThat(isWitnessed()).isTrue();
        assertThat(size()).isEqualTo(300);
        clock.advance(Duration.ofMinutes(2));
        int asked = witness.olds().size();
        ignored = sealer.step();
        assertThat(witness.olds()).hasSize(asked);
        given(301, 310);
        drain(sealer);
        assertThat(size()).isEqualTo(310);
        assertThat(isWitnessed()).isTrue();
        assertThat(new Tree(new StoredLog(storage(), name()), 310).root())
                .isEqualTo(LogCheckpoint.parse(newest().text()).root());
    }

    @Test
    void whoeverOpensALogThatNoWitnessHasSeenAsksThem() {
        try (LedgerSealer without = sealer(Witnesses.NONE)) {
            drain(without);
        }
        assertThat(isWitnessed()).isFalse();
        long ignored = sealer.step();
        assertThat(isWitnessed()).isTrue();
    }

    /** Is killed when it publishes. */
    private static final class Killed extends ForwardingStorage {
        private Killed(Storage storage) {
            super(storage);
        }

        @Override
        public void put(String file, byte[] content) {
            if (file.contains("/checkpoints/")) {
                throw new StorageException(StorageException.Reason.UNAVAILABLE, "killed");
            }
            super.put(file, content);
        }
    }

    /** The ledger as if it had lost everything behind a number. */
    private Partition cutBehind(long last) {
        Head head = new Head(last, all().get((int) last - 1).position());
        Partition real = ledger;
        return new ForwardingLedger(real) {
            @Override
            public Epochs epochs() {
                return new Epochs() {
                    @Override
                    public Standing now() {
                        return new Standing(real.epochs().now().identity(), head);
                    }

                    @Override
                    public boolean begin(long ends, long begins, Head lastCommon) {
                        return real.epochs().begin(ends, begins, lastCommon);
                    }
                };
            }
        };
    }

    @Test
    void whatAWitnessHasSeenIsNeverSignedOtherwise() {
        drain(sealer);
        given(301, 310);
        sealer.close();
        LogName first = name();
        try (LedgerSealer victim = sealer(ledger, new Killed(storage()), witnesses)) {
            assertThatThrownBy(victim::drain).hasMessage("killed");
        }
        assertThat(size()).isEqualTo(300);
        assertThat(witness.seen(origin()).orElseThrow().size()).isEqualTo(310);
        // The events were lost meanwhile: others would take their numbers.
        try (LedgerSealer next = sealer(cutBehind(305), storage(), witnesses)) {
            assertThat(next.drain()).isZero();
        }
        assertThat(LogCheckpoint.parse(newest(first).text()))
                .isEqualTo(witness.seen(first.origin(NAME)).orElseThrow());
        assertThat(name().epoch()).isEqualTo(2);
        witness.trust(origin(), ProofKeys.verifiers(origin(), keys().read().shown()));
        try (LedgerSealer last = sealer(witnesses)) {
            drain(last);
        }
        assertThat(isWitnessed()).isTrue();
        assertThat(Predecessor.parse(new StoredLog(storage(), name())
                                .predecessor()
                                .orElseThrow()
                                .text())
                        .last()
                        .size())
                .isEqualTo(310);
    }

    @Test
    void whoeverWasKilledThereIsGoneOnWith() {
        drain(sealer);
        given(301, 310);
        sealer.close();
        try (LedgerSealer victim = sealer(ledger, new Killed(storage()), witnesses)) {
            assertThatThrownBy(victim::drain).hasMessage("killed");
        }
        given(311, 311);
        try (LedgerSealer next = sealer(witnesses)) {
            drain(next);
        }
        assertThat(size()).isEqualTo(311);
        assertThat(isWitnessed()).isTrue();
        assertThat(witness.olds()).containsExactly(0L, 300L, 310L);
    }

    @Test
    void whereverSomebodyIsKilledTheWitnessGoesOn() {
        drain(sealer);
        sealer.close();
        long n = 300;
        int at = 0;
        boolean killed = true;
        while (killed) {
            given(n + 1, n + 10);
            n += 10;
            try (LedgerSealer victim = sealer(ledger, new KilledStorage(storage(), at), witnesses)) {
                drain(victim);
                killed = false;
            } catch (StorageException there) {
                assertThat(there).hasMessage("killed");
            }
            long published = size();
            long seen = witness.seen(origin()).orElseThrow().size();
            // Of what a witness has seen nothing is lost.
            try (LedgerSealer next = sealer(witnesses)) {
                long ignored = next.step();
                assertThat(size()).isGreaterThanOrEqualTo(Math.max(published, seen));
                drain(next);
            }
            assertThat(size()).isEqualTo(n);
            at++;
        }
        assertThat(at).isGreaterThan(6);
        assertThat(witnesses.state().failures()).isZero();
        given(n + 1, n + 1);
        try (LedgerSealer last = sealer(witnesses)) {
            drain(last);
        }
        assertThat(isWitnessed()).isTrue();
    }

    private Finding found() {
        Check check = new ProofCheck(sealer::state, witnesses::state, Duration.ofSeconds(5), clock);
        assertThat(check.concerns()).contains(ProofCheck.UNWITNESSED);
        return check.look().findings().getFirst();
    }

    @Test
    void healthTellsWhenNoneCosignsForLong() {
        drain(sealer);
        assertThat(found().level()).isEqualTo(Finding.Level.OK);
        witness.say(reply -> Reply.of(500));
        given(301, 310);
        drain(sealer);
        clock.advance(Duration.ofMinutes(10));
        long ignored = sealer.step();
        assertThat(found().level()).isEqualTo(Finding.Level.OK);
        clock.advance(Duration.ofSeconds(1));
        assertThat(found().level()).isEqualTo(Finding.Level.WARNING);
        assertThat(found().concern()).contains(ProofCheck.UNWITNESSED);
        assertThat(found().message())
                .isEqualTo("for 10 minutes no witness has cosigned a checkpoint: witness w.example/one answers 500");
        witness.say(UnaryOperator.identity());
        clock.advance(Duration.ofMinutes(1));
        ignored = sealer.step();
        assertThat(isWitnessed()).isTrue();
        assertThat(found().level()).isEqualTo(Finding.Level.OK);
    }

    @Test
    void healthTellsAtOnceOfAnotherLog() {
        drain(sealer);
        witness.say(reply -> Reply.of(422));
        given(301, 310);
        drain(sealer);
        assertThat(found().concern()).contains(ProofCheck.UNWITNESSED);
        assertThat(found().message()).contains("w.example/one says that this log is not the one that it has seen");
    }

    @Test
    void itIsShownWhoHasCosigned() throws IOException {
        drain(sealer);
        try (TestWitness other = new TestWitness("w.example/two")) {
            Prover prover = new Prover(
                    ledger, storage(), keys(), NAME, List.of(witness.key(), other.key()), id -> Optional.empty());
            assertThat(prover.logs().getFirst().witnesses())
                    .containsExactly(
                            new Prover.Cosigner(witness.key(), Optional.of(Instant.ofEpochSecond(TestWitness.SECONDS))),
                            new Prover.Cosigner(other.key(), Optional.empty()));
            JsonNode json = ProofJson.of(prover.logs(), 300)
                    .required("logs")
                    .required(0)
                    .required("witnesses");
            assertThat(json).isEqualTo(Json.MAPPER.readTree("""
                    [{"name":"w.example/one","key":"%s","at":"2023-11-14T22:13:20.000Z"},
                     {"name":"w.example/two","key":"%s","at":null}]""".formatted(witness.key(), other.key())));
        }
    }

    @Test
    void othersReadTheNoteAsItIs() {
        drain(sealer);
        SignedNote note = newest();
        assertThat(note.lines().stream().map(SignedNote.Line::name)).containsExactly(origin(), "w.example/one");
        VerifierKey log = verifiers().getFirst();
        assertThat(SignedNote.parse(note.encoded()).isSignedBy(log)).isTrue();
    }
}
