// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.personal;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.DurabilitySettings;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.personal.KeyNews;
import io.contextgraph.ledger.personal.KeyNewsContract;
import io.contextgraph.ledger.personal.SubjectPseudonym;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.args.ClientType;

class RedisKeyNewsIT extends KeyNewsContract {
    private final Map<KeyNews, RedisSettings> opened = new HashMap<>();

    @Override
    protected KeyNews fresh() {
        return open(RedisSettings.defaults(RedisServers.any()).withPrefix("test-" + UUID.randomUUID() + ":"));
    }

    private KeyNews open(RedisSettings settings) {
        KeyNews news = RedisKeyNews.of(settings);
        RedisSettings ignored = opened.put(news, settings);
        return news;
    }

    @Override
    protected KeyNews another(KeyNews same) {
        return open(Objects.requireNonNull(opened.get(same)));
    }

    @Override
    protected void close(KeyNews news) {
        ((RedisKeyNews) news).close();
    }

    /** Redis that went and came back is listened to again. */
    @Test
    void aConnectionThatBrokeIsMadeAgain() throws InterruptedException {
        BlockingQueue<SubjectPseudonym> heard = new LinkedBlockingQueue<>();
        try (RunningRedis redis = RunningRedis.start(RedisServers.bundled(), List.of());
                RedisKeyNews news = RedisKeyNews.of(RedisSettings.defaults(redis.url()))) {
            KeyNews.Listening listening = news.listen(heard::add);
            awaitHeard(news, heard);
            redis.kill();
            redis.restart();
            awaitHeard(news, heard);
            listening.close();
        }
    }

    /** That nobody was erased for long is no fault: the connection stays. */
    @Test
    void silenceIsNoFault() throws InterruptedException {
        BlockingQueue<SubjectPseudonym> heard = new LinkedBlockingQueue<>();
        try (RunningRedis redis = RunningRedis.start(RedisServers.bundled(), List.of());
                RedisKeyNews news = RedisKeyNews.of(hasty(redis));
                Jedis asking = new Jedis(redis.url())) {
            KeyNews.Listening listening = news.listen(heard::add);
            awaitHeard(news, heard);
            String first = listener(asking).orElseThrow();
            Optional<String> now = Optional.of(first);
            while (now.equals(Optional.of(first)) && idleSeconds(asking) < 2) {
                now = listener(asking);
            }
            assertThat(now).contains(first);
            awaitHeard(news, heard);
            assertThat(listener(asking)).contains(first);
            listening.close();
        }
    }

    /** A connection that only seems to be there is not kept for ever. */
    @Test
    void aConnectionThatIsSilentForTooLongIsMadeAnew() throws InterruptedException {
        BlockingQueue<SubjectPseudonym> heard = new LinkedBlockingQueue<>();
        try (RunningRedis redis = RunningRedis.start(RedisServers.bundled(), List.of());
                RedisKeyNews news = RedisKeyNews.of(hasty(redis), Duration.ofMillis(100));
                Jedis asking = new Jedis(redis.url())) {
            KeyNews.Listening listening = news.listen(heard::add);
            awaitHeard(news, heard);
            Optional<String> first = listener(asking);
            Optional<String> now = first;
            while (now.isEmpty() || now.equals(first)) {
                now = listener(asking);
            }
            awaitHeard(news, heard);
            listening.close();
        }
    }

    /** That waits for answers less than a second. */
    private static RedisSettings hasty(RunningRedis redis) {
        RedisSettings standard = RedisSettings.defaults(redis.url());
        return standard.withDurability(new DurabilitySettings(Durability.MEMORY, 0, Duration.ofMillis(100)))
                .withTimeouts(new RedisSettings.Timeouts(
                        standard.timeouts().connect(),
                        Duration.ofMillis(500),
                        standard.timeouts().query()));
    }

    /** The connection that listens, by its number; empty while there is none. */
    private static Optional<String> listener(Jedis asking) {
        return part(asking, "id=");
    }

    /** For how long it was silent; 0 while there is none. */
    private static int idleSeconds(Jedis asking) {
        return part(asking, "idle=").map(Integer::valueOf).orElse(0);
    }

    private static Optional<String> part(Jedis asking, String name) {
        return Arrays.stream(asking.clientList(ClientType.PUBSUB).split(" ", -1))
                .filter(part -> part.startsWith(name))
                .map(part -> part.substring(name.length()))
                .findFirst();
    }

    private static void awaitHeard(RedisKeyNews news, BlockingQueue<SubjectPseudonym> heard)
            throws InterruptedException {
        heard.clear();
        SubjectPseudonym found = null;
        for (int i = 0; i < 600 && found == null; i++) {
            try {
                news.tell(List.of(Events.pseudonym(1)));
            } catch (LedgerException lost) {
                // The connection was to the Redis that is gone.
                assertThat(lost.reason()).isEqualTo(LedgerException.Reason.UNAVAILABLE);
            }
            found = heard.poll(50, TimeUnit.MILLISECONDS);
        }
        assertThat(found).isEqualTo(Events.pseudonym(1));
    }
}
