// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import io.contextgraph.config.Login;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.redis.cluster.LedgerNode;
import io.contextgraph.ledger.redis.cluster.LedgerNode.Node;
import io.contextgraph.ledger.redis.cluster.SlotOwner;
import io.contextgraph.ledger.redis.socket.WatchedSockets;
import io.contextgraph.tls.TlsCauses;
import io.contextgraph.tls.TlsProbe;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.Response;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisNoScriptException;
import redis.clients.jedis.providers.PooledConnectionProvider;
import redis.clients.jedis.util.JedisURIHelper;

/**
 * The connections to one Redis: a bounded pool for calls that return at once, and one each for blocking readers.
 *
 * <p>In a cluster they lead to the node that has the ledger. One that has it no more answers so and has done nothing: a call is made
 * again where the ledger is, so that calls and pipelines must be such that they may be.
 *
 * <p><b>Errors.</b> {@link io.contextgraph.ledger.LedgerException}, classified; while Redis is away a call fails
 * within the connect timeout, or in a cluster within the time that it takes to ask some nodes.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class Redis implements AutoCloseable {
    /** A handshake may take as many times as long as a connection. */
    private static final int HANDSHAKE_ROUND_TRIPS = 5;

    private static final int LONGEST_ANSWER = 1024;

    /** How often a call is made again because the ledger is elsewhere. */
    private static final int MOST_MOVES = 2;

    private final RedisSettings settings;
    private final @Nullable Login login;
    private final LedgerNode ledger;
    private final SSLSocketFactory sockets;
    private volatile boolean answered;

    /** With the login of the address; opens nothing yet. */
    public Redis(RedisSettings settings) {
        this(settings, login(settings).orElse(null));
    }

    /** With a login of its own; opens nothing yet. */
    public Redis(RedisSettings settings, @Nullable Login login) {
        this(settings, login, settings.slotOwner());
    }

    /** @param slot who has the ledger in a cluster, as others look for it, too; empty outside of one */
    Redis(RedisSettings settings, @Nullable Login login, Optional<SlotOwner> slot) {
        this.settings = settings;
        this.login = login;
        this.sockets = settings.tls().factory(settings.timeouts().connect().multipliedBy(HANDSHAKE_ROUND_TRIPS));
        boolean secured = JedisURIHelper.isRedisSSLScheme(settings.url());
        this.ledger = slot.map(owner -> new LedgerNode(new LedgerNode.Search(owner, this::shards, secured), this::node))
                .orElseGet(() -> new LedgerNode(node(JedisURIHelper.getHostAndPort(settings.url()))));
    }

    private Node node(HostAndPort address) {
        ConnectionPoolConfig pool = new ConnectionPoolConfig();
        pool.setMaxTotal(settings.poolSize());
        pool.setMaxIdle(settings.poolSize());
        pool.setMaxWait(settings.timeouts().connect());
        pool.setBlockWhenExhausted(true);
        pool.setJmxEnabled(false);
        JedisClientConfig config = config(login, Duration.ZERO);
        var provider = new PooledConnectionProvider(new ConnectionFactory(sockets(address, config), config), pool);
        RedisClient client = RedisClient.builder()
                .clientConfig(config)
                .connectionProvider(provider)
                .build();
        return new Node(address, client, provider);
    }

    private static JedisSocketFactory sockets(HostAndPort address, JedisClientConfig config) {
        return new WatchedSockets(new DefaultJedisSocketFactory(address, config));
    }

    /** A node that hangs is not waited for: others know as much. */
    private Object shards(HostAndPort node) {
        JedisClientConfig config = config(login, settings.timeouts().connect(), Duration.ZERO);
        try (Connection connection = new Connection(sockets(node, config), config)) {
            connection.sendCommand(Protocol.Command.CLUSTER, "SHARDS");
            return connection.getOne();
        }
    }

    /** That of the address. */
    static Optional<Login> login(RedisSettings settings) {
        String password = JedisURIHelper.getPassword(settings.url());
        // Without a name it is the password of the user that Redis calls default.
        String user = JedisURIHelper.getUser(settings.url());
        return password == null ? Optional.empty() : Optional.of(new Login(user == null ? "" : user, password));
    }

    private DefaultJedisClientConfig config(@Nullable Login as, Duration blocking) {
        return config(as, settings.answerTimeout(), blocking);
    }

    private DefaultJedisClientConfig config(@Nullable Login as, Duration answer, Duration blocking) {
        var url = settings.url();
        DefaultJedisClientConfig.Builder config = DefaultJedisClientConfig.builder()
                .resp3()
                .connectionTimeoutMillis(
                        Math.toIntExact(settings.timeouts().connect().toMillis()))
                .socketTimeoutMillis(Math.toIntExact(answer.toMillis()))
                .blockingSocketTimeoutMillis(
                        Math.toIntExact(answer.plus(blocking).toMillis()))
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
            T result = atLedger(node -> work.apply(node.client()));
            answered = true;
            return result;
        } catch (LedgerException failed) {
            throw answered ? failed : explained(failed);
        }
    }

    /** Works at the node that has the ledger, and again where that has done nothing because another one has it. */
    private <T> T atLedger(Function<Node, T> work) {
        for (int moves = 0; ; moves++) {
            Node node = ledger.current();
            try {
                return work.apply(node);
            } catch (JedisException failed) {
                if (!ledger.isElsewhere(node, failed) || moves == MOST_MOVES) {
                    throw ledger.follows() ? RedisErrors.classify(failed) : RedisErrors.ofOneNode(failed);
                }
            }
        }
    }

    /**
     * Takes note of how work on a connection of one's own has failed: the next one may lead to another node.
     *
     * @return whether nothing of it was done, because the ledger is elsewhere; the connection is of no use then
     */
    public boolean isElsewhere(JedisException failed) {
        return ledger.isElsewhere(null, failed);
    }

    /** Host and port of the server that has the ledger now. */
    public String address() {
        return ledger.current().address().toString();
    }

    /** Whether it is a cluster, and its nodes may have a part of the ledger, or nothing of it any more. */
    public boolean isCluster() {
        return ledger.follows();
    }

    /** Has somebody told when the ledger has gone to another node of a cluster. */
    public void whenMoved(Runnable told) {
        ledger.whenMoved(told);
    }

    /** How often the ledger has gone to another node of a cluster, as far as has been noticed. */
    public long moves() {
        return ledger.moves();
    }

    /** A Redis that has never answered may wait for TLS, or not let this client in. */
    private LedgerException explained(LedgerException failed) {
        if (!(failed.getCause() instanceof JedisConnectionException lost)
                || ledger.follows()
                || TlsCauses.of(lost).isPresent()) {
            return failed;
        }
        HostAndPort address = ledger.current().address();
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
        return atLedger(node -> {
            try (Pipeline pipeline = node.client().pipelined()) {
                Supplier<T> answers = queue.apply(pipeline);
                sync(pipeline);
                return answers.get();
            }
        });
    }

    /**
     * Sends what is queued.
     *
     * <p>A node of a cluster that does not have what it was asked for, or not all of it any more, says so in place of an answer, which
     * nobody is to take for the answer that there is none.
     */
    private void sync(Pipeline pipeline) {
        if (!ledger.follows()) {
            pipeline.sync();
            return;
        }
        for (Object answer : pipeline.syncAndReturnAll()) {
            if (answer instanceof JedisDataException refused && RedisErrors.isOfCluster(refused)) {
                throw refused;
            }
        }
    }

    /** Runs one script that writes. */
    public Object write(Script script, List<byte[]> keys, List<byte[]> args) {
        return scripted(script, pipeline -> script.queue(pipeline, keys, args));
    }

    /** Runs calls of a script in one round trip, again where Redis had forgotten it: none of them has written then. */
    private <T> T scripted(Script script, Function<Pipeline, Supplier<T>> calls) {
        return atLedger(node -> {
            for (int loads = 0; ; loads++) {
                try (Pipeline pipeline = node.client().pipelined()) {
                    if (loads > 0) {
                        script.queueLoad(pipeline);
                    }
                    Supplier<T> answers = calls.apply(pipeline);
                    sync(pipeline);
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
        return atLedger(node -> {
            JedisClientConfig config = config(login, longest);
            return new Jedis(sockets(node.address(), config), config);
        });
    }

    /** A connection of one's own, on which commands are sent without waiting for the answers to those before. */
    public Connection open() {
        return atLedger(node -> {
            JedisClientConfig config = config(login, Duration.ZERO);
            Connection connection = new Connection(sockets(node.address(), config), config);
            try {
                connection.connect();
                return connection;
            } catch (RuntimeException e) {
                connection.close();
                throw e;
            }
        });
    }

    /** Works on a connection of one's own, as {@link #open} gives it, that is closed then. */
    public <T> T onOwn(Function<Connection, T> work) {
        return RedisErrors.guard(() -> {
            try (Connection connection = open()) {
                return work.apply(connection);
            } catch (JedisException failed) {
                boolean ignored = isElsewhere(failed);
                throw failed;
            }
        });
    }

    /**
     * A connection of one's own that has logged in, for what the driver does not speak: RESP2, everything read that was sent.
     *
     * @param silence how long it may say nothing before it is given up
     */
    public Socket conversation(Duration silence) {
        return atLedger(node -> {
            Socket socket = new DefaultJedisSocketFactory(node.address(), config(null, Duration.ZERO)).createSocket();
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
        return atLedger(node -> new Jedis(node.address(), config(null, Duration.ZERO)));
    }

    @Override
    public void close() {
        ledger.close();
    }
}
