// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.router.PartitionedLedger;
import io.contextgraph.privacy.key.DataKeys;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.testing.FailingPorts;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An erasure stands still while a partition is away, says which one, and ends when it is there again. */
class PartitionAwayEraserTest {
    private static final int AWAY = 1;
    private static final long SAID = 9;

    @TempDir
    private Path folder;

    private final FailingPorts failing = new FailingPorts();
    private final PartitionedLedger ledger = new PartitionedLedger(IntStream.range(0, 3)
            .<Partition>mapToObj(n -> n == AWAY
                    ? failing.of(new InMemoryLedger(Clock.systemUTC()))
                    : new InMemoryLedger(Clock.systemUTC()))
            .toList());

    @AfterEach
    void close() {
        ledger.close();
    }

    private static void namesIt(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(LedgerException.class)
                .hasMessage("partition " + AWAY + ": Redis does not answer");
    }

    @Test
    void itDoesNotBeginBeforeEveryPartitionCanSayWhetherItHoldsASession() {
        ErasureBed bed = new ErasureBed(ledger, folder, 1);
        DataKeys keys = bed.server();
        List<Pseudonym> one = bed.names("jane@example.org");
        for (long n = 1; n <= SAID; n++) {
            assertThat(bed.say(keys, one, n)).isPresent();
        }
        failing.failWith(new LedgerException(Reason.UNAVAILABLE, "Redis does not answer"));
        namesIt(() -> bed.eraser(keys).erase(one));
        assertThat(bed.store.erasures().find(one.getFirst()).steps()).isEmpty();
        failing.recover();
        bed.assertTrue(bed.eraser(keys).erase(one), one, 1, SAID);
    }

    @Test
    void itIsNotDoneBeforeEveryPartitionIsThere() {
        ErasureBed bed = new ErasureBed(ledger, folder, 1);
        DataKeys keys = bed.server();
        List<Pseudonym> one = bed.names("jane@example.org");
        for (long n = 1; n <= SAID; n++) {
            assertThat(bed.say(keys, one, n)).isPresent();
        }
        // It goes away when the payloads are gone, and only the end is left.
        boolean[] goes = {true};
        bed.places.add(new Copies("backups", "backups", () -> {
            if (!goes[0]) {
                return 1;
            }
            failing.failWith(new LedgerException(Reason.UNAVAILABLE, "Redis does not answer"));
            return 1;
        }));
        namesIt(() -> bed.eraser(keys).erase(one));
        assertThat(bed.eraser(keys).receipt(one.getFirst())).isEmpty();
        failing.recover();
        assertThat(bed.eraser(keys).begun()).containsExactly(one);
        goes[0] = false;
        bed.assertTrue(bed.eraser(bed.server()).erase(one), one, 1, SAID);
    }
}
