// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.util.JedisClusterCRC16;
import redis.clients.jedis.util.SafeEncoder;

/**
 * A cluster of three masters of Redis 8 and a replica of each, on loopback.
 *
 * <p><b>Guarantees.</b> Its servers are stopped with it, at the latest with the JVM.
 */
public final class RedisCluster implements AutoCloseable {
    private static final int MASTERS = 3;
    private static final int SLOTS = 16_384;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<String> arguments;
    private final String password = UUID.randomUUID().toString();
    private final List<RunningRedis> nodes = new CopyOnWriteArrayList<>();

    private RedisCluster(List<String> arguments) {
        this.arguments = arguments;
    }

    /**
     * Starts one and waits until it serves all slots, and each replica has what its master has.
     *
     * @param nodeTimeout after which a silent node is taken for dead
     * @param more arguments of all servers
     */
    public static RedisCluster start(Duration nodeTimeout, List<String> more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--cluster-enabled",
                "yes",
                "--cluster-node-timeout",
                Long.toString(nodeTimeout.toMillis()),
                "--cluster-replica-validity-factor",
                "0",
                "--cluster-allow-replica-migration",
                "no",
                "--repl-diskless-sync-delay",
                "0",
                "--enable-debug-command",
                "local"));
        arguments.addAll(more);
        RedisCluster cluster = new RedisCluster(arguments);
        try {
            for (int i = 0; i < 2 * MASTERS; i++) {
                RunningRedis ignored = cluster.startNode();
            }
            cluster.join();
            return cluster;
        } catch (RuntimeException | Error e) {
            cluster.close();
            throw e;
        }
    }

    private RunningRedis startNode() {
        try {
            List<String> all = new ArrayList<>(arguments);
            all.addAll(List.of("--cluster-port", Integer.toString(TestPorts.free())));
            RunningRedis node = RunningRedis.start(RedisServers.installed(8).orElseThrow(), all, password);
            nodes.add(node);
            return node;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void join() {
        for (int i = 0; i < MASTERS; i++) {
            String first = Integer.toString(i * SLOTS / MASTERS);
            String last = Integer.toString((i + 1) * SLOTS / MASTERS - 1);
            Object ignored = cluster(nodes.get(i), "ADDSLOTSRANGE", first, last);
            // Each a time of its own: nobody has to settle who is the newest.
            ignored = cluster(nodes.get(i), "SET-CONFIG-EPOCH", Integer.toString(i + 1));
        }
        nodes.stream().skip(1).forEach(this::meet);
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> nodes.stream().allMatch(node -> lines(node).size() == nodes.size()));
        for (int i = MASTERS; i < nodes.size(); i++) {
            follow(nodes.get(i), nodes.get(i - MASTERS));
        }
        awaitWhole();
    }

    private void meet(RunningRedis node) {
        RunningRedis first = nodes.stream()
                .filter(other -> other != node && isAlive(other))
                .findFirst()
                .orElseThrow();
        Object ignored =
                cluster(node, "MEET", "127.0.0.1", Integer.toString(first.port()), Integer.toString(busPort(first)));
    }

    private int busPort(RunningRedis node) {
        try (Jedis jedis = jedis(node)) {
            return Integer.parseInt(jedis.configGet("cluster-port").get("cluster-port"));
        }
    }

    private void follow(RunningRedis replica, RunningRedis master) {
        String id = id(master);
        Awaitility.await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> {
            Object ignored = cluster(replica, "REPLICATE", id);
        });
    }

    /** Waits until all servers that run agree on who serves what, every slot is served, and every replica follows its master. */
    public void awaitWhole() {
        Awaitility.await()
                .atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(JedisException.class)
                .untilAsserted(() -> {
                    List<RunningRedis> alive = alive();
                    List<String> views =
                            alive.stream().map(this::view).distinct().toList();
                    assertThat(views).hasSize(1);
                    for (RunningRedis node : alive) {
                        assertThat(info(node, "CLUSTER", "INFO"))
                                .contains("cluster_state:ok")
                                .contains("cluster_slots_ok:" + SLOTS);
                        String replication = info(node, "INFO", "replication");
                        assertThat(replication.contains("role:master") || replication.contains("master_link_status:up"))
                                .isTrue();
                    }
                });
    }

    /** Who has which slots, as a node sees it. */
    private String view(RunningRedis node) {
        return lines(node).stream()
                .filter(line -> line.isMaster() && !line.slots().isEmpty())
                .map(line -> line.id() + " " + line.slots())
                .sorted()
                .collect(Collectors.joining("\n"));
    }

    private List<Line> lines(RunningRedis node) {
        return info(node, "CLUSTER", "NODES").lines().map(Line::of).toList();
    }

    /**
     * What a node knows of one.
     *
     * @param flags whether it is a master, and whether it has failed
     * @param master the id of the one that it follows
     * @param slots ranges, and slots on their way
     */
    private record Line(String id, int port, String flags, String master, List<String> slots) {
        private static final Pattern SPACE = Pattern.compile(" ");
        private static final Pattern PORT = Pattern.compile("(?<=:)\\d+(?=@)");
        private static final Pattern RANGE = Pattern.compile("(\\d+)(?:-(\\d+))?");

        static Line of(String line) {
            List<String> words = SPACE.splitAsStream(line).toList();
            Matcher port = PORT.matcher(words.get(1));
            assertThat(port.find()).isTrue();
            return new Line(
                    words.get(0),
                    Integer.parseInt(port.group()),
                    words.get(2),
                    words.get(3),
                    words.subList(8, words.size()));
        }

        boolean isMaster() {
            return flags.contains("master") && !flags.contains("fail");
        }

        boolean serves(int slot) {
            return slots.stream().map(RANGE::matcher).filter(Matcher::matches).anyMatch(range -> {
                int first = Integer.parseInt(range.group(1));
                int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
                return first <= slot && slot <= last;
            });
        }
    }

    private String info(RunningRedis node, String command, String argument) {
        try (Jedis jedis = jedis(node)) {
            return SafeEncoder.encode((byte[]) jedis.sendCommand(Command.valueOf(command), argument));
        }
    }

    private Object cluster(RunningRedis node, String... words) {
        try (Jedis jedis = jedis(node)) {
            return jedis.sendCommand(Command.CLUSTER, words);
        }
    }

    /** A connection to a node. */
    public Jedis jedis(RunningRedis node) {
        return jedis(node, 30_000);
    }

    private Jedis jedis(RunningRedis node, int answerMillis) {
        return new Jedis(
                new HostAndPort("127.0.0.1", node.port()),
                DefaultJedisClientConfig.builder()
                        .password(password)
                        .autoNegotiateProtocol(false)
                        .connectionTimeoutMillis(1000)
                        .socketTimeoutMillis(answerMillis)
                        .build());
    }

    /** One that was stopped where it is takes connections, and answers nothing. */
    private boolean isAlive(RunningRedis node) {
        try (Jedis jedis = jedis(node, 1000)) {
            return jedis.ping() != null;
        } catch (JedisException dead) {
            return false;
        }
    }

    private List<RunningRedis> alive() {
        return nodes.stream().filter(this::isAlive).toList();
    }

    private String id(RunningRedis node) {
        return SafeEncoder.encode((byte[]) cluster(node, "MYID"));
    }

    /** The slot of all keys with a prefix that has a hash tag. */
    public static int slot(String prefix) {
        return JedisClusterCRC16.getSlot(prefix);
    }

    /** The master that has the keys with a prefix, by what the other nodes that run know. */
    public RunningRedis owner(String prefix) {
        int slot = slot(prefix);
        Map<Integer, RunningRedis> byPort = nodes.stream().collect(Collectors.toMap(RunningRedis::port, node -> node));
        return alive().stream()
                .flatMap(node -> lines(node).stream())
                .filter(line -> line.isMaster() && line.serves(slot))
                .findFirst()
                .map(line -> byPort.get(line.port()))
                .orElseThrow();
    }

    /** A master that has other keys. */
    public RunningRedis anotherMaster(String prefix) {
        RunningRedis owner = owner(prefix);
        return alive().stream()
                .filter(node ->
                        node != owner && info(node, "INFO", "replication").contains("role:master"))
                .findFirst()
                .orElseThrow();
    }

    /** The replica of a master that runs. */
    public RunningRedis replicaOf(RunningRedis master) {
        String id = id(master);
        return lines(master).stream()
                .filter(line -> line.master().equals(id))
                .flatMap(line -> nodes.stream().filter(node -> node.port() == line.port()))
                .findFirst()
                .orElseThrow();
    }

    /** Waits until another server than this one has the keys with a prefix, and answers it. */
    public RunningRedis awaitTakenOver(String prefix, RunningRedis from) {
        return awaitTakenOver(prefix, from, PATIENCE);
    }

    private RunningRedis awaitTakenOver(String prefix, RunningRedis from, Duration patience) {
        return Awaitility.await()
                .atMost(patience)
                .ignoreExceptions()
                .until(() -> owner(prefix), owner -> owner != from);
    }

    /** Starts a further server, which follows a master, and waits until it has what that has. */
    public RunningRedis addReplica(RunningRedis master) {
        RunningRedis added = startNode();
        meet(added);
        follow(added, master);
        awaitWhole();
        return added;
    }

    /** Stops a replica where it is: it gets nothing any more of what its master is told, until it is sent {@code CONT}. */
    public void cutOff(RunningRedis replica) {
        String id = id(replica);
        RunningRedis master = nodes.stream()
                .filter(node -> node != replica && isAlive(node))
                .filter(node -> lines(node).stream()
                        .anyMatch(line -> line.id().equals(id) && line.master().equals(id(node))))
                .findFirst()
                .orElseThrow();
        replica.signal("STOP");
        try (Jedis jedis = jedis(master)) {
            // What is on its way would reach it later.
            Object ignored = jedis.sendCommand(Command.CLIENT, "KILL", "TYPE", "replica");
        }
    }

    /** Lets the replica take over from the master of the keys with a prefix, in agreement with it, and waits until it has. */
    public RunningRedis switchOver(String prefix) {
        RunningRedis master = owner(prefix);
        RunningRedis replica = replicaOf(master);
        // It may be given up where there is much to do.
        Awaitility.await().atMost(PATIENCE).until(() -> {
            if (owner(prefix) == master) {
                Object ignored = cluster(replica, "FAILOVER");
            }
            try {
                RunningRedis ignored = awaitTakenOver(prefix, master, Duration.ofSeconds(6));
                return true;
            } catch (ConditionTimeoutException givenUp) {
                return false;
            }
        });
        return replica;
    }

    /** Takes a server that does not run any more out of the knowledge of all others. */
    public void forget(RunningRedis dead) {
        for (RunningRedis node : alive()) {
            Optional<String> id = lines(node).stream()
                    .filter(line -> line.port() == dead.port())
                    .map(Line::id)
                    .findFirst();
            id.ifPresent(known -> {
                Object ignored = cluster(node, "FORGET", known);
            });
        }
        nodes.remove(dead);
        dead.close();
    }

    /** Begins to move a slot. */
    public Migration migrate(String prefix, RunningRedis to) {
        Migration migration = new Migration(slot(prefix), owner(prefix), to);
        migration.begin();
        return migration;
    }

    /** A slot on its way, as {@code redis-cli --cluster reshard} takes it. */
    public final class Migration {
        private final String slot;
        private final RunningRedis from;
        private final RunningRedis to;

        private Migration(int slot, RunningRedis from, RunningRedis to) {
            this.slot = Integer.toString(slot);
            this.from = from;
            this.to = to;
        }

        private void begin() {
            Object ignored = cluster(to, "SETSLOT", slot, "IMPORTING", id(from));
            ignored = cluster(from, "SETSLOT", slot, "MIGRATING", id(to));
        }

        /**
         * Moves some of its keys.
         *
         * @return whether there were any
         */
        public boolean moveKeys(int most) {
            try (Jedis source = jedis(from)) {
                List<String> keys = source.clusterGetKeysInSlot(Integer.parseInt(slot), most);
                if (keys.isEmpty()) {
                    return false;
                }
                move(source, keys);
                return true;
            }
        }

        /** Moves one key, if it is there. */
        public void moveKey(String key) {
            try (Jedis source = jedis(from)) {
                move(source, List.of(key));
            }
        }

        private void move(Jedis source, List<String> keys) {
            List<String> words = new ArrayList<>(
                    List.of("127.0.0.1", Integer.toString(to.port()), "", "0", "30000", "AUTH", password, "KEYS"));
            words.addAll(keys);
            Object ignored = source.sendCommand(Command.MIGRATE, words.toArray(String[]::new));
        }

        /** Moves what is left, and gives the slot to its new master. */
        public void finish() {
            boolean more = true;
            while (more) {
                more = moveKeys(100);
            }
            Object ignored = cluster(to, "SETSLOT", slot, "NODE", id(to));
            ignored = cluster(from, "SETSLOT", slot, "NODE", id(to));
        }
    }

    /** The servers, those that were killed among them. */
    public List<RunningRedis> nodes() {
        return List.copyOf(nodes);
    }

    /** Where one of them is, password included. */
    public URI url() {
        return nodes.getFirst().url();
    }

    @Override
    public void close() {
        nodes.forEach(RunningRedis::kill);
        nodes.forEach(RunningRedis::close);
    }
}
