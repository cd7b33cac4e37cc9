// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.Position;
import io.contextgraph.http.problem.ProblemException;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.EventFeed.Progress;
import io.contextgraph.ledger.Head;
import io.contextgraph.projection.GraphLag;
import io.contextgraph.projection.ProjectionLag;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FreshnessTest {
    private static final long HEAD = 9;

    private long seen;
    private long nanos;
    private final ProjectionLag lag = new ProjectionLag(
            new EventFeed() {
                @Override
                public Consumer open(String consumerName) {
                    throw new UnsupportedOperationException();
                }

                @Override
                public Progress progress() {
                    return new Progress(at(seen), seen, 0, 0, Optional.empty(), new Head(HEAD, at(HEAD)));
                }
            },
            () -> nanos,
            pause -> {
                nanos += pause;
                seen++;
            });

    private final GraphLag graph = new GraphLag(List.of(lag));

    private static Position at(long seq) {
        return new Position(seq, 0);
    }

    private long await(Position position) {
        return new Freshness(
                        Optional.of(position),
                        System.nanoTime() + Duration.ofMillis(50).toNanos())
                .await(graph)
                .partitions()
                .getFirst()
                .seenThroughSeq();
    }

    @Test
    void whoDoesNotWaitIsToldHowFarTheGraphIsNow() {
        Freshness none = new Freshness(Optional.empty(), 0);
        assertThat(none.await(graph).partitions().getFirst().seenThroughSeq()).isZero();
        seen = 4;
        assertThat(none.await(graph).partitions().getFirst().seenThroughSeq()).isEqualTo(4);
        assertThat(await(at(4))).isEqualTo(4);
        assertThat(nanos).isZero();
    }

    @Test
    void whoWaitsIsAnsweredOnceThePositionIsSeen() {
        assertThat(await(at(2))).isEqualTo(2);
    }

    @Test
    void tellsTheLagWhenTheTimeIsOver() {
        assertThatThrownBy(() -> await(at(HEAD))).isInstanceOfSatisfying(ProblemException.class, late -> {
            assertThat(late.problem().code()).isEqualTo("graph_behind");
            assertThat(late.problem().extras()).isEqualTo(Map.of("lag_events", HEAD - seen, "as_of", seen + "-0"));
        });
    }

    @Test
    void aPositionBeyondTheLedgerIsAFaultAtOnce() {
        assertThatThrownBy(() -> await(at(HEAD + 1))).isInstanceOf(InvalidInputException.class);
        assertThat(nanos).isZero();
    }

    @Test
    void whoIsInterruptedIsToldThatTheServerCloses() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> await(at(2)))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        closing -> assertThat(closing.problem().code()).isEqualTo("server_closing"));
        assertThat(Thread.interrupted()).isTrue();
    }
}
