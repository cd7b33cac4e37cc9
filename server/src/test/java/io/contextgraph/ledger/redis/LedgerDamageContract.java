// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Event;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendOutcome.Appended;
import io.contextgraph.ledger.AppendOutcome.Refused;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.testing.Events;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** What somebody else has taken out of a ledger, or put into it: what is whole is answered, what is not is said. */
abstract class LedgerDamageContract {
    private final RedisSettings settings;
    private final Keys keys;

    @SuppressWarnings("NullAway.Init")
    private RedisLedger ledger;

    @SuppressWarnings("NullAway.Init")
    private Jedis jedis;

    LedgerDamageContract(URI url, Engine engine) {
        this.settings = RedisSettings.defaults(url).withEngine(engine).withPrefix("damage-" + UUID.randomUUID() + ":");
        this.keys = new Keys(settings.prefix());
    }

    @BeforeEach
    final void open() {
        jedis = new Jedis(settings.url());
        ledger = RedisLedger.connect(settings);
    }

    @AfterEach
    final void close() {
        ledger.close();
        jedis.close();
    }

    private List<AppendOutcome> append(List<Event> events) {
        return ledger.log()
                .append(events.stream().map(Append::of).toList(), Durability.MEMORY)
                .outcomes();
    }

    private static List<Event> events(long from, long to, int sessions) {
        return LongStream.range(from, to)
                .mapToObj(n -> Events.event(n, "session-" + n % sessions))
                .toList();
    }

    /** A batch of several runs: the damaged session has events in each. */
    @Test
    void oneDamagedSessionOfABatchIsRefusedAlone() {
        jedis.hset(keys.prefix() + "session:session-3", "count", "many");
        List<AppendOutcome> outcomes = append(events(0, 100, 10));
        assertThat(outcomes).hasSize(100);
        for (int i = 0; i < outcomes.size(); i++) {
            if (i % 10 == 3) {
                assertThat(outcomes.get(i))
                        .isEqualTo(new Refused(Events.id(i), Reason.CORRUPT, "session: summary is damaged"));
            } else {
                assertThat(outcomes.get(i)).isInstanceOf(Appended.class);
            }
        }
        assertThat(ledger.log().read(0, 1000)).hasSize(90);
        jedis.del(keys.prefix() + "session:session-3");
        assertThat(append(events(0, 100, 10)).stream().filter(Appended.class::isInstance))
                .hasSize(10);
    }

    @Test
    void aKeyOfTheWrongTypeConcernsItsEventAlone() {
        jedis.lpush(keys.payload(Events.id(1)), "not ours");
        jedis.lpush(keys.document(Events.id(2)), "not ours");
        jedis.lpush(keys.prefix() + "events:session-3", "not ours");
        List<AppendOutcome> outcomes = append(events(0, 5, 5));
        assertThat(outcomes.stream().map(outcome -> outcome instanceof Refused refused ? refused.reason() : "taken"))
                .containsExactly("taken", Reason.CORRUPT, Reason.CORRUPT, Reason.CORRUPT, "taken");
        assertThat(((Refused) outcomes.get(1)).why())
                .isEqualTo("a key of this event or its session holds something else than it should");
    }

    /** Callers share runs of the script. */
    @Test
    void whoWritesBesideADamagedSessionIsNotConcerned() throws Exception {
        jedis.hset(keys.prefix() + "session:damaged", "count", "many");
        List<Future<List<AppendOutcome>>> written = new ArrayList<>();
        try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int w = 0; w < 40; w++) {
                long n = w;
                String session = w % 2 == 0 ? "damaged" : "whole";
                written.add(writers.submit(() -> append(List.of(Events.event(n, session)))));
            }
            for (int w = 0; w < written.size(); w++) {
                assertThat(written.get(w).get()).hasOnlyElementsOfType(w % 2 == 0 ? Refused.class : Appended.class);
            }
        }
    }
}
