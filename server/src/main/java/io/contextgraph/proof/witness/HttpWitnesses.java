// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.witness;

import io.contextgraph.ops.BoundedBody;
import io.contextgraph.proof.note.LogCheckpoint;
import io.contextgraph.proof.note.SignedNote;
import io.contextgraph.proof.tree.Hash;
import io.contextgraph.proof.tree.TileException;
import io.contextgraph.proof.tree.Tree;
import io.contextgraph.storage.StorageException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Witnesses that are asked over HTTP.
 *
 * <p><b>Units and bounds.</b> A checkpoint waits for all of them together no longer than the timeout; an answer has up to {@value
 * SignedNote#MOST_CHARACTERS} bytes. Redirects are not followed.
 *
 * <p><b>Guarantees.</b> Proves to each that the log has grown since it confirmed it last; where it has confirmed something else,
 * it says so, and is asked once more. Why one does not cosign is said once.
 *
 * <p><b>Threads.</b> Checkpoints one at a time; the rest is safe.
 *
 * <p><b>Source.</b> C2SP tlog-witness.
 */
public final class HttpWitnesses implements Witnesses, AutoCloseable {
    private final List<KnownWitness> known;
    private final Duration timeout;
    private final InstantSource clock;
    private final HttpClient client;
    private final AtomicLong cosignatures = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private volatile Optional<Instant> aloneSince = Optional.empty();

    /** @param timeout how long a checkpoint waits for them */
    public HttpWitnesses(List<Witness> witnesses, Duration timeout, InstantSource clock) {
        this.known = witnesses.stream().map(KnownWitness::new).toList();
        this.timeout = timeout;
        this.clock = clock;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                // Whoever does not answer is let go before, so that there is one word for it.
                .connectTimeout(timeout.plusSeconds(1))
                .build();
    }

    @Override
    public boolean lack(SignedNote checkpoint) {
        return !known.isEmpty()
                && known.stream()
                        .allMatch(one ->
                                checkpoint.witnessedBy(one.witness().key()).isEmpty());
    }

    @Override
    public synchronized List<SignedNote.Line> cosign(SignedNote checkpoint, Tree tree) {
        Round round = new Round(checkpoint, tree);
        known.forEach(one -> round.ask(one, one.sizeBefore(round.checkpoint)));
        List<SignedNote.Line> lines = round.lines();
        if (!lines.isEmpty()) {
            aloneSince = Optional.empty();
        } else if (aloneSince.isEmpty() && !known.isEmpty()) {
            aloneSince = Optional.of(clock.instant());
        }
        return lines;
    }

    /** What came of one question. */
    private record Told(
            KnownWitness by,
            @Nullable HttpResponse<byte[]> response,
            @Nullable Throwable failure) {}

    /** A checkpoint that all are asked for; the proofs are made by the thread that waits, since a tree is for one at a time. */
    private final class Round {
        private final SignedNote note;
        private final LogCheckpoint checkpoint;
        private final Tree tree;
        private final long end = System.nanoTime() + timeout.toNanos();
        private final BlockingQueue<Told> answers = new LinkedBlockingQueue<>();
        private final Map<KnownWitness, CompletableFuture<HttpResponse<byte[]>>> asked = new LinkedHashMap<>();
        private final Map<KnownWitness, SignedNote.Line> cosigned = new LinkedHashMap<>();
        private final Set<KnownWitness> again = new HashSet<>();

        private Round(SignedNote note, Tree tree) {
            this.note = note;
            this.checkpoint = LogCheckpoint.parse(note.text());
            this.tree = tree;
        }

        /** @param old where the witness has seen the log last */
        private void ask(KnownWitness one, long old) {
            List<Hash> proof;
            try {
                proof = tree.consistency(old, checkpoint.size());
            } catch (TileException | StorageException missing) {
                refused(
                        one,
                        WitnessAnswer.Refused.because("cannot be shown that the log has grown"),
                        ": " + missing.getMessage());
                return;
            }
            CompletableFuture<HttpResponse<byte[]>> answer =
                    client.sendAsync(request(one.witness(), old, proof), BoundedBody.of(SignedNote.MOST_CHARACTERS));
            asked.put(one, answer);
            CompletableFuture<HttpResponse<byte[]>> ignored =
                    answer.whenComplete((response, failure) -> answers.add(new Told(one, response, failure)));
        }

        private HttpRequest request(Witness witness, long old, List<Hash> proof) {
            StringBuilder body = new StringBuilder("old ").append(old).append('\n');
            proof.forEach(hash -> body.append(hash.base64()).append('\n'));
            body.append('\n').append(note.encoded());
            return HttpRequest.newBuilder(witness.asked())
                    .header("Content-Type", "text/plain; charset=utf-8")
                    .POST(BodyPublishers.ofString(body.toString()))
                    .build();
        }

        /** Waits for the answers, and for those to what is asked again. */
        private List<SignedNote.Line> lines() {
            try {
                while (!asked.isEmpty()) {
                    Told told = answers.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                    if (told == null) {
                        break;
                    }
                    asked.remove(told.by());
                    take(told);
                }
                asked.keySet()
                        .forEach(one -> refused(
                                one,
                                WitnessAnswer.Refused.because("does not answer within " + timeout.toMillis() + " ms"),
                                ""));
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
            for (CompletableFuture<HttpResponse<byte[]>> late : asked.values()) {
                boolean ignored = late.cancel(true);
            }
            return known.stream()
                    .flatMap(one -> Optional.ofNullable(cosigned.get(one)).stream())
                    .toList();
        }

        private void take(Told told) {
            KnownWitness one = told.by();
            HttpResponse<byte[]> response = told.response();
            if (response == null) {
                Throwable failure = told.failure();
                Throwable why = failure instanceof CompletionException ? failure.getCause() : failure;
                refused(one, WitnessAnswer.Refused.because("cannot be asked"), ": " + why);
                return;
            }
            switch (WitnessAnswer.of(response, note, one.witness().key())) {
                case WitnessAnswer.Cosigned by -> {
                    one.confirmed(checkpoint);
                    cosigned.put(one, by.line());
                    long ignored = cosignatures.incrementAndGet();
                }
                case WitnessAnswer.Seen seen -> seen(one, seen.size());
                case WitnessAnswer.Refused why -> refused(one, why, "");
            }
        }

        private void seen(KnownWitness one, long size) {
            if (size > checkpoint.size()) {
                refused(
                        one,
                        new WitnessAnswer.Refused(
                                "has seen a longer log under this name: the log was lost or brought back from an older"
                                        + " copy, or another server signs it by now; contextgraph audit says more",
                                true),
                        " (it has seen " + size + " events, and this checkpoint of " + checkpoint.origin() + " covers "
                                + checkpoint.size() + ")");
            } else if (again.add(one)) {
                ask(one, size);
            } else {
                refused(one, WitnessAnswer.Refused.because("names another size each time it is asked"), "");
            }
        }

        private void refused(KnownWitness one, WitnessAnswer.Refused why, String more) {
            one.refused(why, more);
            long ignored = failures.incrementAndGet();
        }
    }

    @Override
    public Witnessing state() {
        return new Witnessing(
                cosignatures.get(),
                failures.get(),
                aloneSince,
                known.stream()
                        .flatMap(one -> one.refusal().map(why -> "witness " + one.name() + " " + why.why()).stream())
                        .toList(),
                known.stream()
                        .flatMap(one -> one
                                .refusal()
                                .filter(WitnessAnswer.Refused::disputes)
                                .map(why -> "witness " + one.name() + " " + why.why())
                                .stream())
                        .findFirst());
    }

    /** Ends what is under way. */
    @Override
    public void close() {
        client.shutdownNow();
    }
}
