// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.personal;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.personal.KeyNews;
import io.contextgraph.ledger.personal.KeyNewsContract;
import io.contextgraph.ledger.personal.SubjectPseudonym;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

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
