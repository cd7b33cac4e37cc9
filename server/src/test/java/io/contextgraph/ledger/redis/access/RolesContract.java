// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.access.AccessKey;
import io.contextgraph.access.KeyRole;
import io.contextgraph.access.KeySecret;
import io.contextgraph.access.KeyStore;
import io.contextgraph.access.KeyStoreContract;
import io.contextgraph.config.Login;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.Original;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.event.TypeFilter;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.DurabilitySettings;
import io.contextgraph.ledger.EpochsContract;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.EventFeedContract;
import io.contextgraph.ledger.EventLogContract;
import io.contextgraph.ledger.EventSearchContract;
import io.contextgraph.ledger.Failure;
import io.contextgraph.ledger.ForwardingLedger;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.OperationStore;
import io.contextgraph.ledger.OperationStoreContract;
import io.contextgraph.ledger.ParkedEntry;
import io.contextgraph.ledger.ParkingContract;
import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.SessionSummary;
import io.contextgraph.ledger.SessionsContract;
import io.contextgraph.ledger.mend.Damage;
import io.contextgraph.ledger.mend.Examined;
import io.contextgraph.ledger.personal.ErasureRecords;
import io.contextgraph.ledger.personal.ErasureRecordsContract;
import io.contextgraph.ledger.personal.KeyNews;
import io.contextgraph.ledger.personal.PersonalEvent;
import io.contextgraph.ledger.personal.PersonalEventsContract;
import io.contextgraph.ledger.personal.SealedEventsContract;
import io.contextgraph.ledger.personal.SubjectPseudonym;
import io.contextgraph.ledger.prune.Hold;
import io.contextgraph.ledger.prune.Pruned;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.ledger.prune.SeqRun;
import io.contextgraph.ledger.redis.LedgerAudit;
import io.contextgraph.ledger.redis.LedgerFault;
import io.contextgraph.ledger.redis.RedisFixture;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.access.AccessCheck.Account;
import io.contextgraph.ledger.redis.access.AccessRules.Rule;
import io.contextgraph.ledger.redis.client.Connections;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.PlanText;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.client.Role;
import io.contextgraph.ledger.redis.mend.RedisMender;
import io.contextgraph.ledger.redis.personal.RedisKeyNews;
import io.contextgraph.ledger.redis.personal.RedisPersistedFiles;
import io.contextgraph.ledger.redis.search.SearchIndex;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.ledger.trim.IndexWindow;
import io.contextgraph.ledger.trim.TrimRule;
import io.contextgraph.ledger.trim.Trimming;
import io.contextgraph.operation.Watcher;
import io.contextgraph.ops.Finding;
import io.contextgraph.restoring.FounderContract;
import io.contextgraph.retention.Ceilings;
import io.contextgraph.retention.Retention;
import io.contextgraph.retention.RetentionReport;
import io.contextgraph.retention.RetentionSettings;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.Extent;
import io.contextgraph.testing.RunningRedis;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.commands.ProtocolCommand;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.XAddParams;
import redis.clients.jedis.search.SearchProtocol.SearchCommand;

