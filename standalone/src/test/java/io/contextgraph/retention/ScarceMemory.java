// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.Event;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.testing.Pacing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.Jedis;

/** Days on which Redis comes near its memory, and beyond it: the hot window shrinks, new events are refused, it widens again. */
final class ScarceMemory {
    private static final String BALLAST = "what others keep in this Redis";

    /** So much that what connections and tables take is no hundredth of it. */
    private static final int BALLAST_BYTES = 96 * 1024 * 1024;

    private static final Duration SOON = Duration.ofSeconds(10);

    private final RetentionDays days;
    private final RetentionTurns retention;
    private final DayEvents source;
    private final List<Event> refused = new ArrayList<>();

    ScarceMemory(RetentionDays days, RetentionTurns retention, DayEvents source) {
        this.days = days;
        this.retention = retention;
        this.source = source;
    }

    void live() {
        try (Jedis jedis = new Jedis(days.redis.url())) {
            long ignored = jedis.setrange(BALLAST, BALLAST_BYTES - 1, "x");
        }
        days.project();
        runAt(75);
        runAt(84);
        refuseAt(96);
        runAt(96);
        // What grew beside the ledger may leave no room at all.
        refuseAt(111);
        runAt(111);
        runAt(75);
        growUntilRefused();
        while (days.book.window().compareTo(days.book.hotWindow()) < 0) {
            runAt(55);
        }
        runAt(55);
        days.limit(0);
        try (Jedis jedis = new Jedis(days.redis.url())) {
            assertThat(jedis.unlink(BALLAST)).isEqualTo(1);
        }
        // Whoever was refused tries again; what has been read of the memory counts for a moment.
        while (isRefused(days.book.event(1).event())) {
            Pacing.pause(10);
        }
        days.append(refused);
        days.project();
    }

    /** Whether an event is refused for want of room that is there already, so that nothing is written. */
    private boolean isRefused(Event event) {
        try {
            assertThat(days.ledger
                            .log()
                            .append(List.of(Append.of(event)), Durability.MEMORY)
                            .outcomes())
                    .singleElement()
                    .isInstanceOf(AppendOutcome.Duplicate.class);
            return false;
        } catch (LedgerException full) {
            assertThat(full.reason()).isEqualTo(LedgerException.Reason.FULL);
            return true;
        }
    }

    /** Has Redis use so many thousandths of its memory. */
    private void use(long thousandths) {
        try (Jedis jedis = new Jedis(days.redis.url())) {
            days.limit(info(jedis, "used_memory") * 1000 / thousandths);
        }
    }

    private static long info(Jedis jedis, String name) {
        return jedis.info("memory")
                .lines()
                .filter(line -> line.startsWith(name + ":"))
                .mapToLong(
                        line -> Long.parseLong(line.substring(name.length() + 1).strip()))
                .findFirst()
                .orElseThrow();
    }

    /** A run while Redis uses about so many percent: no change of a hundredth makes another window of it. */
    private void runAt(int percent) {
        days.clock.advance(SOON);
        use(10L * percent);
        Duration window = days.book.windowAt(percent);
        RetentionReport ignored = retention.runWhole(window, percent >= 80 ? SOON : RetentionDays.TURN);
    }

    private void refuseAt(int percent) {
        use(10L * percent);
        assertRefused(source.large(2, 100, days.clock.instant()));
    }

    private void assertRefused(List<Event> events) {
        List<Append> appends = events.stream().map(Append::of).toList();
        try (ClockedLedger writer = new ClockedLedger(days.settings)) {
            assertThatThrownBy(() -> writer.log().append(appends, Durability.MEMORY))
                    .isInstanceOfSatisfying(
                            LedgerException.class,
                            full -> assertThat(full.reason()).isEqualTo(LedgerException.Reason.FULL));
            assertThat(writer.order().head().seq()).isEqualTo(days.book.events().size());
            events.forEach(event -> assertThat(writer.log().find(event.id())).isEqualTo(new Lookup.Unknown()));
        }
        refused.addAll(events);
    }

    /** Events come faster than entries go: at the end they are refused, and those before are all there. */
    private void growUntilRefused() {
        use(895);
        List<Event> next = source.large(1, 24_000, days.clock.instant());
        try {
            while (true) {
                days.append(next, false);
                next = source.large(1, 24_000, days.clock.instant());
            }
        } catch (LedgerException full) {
            assertThat(full.reason()).isEqualTo(LedgerException.Reason.FULL);
        }
        assertRefused(next);
        days.state.streams();
    }
}
