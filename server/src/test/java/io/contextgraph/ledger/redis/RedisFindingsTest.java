// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.DurabilitySettings;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.MemoryUse;
import io.contextgraph.ledger.redis.client.Release;
import io.contextgraph.ledger.redis.client.SearchGeneration;
import io.contextgraph.ledger.redis.client.SearchModule;
import io.contextgraph.ledger.redis.client.Unseen;
import io.contextgraph.ledger.redis.client.WaitAof;
import io.contextgraph.ops.Concern;
import io.contextgraph.ops.Finding;
import io.contextgraph.ops.Finding.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What is said of a Redis, for each way in which it can be set up wrongly or be in trouble. */
class RedisFindingsTest {
    private static final DurabilityPromise MEMORY = promise(Durability.MEMORY, 0);
    private static final DurabilityPromise FSYNC = promise(Durability.FSYNC, 0);
    private static final DurabilityPromise REPLICATED = promise(Durability.REPLICATED, 2);

    private static DurabilityPromise promise(Durability standard, int replicas) {
        return new DurabilityPromise(new DurabilitySettings(standard, replicas, Duration.ofSeconds(1)));
    }

    private static final Map<String, String> GOOD = Map.of(
            "appendfsync", "everysec",
            "aof-load-truncated", "no",
            "aof-use-rdb-preamble", "yes",
            "no-appendfsync-on-rewrite", "no",
            "save", "3600 1",
            "stop-writes-on-bgsave-error", "yes");

    private static Map<String, String> good(String name, String value) {
        Map<String, String> settings = new HashMap<>(GOOD);
        settings.put(name, value);
        return settings;
    }

    /** A Redis as it should be; tests change one thing. */
    private static final class State {
        private String role = "master";
        private boolean appendOnly = true;
        private Map<String, String> settings = GOOD;
        private Release release = redis("8.6.6");
        private Optional<SearchModule> search = Optional.of(new SearchModule("8.6.0", SearchGeneration.EIGHT));
        private WaitAof waitAof = WaitAof.TRUSTED;
        private int replicas = 2;
        private long used = 10;
        private long max = 100;
        private String policy = "noeviction";
        private Map<String, String> statuses = Map.of("aof_last_write_status", "ok");
        private Set<Unseen> unseen = Set.of();
        private List<LedgerFault> faults = List.of();

        LedgerCheck check() {
            return new LedgerCheck(
                    true,
                    Optional.empty(),
                    release,
                    Engine.SEARCH,
                    search,
                    role,
                    appendOnly,
                    settings,
                    waitAof,
                    replicas,
                    OptionalLong.of(used),
                    OptionalLong.of(max),
                    policy,
                    statuses,
                    unseen);
        }
    }

    private static Release redis(String version) {
        return new Release(Release.Product.REDIS, version);
    }

    private static String message(State state, String subject) {
        return RedisFindings.of(state.check(), MEMORY, state.faults).stream()
                .filter(finding -> finding.subject().equals(subject))
                .map(Finding::message)
                .collect(Collectors.joining("\n"));
    }

    private static List<String> wrong(State state, DurabilityPromise promise) {
        return RedisFindings.of(state.check(), promise, state.faults).stream()
                .filter(finding -> finding.level() != Level.OK)
                .map(RedisFindingsTest::inShort)
                .toList();
    }

    private static String inShort(Finding finding) {
        return finding.level() + " " + finding.subject();
    }

    private static Set<Concern> concerns(State state, DurabilityPromise promise) {
        return RedisFindings.of(state.check(), promise, state.faults).stream()
                .flatMap(finding -> finding.concern().stream())
                .collect(Collectors.toSet());
    }

    @Test
    void aRedisAsItShouldBeKeepsEveryPromise() {
        for (DurabilityPromise promise : List.of(MEMORY, FSYNC, REPLICATED)) {
            assertThat(wrong(new State(), promise)).isEmpty();
            assertThat(concerns(new State(), promise)).isEmpty();
        }
    }

    @Test
    void withoutAppendOnlyFileNothingIsDurable() {
        State state = new State();
        state.appendOnly = false;
        assertThat(wrong(state, MEMORY)).containsExactly("PROBLEM redis.appendonly", "WARNING durability");
        assertThat(wrong(state, FSYNC))
                .containsExactly("PROBLEM redis.appendonly", "WARNING durability", "PROBLEM durability");
        assertThat(concerns(state, MEMORY)).isEmpty();
        assertThat(concerns(state, FSYNC)).containsExactly(DurabilityPromise.UNREACHABLE);
    }

