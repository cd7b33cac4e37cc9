// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.personal;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.personal.KeyNews;
import io.contextgraph.ledger.personal.SubjectPseudonym;
import io.contextgraph.ledger.redis.client.Connections;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.client.Role;
import io.contextgraph.ops.BackgroundThread;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.exceptions.JedisException;

/**
 * News of keys over a channel of Redis.
 *
 * <p><b>Shape.</b> A message is pseudonyms with a space between them.
 *
 * <p><b>Units and bounds.</b> A connection of its own for each who listens; one that broke is made again after {@value
 * #PAUSE_SECONDS} s, and one on which nothing was told for {@value #SILENCE_MINUTES} min at once: it may be dead.
 */
public final class RedisKeyNews implements KeyNews, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RedisKeyNews.class);
    private static final Pattern SPACE = Pattern.compile(" ");
    private static final int PAUSE_SECONDS = 1;
    private static final int SILENCE_MINUTES = 1;

    private final Connections connections;
    private final Keys keys;
    private final Duration silence;
    private final Set<Ear> ears = ConcurrentHashMap.newKeySet();

    private RedisKeyNews(Connections connections, Keys keys, Duration silence) {
        this.connections = connections;
        this.keys = keys;
        this.silence = silence;
    }

    /** Opens nothing yet. */
    public static RedisKeyNews of(RedisSettings settings) {
        return of(settings, Duration.ofMinutes(SILENCE_MINUTES));
    }

    /** @param silence how long nothing need be told, besides the time that any answer may take */
    static RedisKeyNews of(RedisSettings settings, Duration silence) {
        return new RedisKeyNews(new Connections(settings.withPoolSize(1)), settings.keys(), silence);
    }

    @Override
    public void tell(List<SubjectPseudonym> names) {
        String message =
                String.join(" ", names.stream().map(SubjectPseudonym::value).toList());
        long ignored = connections.of(Role.ERASE).call(client -> client.publish(keys.keyNews(), message));
    }

    @Override
    public Listening listen(Consumer<SubjectPseudonym> heard) {
        Ear ear = new Ear(connections.of(Role.READ), silence, keys.keyNews(), heard);
        boolean ignored = ears.add(ear);
        ear.thread.start();
        return () -> {
            boolean left = ears.remove(ear);
            if (left) {
                ear.close();
            }
        };
    }

    /** Nobody listens any more. */
    @Override
    public void close() {
        ears.forEach(Ear::close);
        ears.clear();
        connections.close();
    }

    /** One who listens. */
    private static final class Ear extends JedisPubSub {
        private final Redis redis;
        private final Duration silence;
        private final String channel;
        private final Consumer<SubjectPseudonym> heard;
        private final BackgroundThread thread = new BackgroundThread("key-news", this::listen);
        private volatile boolean closed;
        private volatile @Nullable Jedis connection;

        Ear(Redis redis, Duration silence, String channel, Consumer<SubjectPseudonym> heard) {
            this.redis = redis;
            this.silence = silence;
            this.channel = channel;
            this.heard = heard;
        }

        private void listen() {
            boolean stopped = false;
            while (!stopped && !closed) {
                stopped = !heardOut() && thread.stoppedWithin(Duration.ofSeconds(PAUSE_SECONDS));
            }
        }

        /** Listens on one connection until it was silent for long; false when it broke. */
        private boolean heardOut() {
            try (Jedis own = redis.dedicated(silence)) {
                connection = own;
                if (!closed) {
                    own.subscribe(this, channel);
                }
                return true;
            } catch (LedgerException | JedisException ended) {
                boolean silent = ended.getCause() instanceof SocketTimeoutException;
                if (!silent && !closed) {
                    LOG.warn(
                            "Nobody can tell this server whose keys are destroyed ({}): it looks by itself, and"
                                    + " tries again to listen",
                            ended.getMessage());
                }
                return silent;
            }
        }

        @Override
        public void onMessage(String from, String message) {
            SPACE.splitAsStream(message)
                    .flatMap(name -> SubjectPseudonym.parse(name).stream())
                    .forEach(heard);
        }

        private void close() {
            closed = true;
            Jedis own = connection;
            if (own != null) {
                // Whoever reads from it is told so at once.
                own.disconnect();
            }
            thread.close();
        }
    }
}
