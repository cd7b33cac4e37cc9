// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.trim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.ledger.trim.Obstacle;
import io.contextgraph.ledger.trim.SecondLock;
import io.contextgraph.ledger.trim.TrimRule;
import io.contextgraph.ledger.trim.TrimStep;
import io.contextgraph.ledger.trim.Trimming;
import io.contextgraph.testing.Events;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.resps.StreamEntry;

/** Trimming where Redis keeps by itself what a group has not acknowledged. */
abstract class SecondLockContract extends RedisTrimmingContract {
    private static final Instant LATER = Instant.parse("9000-01-01T00:00:00Z");
    private static final TrimRule RULE = new TrimRule(LATER, Set.of("g"));

    /** Asks the groups, and does not listen. */
    private static final String BROKEN_GUARD =
            TrimScript.GUARD.replace("if compare(finished, stays) < 0 then", "if false then");

    SecondLockContract(Engine engine) {
        super(engine);
    }

    private List<RecordedEvent> five() {
        List<RecordedEvent> events = new ArrayList<>();
        for (int n = 1; n <= 5; n++) {
            events.add(appended(Events.event(n, "s" + n % 2)));
        }
        return events;
    }

    /** Gives so many to a group, which acknowledges those with these numbers. */
    private void finish(String group, int given, Integer... acknowledged) {
        try (EventFeed.Consumer consumer = ledger.feed(group).open("one")) {
            List<Delivery> some = consumer.poll(given, Duration.ZERO);
            assertThat(some).hasSize(given);
            consumer.acknowledge(List.of(acknowledged).stream()
                    .map(n -> some.get(n - 1).position())
                    .toList());
        }
    }

    private List<String> entries() {
        return jedis().xrange(keys().global(), "-", "+").stream()
                .map(StreamEntry::getID)
                .map(Object::toString)
                .toList();
    }

    private static List<String> positions(List<RecordedEvent> events) {
        return events.stream().map(event -> event.position().toString()).toList();
    }

    @Test
    void theFormThatIsUsedWorks() {
        SecondLock lock = ledger.trimming().secondLock();
        assertThat(lock)
                .isEqualTo(new SecondLock(true, "XTRIM MINID = with ACKED keeps what a group has not acknowledged"));
        assertThat(tried("=", 400).works()).isTrue();
    }

    /** Repaired in 8.2.7, 8.4.4 and 8.6. */
    @Test
    void theFormThatTrimsAboutSoMuchIsSeenToTakeNothing() {
        Matcher version =
                Pattern.compile("redis_version:(\\d+)\\.(\\d+)\\.(\\d+)").matcher(jedis().info("server"));
        assertThat(version.find()).isTrue();
        int line = Integer.parseInt(version.group(1)) * 100 + Integer.parseInt(version.group(2));
        int patch = Integer.parseInt(version.group(3));
        boolean repaired = line >= 806 || (line == 804 && patch >= 4) || (line == 802 && patch >= 7);
        SecondLock lock = tried("~", 400);
        assertThat(lock.works()).as(lock.seen()).isEqualTo(repaired);
        if (!repaired) {
            assertThat(lock.seen())
                    .isEqualTo("XTRIM MINID ~ with ACKED: it takes 0 of 399 entries that all groups have acknowledged");
        }
    }

    @Test
    void whatTheGuardWouldLetGoByMistakeStays() {
        List<RecordedEvent> events = five();
        finish("g", 4, 1, 2, 4);
        Trimming broken = at(NOW, BROKEN_GUARD);
        Fence fence = fence();
        TrimStep step = broken.step(fence, RULE, 9);
        assertThat(step.entries()).isEqualTo(2);
        assertThat(step.more()).isTrue();
        Head second = new Head(2, events.get(1).position());
        assertThat(step.through()).isEqualTo(second);
        assertThat(broken.trimmed()).isEqualTo(second);
        assertThat(entries()).isEqualTo(positions(events.subList(2, 5)));
        assertThatThrownBy(() -> broken.step(fence, RULE, 9))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining(
                        "XTRIM with ACKED keeps the entry " + events.get(2).position());
        assertThat(broken.trimmed()).isEqualTo(second);
        assertThat(entries()).isEqualTo(positions(events.subList(2, 5)));
        assertThat(all()).isEqualTo(events);
        // The guard that listens says the same as Redis.
        TrimStep sound = at(NOW).step(fence, RULE, 9);
        assertThat(sound.entries()).isZero();
        assertThat(sound.obstacle().orElseThrow())
                .isInstanceOfSatisfying(
                        Obstacle.Waiting.class,
                        waiting -> assertThat(waiting.finished()).isEqualTo(second));
    }

    @Test
    void aGroupThatIsNotRequiredHasNoSay() {
        List<RecordedEvent> events = five();
        finish("g", 5, 1, 2, 3, 4, 5);
        finish("h", 1);
        assertThat(at(NOW).step(fence(), RULE, 9).entries()).isEqualTo(5);
        assertThat(entries()).isEmpty();
        assertThat(all()).isEqualTo(events);
    }

    /** Redis 8.2 goes on asking it. */
    @Test
    void aGroupThatWasDestroyedHasNoSay() {
        List<RecordedEvent> events = five();
        finish("g", 5, 1, 2, 3, 4, 5);
        finish("h", 1, 1);
        Fence fence = fence();
        assertThat(at(NOW).step(fence, new TrimRule(LATER, Set.of("g", "h")), 9).entries())
                .isEqualTo(1);
        assertThat(jedis().xgroupDestroy(keys().global(), "h")).isEqualTo(1);
        assertThat(at(NOW).step(fence, RULE, 9).entries()).isEqualTo(4);
        assertThat(entries()).isEmpty();
        assertThat(all()).isEqualTo(events);
        assertThat(jedis().xinfoGroups(keys().global())).hasSize(1);
    }
}