    @Test
    void anOldRedisCannotConfirmWhatIsOnDisk() {
        State state = new State();
        state.waitAof = WaitAof.MISSING;
        assertThat(wrong(state, MEMORY)).containsExactly("WARNING durability");
        assertThat(wrong(state, FSYNC)).containsExactly("WARNING durability", "PROBLEM durability");
        assertThat(concerns(state, FSYNC)).containsExactly(DurabilityPromise.UNREACHABLE);
    }

    @Test
    void aRedisThatConfirmsTooEarlyConfirmsNothing() {
        State state = new State();
        state.release = redis("7.4.2");
        state.waitAof = WaitAof.EARLY;
        assertThat(wrong(state, MEMORY)).containsExactly("WARNING redis.version", "WARNING durability");
        assertThat(message(state, "durability"))
                .contains("WAITAOF of Redis 7.4.2", "everysec", "appendfsync always", "7.4.3");
        assertThat(wrong(state, FSYNC))
                .containsExactly("WARNING redis.version", "WARNING durability", "PROBLEM durability");
        assertThat(state.check().canWaitForDisk()).isFalse();
        assertThat(concerns(state, MEMORY)).isEmpty();
        assertThat(concerns(state, FSYNC)).containsExactly(DurabilityPromise.UNREACHABLE);
    }

    @Test
    void aReleaseBelowItsFloorIsWarnedOf() {
        State state = new State();
        state.release = redis("8.2.3");
        assertThat(wrong(state, FSYNC)).containsExactly("WARNING redis.version");
        assertThat(message(state, "redis.version"))
                .startsWith("Redis 8.2.3 lacks")
                .endsWith("go to 8.2.9 or newer");
        state.release = new Release(Release.Product.VALKEY, "8.1.3");
        assertThat(wrong(state, FSYNC)).isEmpty();
        assertThat(message(state, "redis.version")).startsWith("Valkey 8.1.3 is not judged");
    }

    @Test
    void whatSearchIsThereIsSaid() {
        State state = new State();
        assertThat(message(state, "redis.search")).isEqualTo("Search 8.6.0: its commands name no key");
        state.search = Optional.of(new SearchModule("2.10.5", SearchGeneration.TWO));
        assertThat(message(state, "redis.search")).isEqualTo("Search 2.10.5: its commands name an index as their key");
    }

    @Test
    void aFileThatIsNeverSyncedKeepsNoPromise() {
        State state = new State();
        state.settings = good("appendfsync", "no");
        assertThat(wrong(state, MEMORY)).containsExactly("PROBLEM redis.appendfsync");
        assertThat(wrong(state, FSYNC)).containsExactly("PROBLEM redis.appendfsync", "PROBLEM durability");
    }

    @Test
    void aTornFileThatIsLoadedIsWarnedOf() {
        State state = new State();
        state.settings = good("aof-load-truncated", "yes");
        assertThat(wrong(state, FSYNC)).containsExactly("WARNING redis.aof-load-truncated");
    }

    @Test
    void aRedisThatEvictsIsNoLedger() {
        State state = new State();
        state.policy = "allkeys-lru";
        assertThat(wrong(state, MEMORY)).containsExactly("PROBLEM redis.maxmemory-policy");
        assertThat(concerns(state, MEMORY)).containsExactly(RedisFindings.EVICTS);
        assertThat(concerns(state, FSYNC))
                .containsExactlyInAnyOrder(RedisFindings.EVICTS, DurabilityPromise.UNREACHABLE);
    }

    @Test
    void missingReplicasMatterToWhoPromisesThem() {
        State state = new State();
        state.replicas = 1;
        assertThat(wrong(state, FSYNC)).isEmpty();
        assertThat(wrong(state, REPLICATED)).containsExactly("WARNING durability");
        assertThat(RedisFindings.of(state.check(), REPLICATED, state.faults))
                .anySatisfy(finding -> assertThat(finding.message()).startsWith("1 of 2 replicas are connected"));
        assertThat(concerns(state, REPLICATED)).containsExactly(DurabilityPromise.UNREACHABLE);
    }

    @Test
    void aReplicaAndAFailingDiskTakeNoWrites() {
        State replica = new State();
        replica.role = "slave";
        assertThat(wrong(replica, MEMORY)).containsExactly("PROBLEM redis.role");
        assertThat(concerns(replica, MEMORY)).containsExactly(RedisFindings.READ_ONLY);
        State failing = new State();
        failing.statuses = Map.of("aof_last_write_status", "err");
        assertThat(wrong(failing, MEMORY)).containsExactly("PROBLEM redis.aof_last_write_status");
        assertThat(concerns(failing, MEMORY)).containsExactly(RedisFindings.READ_ONLY);
    }

