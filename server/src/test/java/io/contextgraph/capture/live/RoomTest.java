// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.ledger.LedgerException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RoomTest {
    private final Room room = new Room(4096, Duration.ZERO);

    @Test
    void bodiesShareIt() {
        try (Room.Share one = room.take(2000);
                Room.Share other = room.take(2000)) {
            assertThat(one).isNotSameAs(other);
            assertThatThrownBy(() -> room.take(1))
                    .isInstanceOfSatisfying(
                            LedgerException.class,
                            full -> assertThat(full.reason()).isEqualTo(LedgerException.Reason.OVERLOADED));
        }
        room.take(1).close();
    }

    @Test
    void whatIsLargerThanAllOfItHasItAlone() {
        try (Room.Share all = room.take(1 << 20)) {
            assertThat(all).isNotNull();
            assertThatThrownBy(() -> room.take(0)).isInstanceOf(LedgerException.class);
        }
        try (Room.Share again = room.take(1 << 20)) {
            assertThat(again).isNotNull();
        }
    }

    @Test
    void aHeapHasRoomForSomethingAlways() {
        assertThat(Room.ofHeap()).isBetween(8L << 20, 64L << 20);
    }
}
