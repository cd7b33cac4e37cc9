// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.LedgerHeader;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How a ledger of several partitions is founded and found again, on servers that know nothing of each other. */
class RedisPartitionsIT {
    private static final List<RunningRedis> SERVERS = new ArrayList<>();

    private final String prefix = "test-" + UUID.randomUUID() + ":";

    @BeforeAll
    static void start() {
        Stream.generate(() -> RunningRedis.start(RedisServers.installed(8).orElseThrow(), List.of()))
                .limit(4)
                .forEach(SERVERS::add);
    }

    @AfterAll
    static void stop() {
        SERVERS.forEach(RunningRedis::close);
        SERVERS.clear();
    }

    private RedisSettings settings() {
        return RedisSettings.defaults(SERVERS.getFirst().url())
                .withEngine(Engine.SORTED_SET)
                .withPrefix(prefix);
    }

    private static List<URI> urls(int... servers) {
        return IntStream.of(servers).mapToObj(n -> SERVERS.get(n).url()).toList();
    }

    private List<RedisSettings> opened(int... servers) {
        return RedisPartitions.of(settings(), urls(servers), servers.length);
    }

    private void refused(String why, int... servers) {
        assertThatThrownBy(() -> opened(servers))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining(why);
    }

    private static UUID ledger(List<RedisSettings> partitions) {
        return partitions.getFirst().share().id().orElseThrow();
    }

    @Test
    void whoComesLaterFindsWhatWasFounded() {
        List<RedisSettings> first = opened(0, 1, 2);
        assertThat(opened(0, 1, 2)).isEqualTo(first);
        for (int i = 0; i < 3; i++) {
            LedgerHeader.Share share = first.get(i).share();
            assertThat(share.partition()).isEqualTo(i);
            assertThat(share.partitions()).isEqualTo(3);
            assertThat(share.id()).contains(ledger(first));
            assertThat(first.get(i).url()).isEqualTo(SERVERS.get(i).url());
            assertThat(first.get(i).prefix()).startsWith(prefix + "{p" + i).endsWith("}");
            try (RedisLedger partition = RedisLedger.connect(first.get(i))) {
                assertThat(partition.epochs().now().identity()).isEqualTo(LedgerIdentity.NONE);
            }
        }
    }

    @Test
    void ofManyThatFoundItAtOnceOneDoes() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<RedisSettings>>> all = Stream.generate(() -> threads.submit(() -> opened(0, 1, 2)))
                    .limit(12)
                    .toList();
            for (Future<List<RedisSettings>> one : all) {
                assertThat(one.get()).isEqualTo(all.getFirst().get());
            }
        }
    }

    /** Whoever was killed between two servers. */
    @Test
    void whatWasFoundedInPartIsFoundedToItsEnd() {
        List<RedisSettings> first = opened(0, 1, 2);
        try (RunningRedis ignored = RunningRedis.start(RedisServers.installed(8).orElseThrow(), List.of())) {
            List<RedisSettings> again = RedisPartitions.of(
                    settings(), List.of(SERVERS.get(0).url(), SERVERS.get(1).url(), ignored.url()), 3);
            assertThat(ledger(again)).isEqualTo(ledger(first));
        }
    }

    @Test
    void whatDoesNotFitIsRefusedAndToldHowToGoOn() {
        List<RedisSettings> first = opened(0, 1, 2);
        refused(
                "the ledger has 3 partitions, not 2: their number is fixed when a ledger begins. Set redis.partitions to 3",
                0,
                1);
        refused("has 3 partitions, not 4", 0, 1, 2, 3);
        refused(
                "it has partition 1, not partition 0: the addresses must stand in the order of the partitions",
                1,
                0,
                2);
        assertThatThrownBy(() -> RedisPartitions.of(settings(), List.of(), 3))
                .hasMessageContaining("it has partition 0, not all of them");
        assertThat(opened(0, 1, 2)).isEqualTo(first);
        // Another ledger, of which one server is named in the place of one of this.
        RedisSettings other = settings().withPrefix(prefix + "other:");
        List<RedisSettings> others = RedisPartitions.of(other, urls(0, 3), 2);
        assertThat(ledger(others)).isNotEqualTo(ledger(first));
        assertThatThrownBy(() -> RedisPartitions.of(other, List.of(), 2)).isInstanceOf(LedgerException.class);
        assertThatThrownBy(() -> RedisPartitions.of(settings(), urls(0, 1), 3)).isInstanceOf(LedgerException.class);
    }

    @Test
    void aServerOfAnotherLedgerIsRefused() {
        List<RedisSettings> first = opened(0, 1);
        // The same prefix, founded by itself on other servers.
        List<RedisSettings> second = opened(2, 3);
        assertThat(ledger(second)).isNotEqualTo(ledger(first));
        refused("it has a partition of ledger " + ledger(second) + ", not of " + ledger(first), 0, 3);
    }

    @Test
    void onOneServerAllHaveNamesOfTheirOwn() {
        List<RedisSettings> all = RedisPartitions.of(settings(), List.of(), 3);
        assertThat(all.stream().map(RedisSettings::prefix)).doesNotHaveDuplicates();
        assertThat(all.stream().map(RedisSettings::url))
                .containsOnly(SERVERS.getFirst().url());
        assertThat(RedisPartitions.of(settings(), List.of(), 3)).isEqualTo(all);
        assertThatThrownBy(() -> opened(0, 1, 2)).hasMessageContaining("it has all partitions, not partition 0");
    }
}