    @Test
    void aSnapshotThatFailsStopsAppendsOnlyWhereRedisIsSetSo() {
        State state = new State();
        state.statuses = Map.of("rdb_last_bgsave_status", "err");
        assertThat(wrong(state, MEMORY)).containsExactly("PROBLEM redis.rdb_last_bgsave_status");
        assertThat(concerns(state, MEMORY)).containsExactly(RedisFindings.READ_ONLY);
        state.settings = good("stop-writes-on-bgsave-error", "no");
        assertThat(concerns(state, MEMORY)).containsExactly(PersistenceFindings.FAILING);
        state.settings = good("save", "");
        assertThat(concerns(state, MEMORY)).containsExactly(PersistenceFindings.FAILING);
        state.settings = GOOD;
        state.statuses = Map.of("aof_last_bgrewrite_status", "err");
        assertThat(wrong(state, MEMORY)).containsExactly("PROBLEM redis.aof_last_bgrewrite_status");
        assertThat(concerns(state, MEMORY)).containsExactly(PersistenceFindings.FAILING);
        assertThat(PersistenceFindings.FAILING.stopsAppends()).isFalse();
    }

    @Test
    void filesThatAreKeptOtherwiseThanTheyShouldBeAreWarnedOf() {
        State state = new State();
        for (String[] wrong :
                new String[][] {{"save", ""}, {"aof-use-rdb-preamble", "no"}, {"no-appendfsync-on-rewrite", "yes"}}) {
            state.settings = good(wrong[0], wrong[1]);
            assertThat(wrong(state, MEMORY)).containsExactly("WARNING redis." + wrong[0]);
            assertThat(concerns(state, MEMORY)).isEmpty();
        }
        assertThat(message(state, "redis.save")).isEqualTo("3600 1");
    }

    /** As managed services do: nothing of it is called fine, and each thing is said once, with what to ask for. */
    @Test
    void whatRedisDoesNotShowIsSaidOnce() {
        for (Unseen what : Unseen.values()) {
            State state = new State();
            state.unseen = Set.of(what);
            switch (what) {
                case CONFIRMATION -> state.waitAof = WaitAof.REFUSED;
                case HISTORY -> state.waitAof = WaitAof.UNFOLLOWED;
                case VERSION -> state.release = redis("unknown");
                case ROLE -> state.role = "unknown";
                case APPEND_ONLY -> state.appendOnly = false;
                case EVICTION -> state.policy = "unknown";
                case FILES -> state.statuses = Map.of();
                case APPENDFSYNC, SETTINGS -> state.settings = Map.of();
                case REPLICAS -> state.replicas = 0;
                case MEMORY -> state.max = 0;
                case RIGHTS -> {}
            }
            List<Finding> wrong = RedisFindings.of(state.check(), MEMORY, state.faults).stream()
                    .filter(finding -> finding.level() != Level.OK)
                    .toList();
            assertThat(wrong)
                    .as("%s", what)
                    .hasSize(what == Unseen.RIGHTS ? 0 : what == Unseen.APPEND_ONLY ? 2 : 1)
                    .allMatch(finding -> finding.level() == Level.WARNING)
                    .allMatch(finding -> finding.concern().isEmpty());
            if (what != Unseen.RIGHTS) {
                assertThat(wrong.getFirst().message()).contains(what.message()).contains("ask the provider");
            }
        }
    }

    @Test
    void whatNeedsTheDiskIsNotPromisedByWhatNobodyCanCheck() {
        State state = new State();
        for (WaitAof not : List.of(WaitAof.REFUSED, WaitAof.UNFOLLOWED)) {
            state.waitAof = not;
            assertThat(wrong(state, FSYNC)).containsExactly("WARNING durability", "PROBLEM durability");
            assertThat(concerns(state, FSYNC)).containsExactly(DurabilityPromise.UNREACHABLE);
        }
        State file = new State();
        file.appendOnly = false;
        file.unseen = Set.of(Unseen.APPEND_ONLY);
        assertThat(wrong(file, FSYNC))
                .containsExactly("WARNING redis.appendonly", "WARNING durability", "PROBLEM durability");
        State replicas = new State();
        replicas.replicas = 0;
        replicas.unseen = Set.of(Unseen.REPLICAS, Unseen.EVICTION);
        replicas.policy = "unknown";
        assertThat(wrong(replicas, REPLICATED))
                .containsExactly("WARNING redis.replicas", "WARNING redis.maxmemory-policy");
        State early = new State();
        early.waitAof = WaitAof.EARLY;
        early.unseen = Set.of(Unseen.APPENDFSYNC);
        assertThat(message(early, "durability")).contains("everysec, for which it is taken as it is not shown");
    }