/** Every role with a user of its own: each can do its work, and nothing else. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RolesContract {
    private final Engine engine;

    private @Nullable RoleServer started;

    RolesContract(Engine engine) {
        this.engine = engine;
    }

    abstract RoleServer start();

    final synchronized RoleServer server() {
        RoleServer running = started;
        if (running == null) {
            running = start();
            started = running;
        }
        return running;
    }

    @AfterAll
    final void stopServer() {
        if (started != null) {
            started.close();
        }
    }

    /** With everything that a pattern of Redis could take for a rule. */
    private static String newPrefix() {
        return "roles-{a}[b]*?^\\-" + UUID.randomUUID() + ":";
    }

    private PartitionFixture ledger() {
        return new Limited(server(), RedisFixture.connect(server().users(newPrefix())));
    }

    /** A ledger whose users have been denied nothing by the time it is closed. */
    private record Limited(RoleServer server, PartitionFixture ledger) implements PartitionFixture, ForwardingLedger {

        @Override
        public EventFeed feed(String group, Duration claimAfter) {
            return ledger.feed(group, claimAfter);
        }

        @Override
        public PartitionFixture another() {
            return ledger.another();
        }

        @Override
        public void close() {
            ledger.close();
            server.assertNothingWasDenied();
        }
    }

    @Nested
    class Log extends EventLogContract {
        @Override
        protected PartitionFixture fresh() {
            return ledger();
        }
    }

    @Nested
    class Sealed extends SealedEventsContract {
        @Override
        protected PartitionFixture fresh() {
            return ledger();
        }
    }

    @Nested
    class Persons extends PersonalEventsContract {
        @Override
        protected PartitionFixture fresh() {
            return ledger();
        }
    }

    @Nested
    class Erased extends ErasureRecordsContract {
        @Override
        protected PartitionFixture fresh() {
            return ledger();
        }
    }

    @Nested
    class Search extends EventSearchContract {
        @Override
        protected PartitionFixture fresh() {
            return ledger();
        }
    }

    @Nested
    class Feed extends EventFeedContract {
        @Override
        protected PartitionFixture fresh() {
            return ledger();
        }
    }

    @Nested
    class Directory extends SessionsContract {
        @Override
        protected PartitionFixture fresh() {
            return ledger();
        }
    }

    @Nested
    class Parked extends ParkingContract {
        @Override
        protected PartitionFixture fresh() {
            return ledger();
        }
    }

    @Nested
    class Lives extends EpochsContract {
        @Override
        protected PartitionFixture fresh() {
            return ledger();
        }
    }

    /** The mender is tried below. */
    @Nested
    class Founded extends FounderContract {
        @Override
        protected PartitionFixture fresh() {
            return ledger();
        }

        @Override
        protected List<String> damages() {
            return List.of();
        }
    }

    @Nested
    class LongWork extends OperationStoreContract {
        @Override
        protected PartitionFixture fresh() {
            return ledger();
        }
    }

    @Nested
    class Keyring extends KeyStoreContract {
        @Override
        protected Stores fresh() {
            RedisSettings settings = server().users(newPrefix());
            RedisLedger here = RedisLedger.connect(settings);
            RedisLedger there = RedisLedger.connect(settings);
            return new Stores(here.accessKeys(), there.accessKeys(), () -> {
                here.close();
                there.close();
                server().assertNothingWasDenied();
            });
        }
    }

    private static Append imported(Event event) {
        return Append.imported(
                event, Optional.of(new Original(new Position(5, 0), 2, 1, Instant.EPOCH, Optional.empty())));
    }

    private static void write(RedisSettings settings) {
        try (RedisLedger ledger = RedisLedger.connect(settings);
                EventFeed.Consumer consumer = ledger.feed("projection").open("one")) {
            List<Append> appends =
                    new ArrayList<>(Events.mixed(50).stream().map(Append::of).toList());
            appends.add(imported(Events.full(51, "session-1")));
            assertThat(ledger.log().append(appends, Durability.MEMORY).outcomes())
                    .hasSize(51);
            assertThat(consumer.poll(10, Duration.ZERO)).hasSize(10);
        }
    }

    @Test
    void safeAppendsNeedNoMoreRights() {
        RedisSettings settings = server().users(newPrefix());
        try (RedisLedger ledger = RedisLedger.connect(settings)) {
            if (ledger.check().canWaitForDisk()) {
                Event event = Events.full(1, "s");
                assertThat(ledger.log()
                                .append(List.of(Append.of(event)), Durability.FSYNC)
                                .reached())
                        .isEqualTo(Durability.FSYNC);
            }
            assertThat(ledger.check().appendFsync()).isPresent();
        }
        server().assertNothingWasDenied();
    }

    /** What is left to each role of all that is dangerous, because its work cannot be done without. */
    private Map<Role, List<String>> inevitable() {
        boolean search = engine == Engine.SEARCH;
        Map<Role, List<String>> inevitable = new TreeMap<>();
        inevitable.put(Role.OPERATOR, search ? List.of("ft.aliasupdate", "ft.create", "hset") : List.of("hset"));
        inevitable.put(
                Role.APPEND,
                search
                        ? List.of("evalsha", "hset", "json.mset", "sadd", "set", "setrange", "xadd", "zadd")
                        : List.of("evalsha", "hset", "mset", "sadd", "set", "setrange", "xadd", "zadd"));
        inevitable.put(Role.READ, List.of());
        inevitable.put(
                Role.PROJECT,
                List.of(
                        "del",
                        "evalsha",
                        "hdel",
                        "hincrby",
                        "hset",
                        "pexpire",
                        "set",
                        "unlink",
                        "xack",
                        "xadd",
                        "xclaim",
                        "xdel",
                        "xgroup|create",
                        "xgroup|delconsumer",
                        "xgroup|setid",
                        "xreadgroup",
                        "xtrim"));
        List<String> retention = new ArrayList<>(List.of(
                "evalsha",
                "hdel",
                "hincrby",
                "hset",
                "hsetnx",
                "set",
                "setrange",
                "unlink",
                "xack",
                "xadd",
                "xgroup|create",
                "xgroup|destroy",
                "xgroup|setid",
                "xreadgroup",
                "xtrim"));
        retention.addAll(List.of("zadd", "zrem"));
        retention.addAll(search ? List.of("ft.dropindex", "json.set") : List.of());
        retention.sort(null);
        inevitable.put(Role.RETENTION, retention);
        List<String> mend = new ArrayList<>(List.of(
                "evalsha",
                "hdel",
                "hset",
                "rename",
                "sadd",
                "scan",
                "set",
                "setrange",
                "srem",
                "unlink",
                "xadd",
                "xclaim",
                "xdel",
                "xgroup|create",
                "xgroup|createconsumer",
                "xgroup|setid",
                "xtrim",
                "zadd",
                "zrem"));
        if (search) {
            mend.addAll(List.of("ft.aliasupdate", "ft.create", "ft.dropindex", "json.set"));
        }
        mend.sort(null);
        inevitable.put(
                Role.ERASE,
                search
                        ? List.of("bgrewriteaof", "bgsave", "evalsha", "hset", "sadd", "set", "srem", "unlink")
                        : List.of(
                                "bgrewriteaof", "bgsave", "evalsha", "hset", "sadd", "set", "srem", "unlink", "zrem"));
        inevitable.put(Role.KEYS, List.of("evalsha", "hset"));
        inevitable.put(Role.BACKUP, List.of("sync"));
        inevitable.put(Role.MEND, mend);
        return inevitable;
    }

    @Test
    void everyDangerIsRefusedToEveryRoleThatNeedsItNot() {
        String prefix = newPrefix();
        RedisSettings settings = server().users(prefix);
        write(settings);
        AccessRules rules = server().rules(prefix);
        Head before = LedgerAudit.assertWhole(server().unlimited(prefix));
        List<String> done = new ArrayList<>();
        Map<Role, List<String>> permitted = new TreeMap<>();
        int tried = 0;
        for (Role role : Role.values()) {
            List<String> names = new ArrayList<>();
            try (Jedis jedis = server().as(role)) {
                for (String danger : Dangers.all()) {
                    List<String> keys = AccessRules.takesKey(danger) ? targets(rules) : List.of("");
                    for (String key : keys) {
                        if (rules.of(role).stream().anyMatch(rule -> rule.gives(danger, key))) {
                            names.add(AccessRules.name(danger));
                        } else {
                            String answer = attempt(jedis, danger.replace(" " + AccessRules.KEY, " " + key));
                            if (!answer.equals("NOPERM") && !answer.equals("unknown")) {
                                done.add(role + ": " + danger + " on " + key + ": " + answer);
                            }
                            tried++;
                        }
                    }
                }
            }
            permitted.put(role, names.stream().distinct().sorted().toList());
        }
        assertThat(done).as("dangers that were not refused").isEmpty();
        assertThat(tried).isGreaterThan(5000);
        assertThat(permitted).isEqualTo(inevitable());
        assertThat(LedgerAudit.assertWhole(server().unlimited(prefix))).isEqualTo(before);
    }

    /** Keys that exist, one that does not, and one of somebody else. */
    private static List<String> targets(AccessRules rules) {
        List<String> targets = new ArrayList<>(rules.samples());
        Keys keys = rules.keys();
        targets.addAll(List.of(
                keys.document(Events.id(1)),
                keys.document(Events.id(51)),
                keys.payload(Events.id(51)),
                keys.prefix() + "events:session-1",
                keys.prefix() + "session:session-1",
                keys.ids(0),
                "somebody-else"));
        return targets;
    }

    private static String attempt(Jedis jedis, String command) {
        String[] words = command.replaceFirst("\\|", " ").split(" ");
        ProtocolCommand name = () -> Keys.bytes(words[0]);
        try {
            Object answer = jedis.sendCommand(
                    name, List.of(words).subList(1, words.length).toArray(String[]::new));
            return "done: " + answer;
        } catch (JedisAccessControlException refused) {
            return "NOPERM";
        } catch (JedisDataException e) {
            String message = String.valueOf(e.getMessage());
            return message.startsWith("ERR unknown") ? "unknown" : message;
        }
    }

    /** A right that could be taken away, and the rights that are left then. */
    private record Less(String right, List<Rule> left) {}

    private static List<Less> lesser(List<Rule> rules) {
        List<Less> lesser = new ArrayList<>();
        for (Rule rule : rules) {
            for (String command : rule.commands()) {
                Rule without = new Rule(rule.access(), rule.patterns(), without(rule.commands(), command));
                lesser.add(new Less(AccessRules.name(command) + " " + rule.patterns(), replaced(rules, rule, without)));
            }
            for (String pattern : rule.patterns()) {
                Rule without = new Rule(rule.access(), without(rule.patterns(), pattern), rule.commands());
                lesser.add(new Less(pattern + " for " + rule.commands(), replaced(rules, rule, without)));
            }
        }
        return lesser;
    }

    private static List<String> without(List<String> all, String one) {
        return all.stream().filter(item -> !item.equals(one)).toList();
    }

    private static List<Rule> replaced(List<Rule> rules, Rule old, Rule other) {
        boolean empty = other.commands().isEmpty()
                || (other.patterns().isEmpty() && !old.patterns().isEmpty());
        return rules.stream()
                .filter(rule -> !empty || !rule.equals(old))
                .map(rule -> rule.equals(old) ? other : rule)
                .toList();
    }

    /** As many of them as the form of this run says, at least one. */
    private static List<Less> some(List<Less> all, Random random) {
        List<Less> some = new ArrayList<>(all);
        Collections.shuffle(some, random);
        return some.subList(0, Math.max(1, all.size() * Extent.RIGHTS_PERCENT.value() / 100));
    }

    @Test
    void everyRightIsNeeded() {
        long seed = Long.getLong("contextgraph.seed", System.nanoTime());
        Random random = new Random(seed);
        List<String> needless = new ArrayList<>();
        for (Role role : Role.values()) {
            // A server never mends.
            if (role != Role.MEND) {
                String prefix = newPrefix();
                for (Less less : some(lesser(server().rules(prefix).of(role)), random)) {
                    RedisSettings settings = server().users(prefix);
                    server().limit(role, less.left());
                    try {
                        if (role == Role.RETENTION) {
                            retain(settings);
                        } else if (role == Role.BACKUP) {
                            backUp(settings);
                        } else {
                            work(settings);
                            tellAndRewrite(settings, role);
                        }
                    } catch (LedgerException | NoSuchElementException denied) {
                        // As it should be: refused, or not told what there is.
                    }
                    if (server().denied().isEmpty() && !isExcused(role, less.right())) {
                        needless.add(role + ": " + less.right());
                    }
                    server().forget();
                }
            }
        }
        assertThat(needless).as("-Dcontextgraph.seed=" + seed).isEmpty();
    }

    @Test
    void whoTrimsMayDoWhatThatTakes() {
        retain(server().users(newPrefix()));
        assertThat(server().denied()).isEmpty();
    }

    @Test
    void whoTakesBackupsMayDoWhatThatTakes() {
        backUp(server().users(newPrefix()));
        assertThat(server().denied()).isEmpty();
    }

    private static void backUp(RedisSettings settings) {
        try (RedisLedger ledger = RedisLedger.connectUnexamined(settings)) {
            AccessCheck ignored = ledger.access();
            Path folder = Files.createTempDirectory("contextgraph-snapshot");
            Path file = folder.resolve("dump.rdb");
            try {
                assertThat(ledger.snapshots().take(file, bytes -> {}).bytes()).isEqualTo(Files.size(file));
            } finally {
                Files.deleteIfExists(file);
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A little of all that retention does. */
    private void retain(RedisSettings settings) {
        try (RedisLedger ledger = RedisLedger.connectUnexamined(settings)) {
            List<Append> appends =
                    new ArrayList<>(Events.mixed(19).stream().map(Append::of).toList());
            // Of the first five, which go and come back.
            appends.set(3, Append.of(Events.about(4, "session-1", 1, 1)));
            appends.add(Append.of(Events.full(20, "session-1")));
            assertThat(ledger.log().append(appends, Durability.MEMORY).outcomes())
                    .hasSize(20);
            Retention retention = retention(ledger, Set.of("projection", "audit"));
            assertThat(retention.release("audit", "me", "it comes later")).isPresent();
            AccessCheck ignored = ledger.access();
            finish(ledger, "audit", 1);
            try (EventFeed.Consumer consumer = ledger.feed("projection").open("one")) {
                List<Delivery> some = consumer.poll(17, Duration.ZERO);
                consumer.acknowledge(
                        some.subList(0, 15).stream().map(Delivery::position).toList());
                RetentionReport dry = retention.preview();
                assertThat(dry.entries()).isEqualTo(15);
                assertThat(retention.run(Watcher.NONE, rest -> false).entries()).isEqualTo(15);
                consumer.acknowledge(some.stream().map(Delivery::position).toList());
                List<Delivery> rest = consumer.poll(9, Duration.ZERO);
                consumer.acknowledge(rest.stream().map(Delivery::position).toList());
            }
            assertThat(retention.run(Watcher.NONE, rest -> false).entries()).isEqualTo(5);
            assertThat(retention.status().trimmed().seq()).isEqualTo(20);
            assertThat(ledger.tiers().sizes().stream().count()).isEqualTo(OptionalLong.of(0));
            finish(ledger, "audit", 19);
            assertThat(retention.run(Watcher.NONE, rest -> false).released()).isEmpty();
            forget(settings, ledger);
            assertThat(retention.run(Watcher.NONE, rest -> false).entries()).isEqualTo(1);
            narrowAndWiden(ledger);
            prune(settings, ledger);
        }
    }

    private void prune(RedisSettings settings, RedisLedger ledger) {
        Pruning pruning = ledger.pruning();
        SessionId held = new SessionId("held");
        pruning.holds().put(held, new Hold("a", "b", Instant.EPOCH));
        assertThat(pruning.holds().all()).hasSize(1);
        assertThat(pruning.holds().release(held)).isTrue();
        List<RecordedEvent> events = whole(ledger, ledger.order().read(0, 5));
        Fence fence =
                ledger.trimming().lease().take("prunes", Duration.ofMinutes(1)).orElseThrow();
        Pruned pruned = pruning.begin(
                fence,
                new Pruning.Plan(
                        "s1",
                        "test",
                        SeqRun.of(events.stream().map(RecordedEvent::seq).toList()),
                        false));
        Map<SessionId, String> tallies = new TreeMap<>(Comparator.comparing(SessionId::value));
        events.forEach(event -> tallies.put(event.event().sessionId(), "t"));
        assertThat(pruning.step(fence, pruned, events, tallies, events.getLast().seq() + 1))
                .isEmpty();
        assertThat(pruning.extent().events()).isEqualTo(5);
        assertThat(pruning.last()).contains(pruned);
        restoreAndPrune(ledger, fence, events, tallies);
        pruned = pruning.last().orElseThrow();
        assertThat(pruning.forget(fence, pruned.at().plusSeconds(1), 3)).isEqualTo(3);
        forgetDocument(settings, ledger.order().read(6, 1).getFirst());
        ledger.trimming().index().prepare();
        assertThat(ledger.trimming().index().narrow(fence, 3).events()).isLessThan(4);
        List<RecordedEvent> all = ledger.order().read(0, 100);
        List<RecordedEvent> rest = all.subList(0, all.size() - 1);
        rest.forEach(event -> tallies.put(event.event().sessionId(), "t"));
        Set<Long> numbers = rest.stream().map(RecordedEvent::seq).collect(Collectors.toSet());
        byte[] page = Keys.bytes(new Keys(settings.prefix()).ids(0));
        try (Jedis admin = server().admin()) {
            // As though the newest event had its number on another page.
            for (long seq = 1; seq <= all.getLast().seq(); seq++) {
                if (!numbers.contains(seq)) {
                    long ignored = admin.setrange(page, (seq - 1) * Keys.ID_BYTES, new byte[Keys.ID_BYTES]);
                }
            }
            assertThat(pruning.step(fence, pruned, rest, tallies, all.getLast().seq()))
                    .isEmpty();
            assertThat(admin.exists(page)).isFalse();
        }
    }

    private static List<RecordedEvent> whole(RedisLedger ledger, List<RecordedEvent> events) {
        return events.stream()
                .map(event -> ledger.log().find(event.event().id()).found().orElseThrow())
                .toList();
    }

    private static void restoreAndPrune(
            RedisLedger ledger, Fence fence, List<RecordedEvent> pruned, Map<SessionId, String> tallies) {
        Pruning pruning = ledger.pruning();
        Original original = new Original(new Position(5, 0), 2, 1, Instant.EPOCH, Optional.empty());
        List<RecordedEvent> events = pruned.stream()
                .map(event -> event.withOriginal(Optional.of(original)))
                .toList();
        Pruning.Plan plan = pruning.last().orElseThrow().plan();
        pruning.restore(fence, events.subList(0, 2), tallies);
        pruning.restore(fence, events.subList(2, 5), tallies);
        assertThat(whole(ledger, ledger.order().read(0, 5))).isEqualTo(events);
        assertThat(pruning.last()).isEmpty();
        assertThat(pruning.step(
                        fence,
                        pruning.begin(fence, plan),
                        events,
                        tallies,
                        events.getLast().seq() + 1))
                .isEmpty();
    }

    private static void finish(RedisLedger ledger, String group, int count) {
        try (EventFeed.Consumer consumer = ledger.feed(group).open("one")) {
            List<Delivery> some = consumer.poll(count, Duration.ZERO);
            assertThat(some).hasSize(count);
            consumer.acknowledge(some.stream().map(Delivery::position).toList());
        }
    }

    private static Retention retention(RedisLedger ledger, Set<String> groups) {
        Clock clock = Clock.offset(Clock.systemUTC(), Duration.ofDays(2));
        return new Retention(
                ledger,
                new RetentionSettings(
                        Duration.ofDays(1), Duration.ofHours(1), groups, true, Duration.ofMinutes(1), 3, Duration.ZERO),
                Ceilings.none(ledger, clock),
                clock,
                "one");
    }

    /** Leaves an entry to be taken, and no group but one that Redis may go on asking though it is gone. */
    private void forget(RedisSettings settings, RedisLedger ledger) {
        List<Append> two = List.of(Append.of(Events.event(21, "session-1")), Append.of(Events.event(22, "session-1")));
        assertThat(ledger.log().append(two, Durability.MEMORY).outcomes()).hasSize(2);
        finish(ledger, "projection", 2);
        finish(ledger, "audit", 2);
        finish(ledger, "destroyed", 21);
        Retention all = retention(ledger, Set.of("projection", "audit", "destroyed"));
        assertThat(all.run(Watcher.NONE, rest -> false).entries()).isEqualTo(1);
        try (Jedis admin = server().admin()) {
            assertThat(admin.xgroupDestroy(new Keys(settings.prefix()).global(), "destroyed"))
                    .isEqualTo(1);
        }
    }

    /** Takes events out of the index and brings them back. */
    private static void narrowAndWiden(RedisLedger ledger) {
        IndexWindow window = ledger.trimming().index();
        window.prepare();
        Fence fence =
                ledger.trimming().lease().take("two", Duration.ofMinutes(1)).orElseThrow();
        assertThat(window.narrow(fence, 9).events()).isEqualTo(9);
        assertThat(ledger.tiers().sizes().cold().count()).hasValue(9);
        assertThat(ledger.tiers().sizes().cold().bytes().orElseThrow()).isPositive();
        assertThat(window.widen(fence, 9).events()).isEqualTo(9);
        ledger.trimming().lease().release(fence);
    }

    @Test
    void whoMendsMayDoWhatThatTakes() {
        String prefix = newPrefix();
        RedisSettings settings = server().users(prefix);
        write(settings);
        RedisSettings unlimited = server().unlimited(prefix);
        Head before = LedgerAudit.assertWhole(unlimited);
        Keys keys = server().rules(prefix).keys();
        try (Jedis admin = new Jedis(unlimited.url())) {
            long ignored =
                    admin.del(keys.document(Events.id(1)), keys.ids(0), keys.sessions(), keys.types(), keys.ledger());
            ignored = admin.del(keys.stream(new SessionId("session-1")), keys.session(new SessionId("session-2")));
            assertThat(admin.xadd(
                            keys.global(),
                            Map.of("a", "b"),
                            XAddParams.xAddParams().id(new StreamEntryID(Long.MAX_VALUE - 1, 0))))
                    .isNotNull();
            ignored = admin.lpush(keys.document(Events.id(77_777)), "not ours");
        }
        List<Damage> damages = new ArrayList<>();
        try (RedisMender mender = RedisMender.open(settings)) {
            Examined mended = mender.mend(damages::add, looked -> {});
            assertThat(mended.lost()).as(damages.toString()).isZero();
            assertThat(mender.examine(damages::add, looked -> {}).total()).isZero();
        }
        server().assertNothingWasDenied();
        assertThat(LedgerAudit.assertWhole(unlimited)).isEqualTo(before);
    }

    /** Rights whose need this server, or this work, cannot show. */
    private boolean isExcused(Role role, String right) {
        // Only an address with a number of a database needs it.
        boolean always = right.startsWith("select");
        boolean unknown = unknownHere().stream().map(AccessRules::name).anyMatch(name -> right.startsWith(name + " "));
        boolean old = unknownHere().contains("WAITAOF 0 0 0");
        // Only a Redis that keeps what groups have not acknowledged may be asked to forget one.
        boolean groups = role == Role.RETENTION && right.contains("__global__") && right.matches("(?i).*xgroup.*");
        boolean waits = role == Role.ERASE && right.startsWith("info ");
        return always || unknown || (old && waits) || (old && (groups || right.contains(":barrier for")));
    }

    private void loseEntry(RedisSettings settings, Position position) {
        try (Jedis admin = server().admin()) {
            String global = new Keys(settings.prefix()).global();
            assertThat(admin.xdel(global, new StreamEntryID(position.toString())))
                    .isEqualTo(1);
        }
    }

    /** A little of everything. */
    private void work(RedisSettings settings) {
        try (RedisLedger ledger = RedisLedger.connectUnexamined(settings)) {
            EventFeed feed = ledger.feed("projection", Duration.ZERO);
            EventFeed.Progress none = feed.progress();
            assertThat(none.head()).isEqualTo(Head.EMPTY);
            List<Append> appends =
                    new ArrayList<>(Events.mixed(20).stream().map(Append::of).toList());
            appends.add(Append.of(Events.full(21, "session-1")));
            appends.add(Append.of(Events.about(23, "session-1", 1, 1)));
            AppendResult result = ledger.log()
                    .append(appends, ledger.check().canWaitForDisk() ? Durability.FSYNC : Durability.MEMORY);
            assertThat(result.outcomes()).hasSize(22);
            // What is there already is read, and what stands beside it is looked at more closely.
            List<Append> again = List.of(
                    Append.of(Events.full(21, "session-1")),
                    imported(Events.full(22, "session-1")),
                    Append.of(Events.about(24, "session-1", 1, 1)));
            assertThat(ledger.log().append(again, Durability.MEMORY).outcomes()).hasSize(3);
            erase(settings, ledger);
            assertThat(ledger.log().find(Events.id(21)).found()).isPresent();
            assertThat(ledger.order().read(0, 5)).hasSize(5);
            assertThat(ledger.log().payloads(List.of(Events.id(21)))).hasSize(1);
            assertThat(ledger.log().originals(List.of(Events.id(22)))).hasSize(1);
            assertThat(ledger.sessions().list(10, Optional.empty()).items()).isNotEmpty();
            assertThat(ledger.sessions().find(new SessionId("session-1"))).isPresent();
            for (EventQuery.Order order : EventQuery.Order.values()) {
                EventQuery.Builder two =
                        EventQuery.builder().order(order).agentId("agent-1").type(new TypeFilter("tool.*"));
                assertThat(ledger.search().search(two.build()).events()).isNotEmpty();
            }
            try (EventFeed.Consumer one = feed.open("one");
                    EventFeed.Consumer other = feed.open("other")) {
                assertThat(one.poll(5, Duration.ZERO)).hasSize(5);
                List<Delivery> held = one.poll(5, Duration.ZERO);
                assertThat(held).hasSize(5);
                loseEntry(settings, held.getFirst().position());
                List<Delivery> taken = other.poll(5, Duration.ZERO);
                assertThat(taken).hasSize(5);
                other.acknowledge(taken.stream().map(Delivery::position).toList());
                assertThat(feed.progress().seenThroughSeq()).isEqualTo(5);
                parkAndLetGo(ledger, other);
                rememberAndForget(ledger.operations());
            }
            catchUp(settings, ledger);
            goesMeanwhile(settings, ledger);
            letIn(ledger.accessKeys());
            AccessCheck ignored = ledger.access();
        }
    }

    /** A person who is found, kept out and forgotten. */
    private static void erase(RedisSettings settings, RedisLedger ledger) {
        assertThat(ledger.log().payloads(List.of(Events.id(23)))).hasSize(1);
        assertThat(ledger.personal().count(Events.pseudonym(1))).isEqualTo(2);
        List<PersonalEvent> events = ledger.personal().events(Events.pseudonym(1), 0, 10);
        assertThat(events).hasSize(2);
        DurabilitySettings durability = new DurabilitySettings(
                ledger.check().canWaitForDisk() ? Durability.FSYNC : Durability.MEMORY, 0, Duration.ofSeconds(5));
        try (RedisLedger durable = RedisLedger.connectUnexamined(settings.withDurability(durability))) {
            assertThat(durable.personal().raise(Events.pseudonym(1), 1)).isEqualTo(1);
            assertThat(durable.personal().raise(Events.pseudonym(1), 1)).isEqualTo(1);
        }
        assertThat(ledger.personal().fence(Events.pseudonym(1))).hasValue(1);
        assertThat(ledger.personal().forget(Events.pseudonym(1), events)).isEqualTo(2);
        ErasureRecords records = ledger.personal().erasures();
        records.put(List.of(Events.pseudonym(1)), "begun", true);
        assertThat(records.open()).containsExactly(Events.pseudonym(1));
        records.put(List.of(Events.pseudonym(1)), "done", false);
        assertThat(records.find(Events.pseudonym(1))).contains("done");
    }

    /** What comes after the payloads of a person are gone. */
    private static void tellAndRewrite(RedisSettings settings, Role role) {
        if (role != Role.ERASE && role != Role.READ) {
            return;
        }
        BlockingQueue<SubjectPseudonym> heard = new LinkedBlockingQueue<>();
        // Its end is that of whoever listens: tell may be refused here.
        try (RedisKeyNews news = RedisKeyNews.of(settings)) {
            KeyNews.Listening listening = news.listen(heard::add);
            SubjectPseudonym first = null;
            for (int i = 0; i < 20 && first == null; i++) {
                news.tell(List.of(Events.pseudonym(1)));
                first = heard.poll(50, TimeUnit.MILLISECONDS);
            }
            listening.close();
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
        }
        if (role == Role.ERASE) {
            RedisPersistedFiles files = new RedisPersistedFiles(settings);
            assertThat(files.appendOnly(Duration.ofSeconds(30))).hasSize(1);
            assertThat(files.snapshots(Duration.ofSeconds(30))).hasSize(1);
        }
    }

    @Test
    void whoErasesMayDoWhatThatTakes() {
        RedisSettings settings = server().users(newPrefix());
        tellAndRewrite(settings, Role.ERASE);
        server().assertNothingWasDenied();
    }

    /** An event that is gone when its document is looked for, and is offered again. */
    private void goesMeanwhile(RedisSettings settings, RedisLedger ledger) {
        RecordedEvent second = ledger.order().read(1, 1).getFirst();
        forgetDocument(settings, second);
        assertThat(ledger.log().find(second.event().id())).isInstanceOf(Lookup.Gone.class);
        assertThat(ledger.order().read(0, 2)).doesNotContain(second);
        assertThat(ledger.log()
                        .append(List.of(Append.of(second.event())), Durability.MEMORY)
                        .outcomes()
                        .getFirst())
                .isInstanceOf(AppendOutcome.Gone.class);
        try (EventFeed.Consumer one = ledger.feed("later", Duration.ZERO).open("one")) {
            assertThat(one.poll(2, Duration.ZERO)).isNotEmpty();
        }
    }

    /** As though it had been pruned between two looks. */
    private void forgetDocument(RedisSettings settings, RecordedEvent event) {
        Keys keys = new Keys(settings.prefix());
        try (Jedis admin = server().admin()) {
            long ignored = admin.hset(
                    keys.prunings(),
                    "1",
                    PlanText.write(new Pruning.Plan("s", "test", SeqRun.of(List.of(event.seq())), false)));
            ignored = admin.zadd(keys.gone(), 1, event.event().id().toString());
            ignored = admin.unlink(keys.document(event.event().id()));
        }
    }

    /** A group that comes when its first events have been trimmed. */
    private void catchUp(RedisSettings settings, RedisLedger ledger) {
        // Its entry has been lost before.
        String first = "1:" + ledger.order().read(0, 1).getFirst().position();
        try (RedisLedger unlimited = RedisLedger.connectUnexamined(server().unlimited(settings.prefix()));
                Jedis admin = server().admin()) {
            long ignored = admin.hset(new Keys(settings.prefix()).ledger(), "trimmed", first);
            Trimming trimming = unlimited.trimming();
            Fence fence = trimming.lease().take("one", Duration.ofMinutes(1)).orElseThrow();
            TrimRule all = new TrimRule(Instant.parse("9000-01-01T00:00:00Z"), Set.of());
            assertThat(trimming.step(fence, all, 4).entries()).isEqualTo(4);
            ledger.trimming().index().prepare();
            assertThat(trimming.index().narrow(fence, 3).events()).isEqualTo(3);
        }
        RecordedEvent cold = ledger.order().read(0, 1).getFirst();
        EventQuery.Builder session = EventQuery.builder().sessionId(cold.event().sessionId());
        assertThat(ledger.search().search(session.build()).events()).contains(cold);
        EventFeed feed = ledger.feed("late", Duration.ZERO);
        try (EventFeed.Consumer one = feed.open("one");
                EventFeed.Consumer other = feed.open("other")) {
            assertThat(one.poll(5, Duration.ZERO)).hasSize(5);
            assertThat(feed.progress().pending()).isEqualTo(5);
            List<Delivery> taken = other.poll(5, Duration.ZERO);
            assertThat(other.park(taken.getFirst(), new Failure("refused", Instant.EPOCH, 1)))
                    .isTrue();
            other.acknowledge(
                    taken.subList(1, 5).stream().map(Delivery::position).toList());
            assertThat(other.poll(1, Duration.ZERO)).hasSize(1);
            assertThat(feed.progress().seenThroughSeq()).isEqualTo(5);
        }
    }

    private static void letIn(KeyStore keys) {
        AccessKey key = AccessKey.create(
                "key-" + UUID.randomUUID(),
                KeySecret.random(new SecureRandom()),
                Set.of(KeyRole.READ),
                Instant.EPOCH,
                Optional.empty(),
                AccessKey.Limits.AS_SET);
        assertThat(keys.add(key)).isTrue();
        assertThat(keys.replace(key, key.revoked(Instant.EPOCH))).isTrue();
        assertThat(keys.find(key.name())).contains(key.revoked(Instant.EPOCH));
        keys.used(Map.of(key.name(), Instant.EPOCH));
        assertThat(keys.lastUses()).containsKey(key.name());
    }

    private static void parkAndLetGo(RedisLedger ledger, EventFeed.Consumer consumer) {
        Failure failure = new Failure("refused", Instant.EPOCH, 1);
        for (Delivery delivery : consumer.poll(2, Duration.ZERO)) {
            assertThat(consumer.park(delivery, failure)).isTrue();
        }
        List<ParkedEntry> parked = ledger.parking().list(Optional.empty(), 10);
        assertThat(parked).hasSize(2);
        assertThat(ledger.parking().release(parked.getFirst().id())).isTrue();
        assertThat(ledger.parking().drop(parked.getLast().id(), "reason")).isTrue();
        assertThat(ledger.parking().dropped(Optional.empty(), 10)).hasSize(1);
    }

    private static void rememberAndForget(OperationStore operations) {
        assertThat(operations.claim("graph", "one", Duration.ofMinutes(1))).isTrue();
        assertThat(operations.renew("graph", "one", Duration.ofMinutes(1))).isTrue();
        assertThat(operations.holder("graph")).contains("one");
        operations.save("one", "{}");
        assertThat(operations.find("one")).isPresent();
        assertThat(operations.all()).hasSize(1);
        operations.end("graph", "one", "{}");
        assertThat(operations.holder("graph")).isEmpty();
        operations.forget("one");
        assertThat(operations.claim("graph", "two", Duration.ofMinutes(1))).isTrue();
        operations.release("graph", "two");
        assertThat(operations.holder("graph")).isEmpty();
    }

    /** The session's entry is written by who appends, the index by the operator. */
    @Test
    void whatIsLostIsMadeAgainWithNoMoreRights() {
        String prefix = newPrefix();
        RedisSettings settings = server().users(prefix);
        write(settings);
        Keys keys = new Keys(prefix);
        SessionId session = new SessionId("session-1");
        EventQuery query = EventQuery.builder().agentId("agent-1").build();
        try (RedisLedger ledger = RedisLedger.connect(settings);
                Jedis admin = server().admin()) {
            SessionSummary before = ledger.sessions().find(session).orElseThrow();
            List<RecordedEvent> found = ledger.search().search(query).events();
            admin.del(keys.session(session));
            assertThat(ledger.sessions().find(session)).contains(before);
            admin.del(keys.session(session));
            assertThat(ledger.log()
                            .append(List.of(Append.of(Events.full(60, "session-1"))), Durability.MEMORY)
                            .outcomes())
                    .hasOnlyElementsOfType(AppendOutcome.Appended.class);
            if (engine == Engine.SEARCH) {
                Object ignored = admin.sendCommand(SearchCommand.DROPINDEX, SearchIndex.name(keys));
            }
            assertThat(untilComplete(ledger, query)).hasSize(found.size() + 1);
            assertThat(ledger.look()).isEmpty();
            admin.del(keys.session(session));
            assertThat(ledger.inspect()).hasSize(1).allMatch(LedgerFault::mended);
        }
        server().assertNothingWasDenied();
    }

    private static List<RecordedEvent> untilComplete(RedisLedger ledger, EventQuery query) {
        while (true) {
            try {
                return ledger.search().search(query).events();
            } catch (LedgerException e) {
                assertThat(e.reason()).isEqualTo(LedgerException.Reason.INCOMPLETE);
            }
        }
    }

    private static Account account(AccessCheck check, Role role) {
        return check.accounts().stream()
                .filter(a -> a.role() == role)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void anExaminationFindsRightsThatAreMissingOrTooMany() {
        RedisSettings settings = server().users(newPrefix());
        try (RedisLedger ledger = RedisLedger.connect(settings);
                Jedis admin = server().admin()) {
            List<Account> good = new ArrayList<>();
            for (Role role : Role.values()) {
                good.add(new Account(role, server().login(role).user(), true, List.of(), List.of()));
            }
            assertThat(ledger.access()).isEqualTo(new AccessCheck(good, false, Optional.empty()));

            String ignored = admin.aclSetUser(server().login(Role.APPEND).user(), "(+del +flushall ~*)");
            ignored = admin.aclSetUser(server().login(Role.READ).user(), "clearselectors", "+config|set");
            AccessCheck check = ledger.access();
            assertThat(account(check, Role.APPEND).excess()).containsExactly("del", "flushall");
            assertThat(account(check, Role.APPEND).missing()).isEmpty();
            assertThat(account(check, Role.READ).excess()).containsExactly("config|set");
            assertThat(account(check, Role.READ).missing()).contains("hmget", "getrange", "hgetall", "zrange");
            assertThat(good).contains(account(check, Role.PROJECT));

            ignored = admin.aclSetUser(server().login(Role.OPERATOR).user(), "-acl|dryrun");
            assertThat(ledger.access().unasked())
                    .hasValueSatisfying(reason -> assertThat(reason).contains("dryrun"));
        }
    }

    @Test
    void redisLoadsAFileOfTheseLines(@TempDir Path folder) throws IOException {
        String prefix = newPrefix();
        RedisSettings settings = server().users(prefix);
        List<String> lines = new ArrayList<>(server().lines(prefix));
        lines.add("user default off");
        Path file = Files.write(folder.resolve("users.acl"), lines);
        try (RunningRedis other = server().startAnother(file);
                RedisLedger ledger = RedisLedger.connect(settings.withUrl(other.address()))) {
            assertThat(ledger.log()
                            .append(List.of(Append.of(Events.event(1, "s"))), Durability.MEMORY)
                            .outcomes())
                    .hasSize(1);
            assertThat(ledger.access().accounts())
                    .allMatch(a -> a.missing().isEmpty() && a.excess().isEmpty());
        }
    }

    @Test
    void anOpenDoorIsSeen() {
        RedisSettings settings = server().users(newPrefix());
        try (RedisLedger ledger = RedisLedger.connect(settings)) {
            server().letAnybodyIn(true);
            try {
                assertThat(ledger.access().open()).isTrue();
            } finally {
                server().letAnybodyIn(false);
            }
            assertThat(ledger.access().open()).isFalse();
        }
    }

    @Test
    void everyCommandOfTheRulesIsOneThatRedisKnows() {
        try (Connections connections = new Connections(server().unlimited(newPrefix()))) {
            AccessRules rules = server().rules("p:");
            AccessExamination examination = new AccessExamination(connections, rules);
            List<String> commands = new ArrayList<>(Dangers.all());
            for (Role role : Role.values()) {
                rules.of(role).forEach(rule -> commands.addAll(rule.commands()));
            }
            List<AccessExamination.Answer> answers = examination.ask("default", commands);
            List<String> unknown = new ArrayList<>();
            for (int i = 0; i < commands.size(); i++) {
                if (answers.get(i) != AccessExamination.Answer.PERMITTED) {
                    unknown.add(commands.get(i));
                }
            }
            assertThat(unknown.stream().distinct().toList()).isEqualTo(unknownHere());
        }
    }

    /** What this server does not know. */
    abstract List<String> unknownHere();

    @Test
    void whoMayNotDoAllOfItsWorkIsTurnedAwayBeforeAnyOfIt() {
        String prefix = newPrefix();
        RedisSettings settings = server().users(prefix);
        AccessRules rules = server().rules(prefix);
        String last = engine == Engine.SEARCH ? "json.mset" : "mset";
        List<Rule> less = rules.of(Role.APPEND).stream()
                .filter(rule -> rule.commands().stream().map(AccessRules::name).noneMatch(last::equals))
                .toList();
        server().limit(Role.APPEND, less);
        assertThatThrownBy(() -> RedisLedger.connect(settings))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("role-append")
                .hasMessageContaining(last);
    }

    /** As on a managed server: what they can do without is told as a warning. */
    @Test
    void whoMayNotSeeEverythingWorksAllTheSame() {
        String prefix = newPrefix();
        RedisSettings settings = server().users(prefix);
        for (Role role : List.of(Role.APPEND, Role.READ, Role.PROJECT, Role.OPERATOR)) {
            server().limit(
                            role,
                            server().rules(prefix).of(role).stream()
                                    .map(rule -> new Rule(rule.access(), rule.patterns(), needed(rule, role)))
                                    .filter(rule -> !rule.commands().isEmpty())
                                    .toList());
        }
        try (RedisLedger ledger = RedisLedger.connect(settings)) {
            assertThat(ledger.log()
                            .append(List.of(Append.of(Events.event(1, "s"))), Durability.MEMORY)
                            .outcomes())
                    .hasOnlyElementsOfType(AppendOutcome.Appended.class);
            assertThat(ledger.check().canWaitForDisk()).isFalse();
            assertThat(ledger.accessCheck().examine())
                    .filteredOn(finding -> finding.subject().equals("redis.access.append"))
                    .singleElement()
                    .satisfies(finding -> {
                        assertThat(finding.level()).isEqualTo(Finding.Level.WARNING);
                        assertThat(finding.message()).contains("may not give", "info", "acl|whoami");
                    });
        }
    }

    private static List<String> needed(Rule rule, Role role) {
        return rule.commands().stream()
                .filter(command -> !AccessRules.isDispensable(AccessRules.name(command))
                        || (role == Role.OPERATOR && AccessRules.name(command).equals("acl|dryrun")))
                .toList();
    }

    @Test
    void aRefusedLoginIsNamedAndItsPasswordIsNot() {
        RedisSettings settings = server().users(newPrefix());
        Map<Role, Login> logins = new TreeMap<>(settings.logins());
        logins.put(Role.PROJECT, new Login("role-project", "wrong-password"));
        assertThatThrownBy(() -> RedisLedger.connect(settings.withLogins(logins)))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("redis.project-login")
                .hasMessageContaining("WRONGPASS")
                .hasMessageNotContaining("wrong-password");
    }
}
