// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import io.contextgraph.config.Login;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.redis.socket.WatchedSockets;
import io.contextgraph.tls.TlsCauses;
import io.contextgraph.tls.TlsProbe;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;
import org.apache.commons.io.IOUtils;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionFactory;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.DefaultJedisSocketFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.Response;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisNoScriptException;
import redis.clients.jedis.providers.PooledConnectionProvider;
import redis.clients.jedis.util.JedisURIHelper;

/**
 * The connections to one Redis: a bounded pool for calls that return at once, and one each for blocking readers.
 *
 * <p><b>Errors.</b> {@link io.contextgraph.ledger.LedgerException}, classified; while Redis is away a call fails
 * within the connect timeout.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class Redis implements AutoCloseable {
    /** A handshake may take as many times as long as a connection. */
    private static final int HANDSHAKE_ROUND_TRIPS = 5;

    private static final int LONGEST_ANSWER = 1024;

    private final RedisSettings settings;
    private final @Nullable Login login;
    private final HostAndPort address;
    private final RedisClient client;
    private final SSLSocketFactory sockets;
    private volatile boolean answered;

    /** With the login of the address; opens nothing yet. */
    public Redis(RedisSettings settings) {
        this(settings, loginOf(settings.url()));
    }

    /** With a login of its own; opens nothing yet. */
    public Redis(RedisSettings settings, @Nullable Login login) {
        this.settings = settings;
        this.login = login;
        this.address = JedisURIHelper.getHostAndPort(settings.url());
        this.sockets = settings.tls().factory(settings.timeouts().connect().multipliedBy(HANDSHAKE_ROUND_TRIPS));
        ConnectionPoolConfig pool = new ConnectionPoolConfig();
        pool.setMaxTotal(settings.poolSize());
        pool.setMaxIdle(settings.poolSize());
        pool.setMaxWait(settings.timeouts().connect());
        pool.setBlockWhenExhausted(true);
        pool.setJmxEnabled(false);
        JedisClientConfig config = config(login, Duration.ZERO);
        this.client = RedisClient.builder()
                .clientConfig(config)
                .connectionProvider(new PooledConnectionProvider(new ConnectionFactory(sockets(config), config), pool))
                .build();
    }

    private JedisSocketFactory sockets(JedisClientConfig config) {
        return new WatchedSockets(new DefaultJedisSocketFactory(address, config));
    }

    private static @Nullable Login loginOf(URI url) {
        String password = JedisURIHelper.getPassword(url);
        // Without a name it is the password of the user that Redis calls default.
        String user = JedisURIHelper.getUser(url);
        return password == null ? null : new Login(user == null ? "" : user, password);
    }

    private DefaultJedisClientConfig config(@Nullable Login as, Duration blocking) {
        var url = settings.url();
        DefaultJedisClientConfig.Builder config = DefaultJedisClientConfig.builder()
                .resp3()
                .connectionTimeoutMillis(
                        Math.toIntExact(settings.timeouts().connect().toMillis()))
                .socketTimeoutMillis(Math.toIntExact(settings.answerTimeout().toMillis()))
                .blockingSocketTimeoutMillis(
                        Math.toIntExact(settings.answerTimeout().plus(blocking).toMillis()))
                .user(as == null || as.user().isEmpty() ? null : as.user())
                .password(as == null ? null : as.password())
                .database(JedisURIHelper.getDBIndex(url))
                .clientName("contextgraph");
        if (JedisURIHelper.isRedisSSLScheme(url)) {
            secure(config);
        }
        return config.build();
    }

    @SuppressWarnings("deprecation") // What is to take its place reads key stores only, and those with each connection.
    private void secure(DefaultJedisClientConfig.Builder config) {
        DefaultJedisClientConfig.Builder ignored = config.ssl(true).sslSocketFactory(sockets);
    }

    public <T> T call(Function<RedisClient, T> work) {
        try {
            T result = RedisErrors.guard(() -> work.apply(client));
            answered = true;
            return result;
        } catch (LedgerException failed) {
            throw answered ? failed : explained(failed);
        }
    }

    /** A Redis that has never answered may wait for TLS, or not let this client in. */
    private LedgerException explained(LedgerException failed) {
        if (!(failed.getCause() instanceof JedisConnectionException lost)
                || TlsCauses.of(lost).isPresent()) {
            return failed;
        }
        String host = address.getHost();
        Duration patience = settings.timeouts().connect();
        if (JedisURIHelper.isRedisSSLScheme(settings.url())) {
            return TlsProbe.refusal(settings.tls(), host, address.getPort(), patience)
                    .map(cause -> RedisErrors.unsecured(cause, lost))
                    .orElse(failed);
        }
        return TlsProbe.ask(host, address.getPort(), patience) == TlsProbe.Answer.TLS
                ? RedisErrors.unsecured("this port speaks TLS: redis.url must begin with rediss://", lost)
                : failed;
    }

    /**
     * Sends what {@code queue} queues in one round trip, all on one connection.
     *
     * @param queue queues commands and returns how to read their answers
     */
    public <T> T pipelined(Function<Pipeline, Supplier<T>> queue) {
        return RedisErrors.guard(() -> {
            try (Pipeline pipeline = client.pipelined()) {
                Supplier<T> answers = queue.apply(pipeline);
                pipeline.sync();
                return answers.get();
            }
        });
    }

    /** Runs one script that writes. */
    public Object write(Script script, List<byte[]> keys, List<byte[]> args) {
        return scripted(script, pipeline -> script.queue(pipeline, keys, args));
    }

    /** Runs calls of a script in one round trip, again where Redis had forgotten it: none of them has written then. */
    private <T> T scripted(Script script, Function<Pipeline, Supplier<T>> calls) {
        return RedisErrors.guard(() -> {
            for (int loads = 0; ; loads++) {
                try (Pipeline pipeline = client.pipelined()) {
                    if (loads > 0) {
                        script.queueLoad(pipeline);
                    }
                    Supplier<T> answers = calls.apply(pipeline);
                    pipeline.sync();
                    return answers.get();
                } catch (JedisNoScriptException forgotten) {
                    if (loads == Script.MAX_LOADS) {
                        throw forgotten;
                    }
                }
            }
        });
    }

    /** Runs one read-only script. */
    public Object run(Script script, List<byte[]> keys, List<byte[]> args) {
        return runAll(script, List.of(keys), args).getFirst();
    }

    /** Runs one read-only script for each list of keys, in one round trip. */
    List<Object> runAll(Script script, List<List<byte[]>> keys, List<byte[]> args) {
        return scripted(script, pipeline -> {
            List<Response<Object>> replies = new ArrayList<>();
            for (List<byte[]> k : keys) {
                replies.add(script.queueReadOnly(pipeline, k, args));
            }
            return () -> replies.stream().map(Response::get).toList();
        });
    }

    /** A connection of one's own, for commands that block up to {@code longest}. */
    public Jedis dedicated(Duration longest) {
        return RedisErrors.guard(() -> {
            JedisClientConfig config = config(login, longest);
            return new Jedis(sockets(config), config);
        });
    }

    /** A connection of one's own, on which commands are sent without waiting for the answers to those before. */
    public Connection open() {
        return RedisErrors.guard(() -> {
            JedisClientConfig config = config(login, Duration.ZERO);
            Connection connection = new Connection(sockets(config), config);
            try {
                connection.connect();
                return connection;
            } catch (RuntimeException e) {
                connection.close();
                throw e;
            }
        });
    }

    /**
     * A connection of one's own that has logged in, for what the driver does not speak: RESP2, everything read that was sent.
     *
     * @param silence how long it may say nothing before it is given up
     */
    public Socket conversation(Duration silence) {
        return RedisErrors.guard(() -> {
            Socket socket = new DefaultJedisSocketFactory(address, config(null, Duration.ZERO)).createSocket();
            try {
                socket.setSoTimeout(Math.toIntExact(silence.toMillis()));
                if (login != null) {
                    greet(socket, login);
                }
                return socket;
            } catch (IOException lost) {
                IOUtils.closeQuietly(socket);
                throw new JedisConnectionException(lost);
            } catch (RuntimeException e) {
                IOUtils.closeQuietly(socket);
                throw e;
            }
        });
    }

    private static void greet(Socket socket, Login login) throws IOException {
        List<String> words = new ArrayList<>(List.of("AUTH"));
        if (!login.user().isEmpty()) {
            words.add(login.user());
        }
        words.add(login.password());
        ByteArrayOutputStream command = new ByteArrayOutputStream();
        command.writeBytes(Keys.bytes("*" + words.size() + "\r\n"));
        for (String word : words) {
            byte[] bytes = Keys.bytes(word);
            command.writeBytes(Keys.bytes("$" + bytes.length + "\r\n"));
            command.writeBytes(bytes);
            command.writeBytes(Keys.bytes("\r\n"));
        }
        socket.getOutputStream().write(command.toByteArray());
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        int next = socket.getInputStream().read();
        while (next >= 0 && next != '\n' && answer.size() < LONGEST_ANSWER) {
            answer.write(next);
            next = socket.getInputStream().read();
        }
        String said = Keys.text(answer.toByteArray()).strip();
        if (!said.equals("+OK")) {
            throw new JedisAccessControlException(said.replaceFirst("^-", ""));
        }
    }

    /** A connection without name or password. */
    public Jedis anonymous() {
        return RedisErrors.guard(() -> new Jedis(address, config(null, Duration.ZERO)));
    }

    @Override
    public void close() {
        client.close();
    }
}