    @Test
    void memoryIsHighFromEightyPercentAndFullFromNinety() {
        State state = new State();
        state.used = 79;
        assertThat(concerns(state, MEMORY)).isEmpty();
        state.used = 80;
        assertThat(wrong(state, MEMORY)).containsExactly("WARNING redis.maxmemory");
        assertThat(concerns(state, MEMORY)).containsExactly(RedisFindings.MEMORY_HIGH);
        state.used = 90;
        assertThat(wrong(state, MEMORY)).containsExactly("PROBLEM redis.maxmemory");
        assertThat(concerns(state, MEMORY)).containsExactly(RedisFindings.MEMORY_FULL);
        state.max = 0;
        assertThat(wrong(state, MEMORY)).containsExactly("WARNING redis.maxmemory");
        assertThat(concerns(state, MEMORY)).isEmpty();
        assertThat(new MemoryUse(Long.MAX_VALUE / 200, 1).percent()).isEqualTo(100_000);
    }

    private static LedgerFault fault(LedgerFault.Kind kind, LedgerException.Reason reason) {
        return new LedgerFault(kind, reason, "what it is", false);
    }

    private static State with(LedgerFault.Kind kind, LedgerException.Reason reason) {
        State state = new State();
        state.faults = List.of(fault(kind, reason));
        return state;
    }

    @Test
    void anAppendThatWasTriedInVainIsAReasonToTurnAway() {
        State refused = with(LedgerFault.Kind.APPEND, LedgerException.Reason.CORRUPT);
        assertThat(concerns(refused, MEMORY)).containsExactly(RedisFindings.APPENDS_REFUSED);
        assertThat(RedisFindings.APPENDS_REFUSED.stopsAppends()).isTrue();
        assertThat(wrong(refused, MEMORY)).containsExactly("PROBLEM ledger.append");
        assertThat(message(refused, "ledger.append")).isEqualTo("no event can be appended: what it is");
        assertThat(concerns(with(LedgerFault.Kind.APPEND, LedgerException.Reason.FULL), MEMORY))
                .containsExactly(RedisFindings.MEMORY_FULL);
        assertThat(concerns(with(LedgerFault.Kind.APPEND, LedgerException.Reason.READ_ONLY), MEMORY))
                .containsExactly(RedisFindings.READ_ONLY);
        assertThat(concerns(with(LedgerFault.Kind.APPEND, LedgerException.Reason.UNAVAILABLE), MEMORY))
                .containsExactly(RedisFindings.APPENDS_REFUSED);
    }

    @Test
    void whatIsMissingIsNamedAndStopsNothingElse() {
        for (LedgerFault.Kind kind : List.of(
                LedgerFault.Kind.HEAD, LedgerFault.Kind.NUMBERS, LedgerFault.Kind.DOCUMENT, LedgerFault.Kind.SESSION)) {
            State state = with(kind, LedgerException.Reason.CORRUPT);
            assertThat(concerns(state, MEMORY)).containsExactly(RedisFindings.CORRUPT);
            assertThat(wrong(state, MEMORY))
                    .containsExactly("PROBLEM ledger." + kind.name().toLowerCase(Locale.ROOT));
        }
        State index = with(LedgerFault.Kind.INDEX, LedgerException.Reason.INCOMPLETE);
        assertThat(concerns(index, MEMORY)).containsExactly(RedisFindings.INDEX_INCOMPLETE);
        assertThat(wrong(index, MEMORY)).containsExactly("PROBLEM ledger.index");
        assertThat(RedisFindings.CORRUPT.stopsAppends() || RedisFindings.INDEX_INCOMPLETE.stopsAppends())
                .isFalse();
    }

    @Test
    void whatHasBeenMadeAgainIsSaidAndIsNoConcern() {
        State state = new State();
        assertThat(message(state, "ledger")).startsWith("an event can be appended");
        state.faults = List.of(
                new LedgerFault(LedgerFault.Kind.INDEX, LedgerException.Reason.INCOMPLETE, "built again", true));
        assertThat(concerns(state, MEMORY)).isEmpty();
        assertThat(wrong(state, MEMORY)).containsExactly("WARNING ledger.index");
        assertThat(message(state, "ledger")).isEmpty();
    }
}
