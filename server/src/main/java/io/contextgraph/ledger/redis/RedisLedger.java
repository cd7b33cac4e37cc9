// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import io.contextgraph.access.KeyStore;
import io.contextgraph.ledger.Epochs;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.EventSearch;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.OperationStore;
import io.contextgraph.ledger.Parking;
import io.contextgraph.ledger.Sessions;
import io.contextgraph.ledger.partition.EventOrder;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.personal.PersonalEvents;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.ledger.redis.access.AccessCheck;
import io.contextgraph.ledger.redis.access.AccessExamination;
import io.contextgraph.ledger.redis.access.AccessRules;
import io.contextgraph.ledger.redis.access.RedisAccessCheck;
import io.contextgraph.ledger.redis.access.RedisKeyStore;
import io.contextgraph.ledger.redis.append.Appender;
import io.contextgraph.ledger.redis.append.RedisEventLog;
import io.contextgraph.ledger.redis.client.AppenderView;
import io.contextgraph.ledger.redis.client.Connections;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.MemoryGuard;
import io.contextgraph.ledger.redis.client.Noticed;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.client.Role;
import io.contextgraph.ledger.redis.client.ServerFacts;
import io.contextgraph.ledger.redis.client.Unseen;
import io.contextgraph.ledger.redis.feed.FeedSettings;
import io.contextgraph.ledger.redis.feed.RedisFeed;
import io.contextgraph.ledger.redis.feed.RedisOperations;
import io.contextgraph.ledger.redis.feed.RedisParking;
import io.contextgraph.ledger.redis.personal.RedisPersonalEvents;
import io.contextgraph.ledger.redis.prune.RedisPruning;
import io.contextgraph.ledger.redis.seal.RedisSealing;
import io.contextgraph.ledger.redis.search.EventReader;
import io.contextgraph.ledger.redis.search.IndexSearch;
import io.contextgraph.ledger.redis.search.IndexedSearch;
import io.contextgraph.ledger.redis.search.RedisSessions;
import io.contextgraph.ledger.redis.search.SealedIndex;
import io.contextgraph.ledger.redis.search.SearchIndex;
import io.contextgraph.ledger.redis.search.SessionMender;
import io.contextgraph.ledger.redis.search.SortedSetSearch;
import io.contextgraph.ledger.redis.snapshot.RedisSnapshots;
import io.contextgraph.ledger.redis.tiers.RedisTiers;
import io.contextgraph.ledger.redis.trim.RedisTrimming;
import io.contextgraph.ledger.seal.Sealing;
import io.contextgraph.ledger.snapshot.Snapshots;
import io.contextgraph.ledger.trim.Tiers;
import io.contextgraph.ledger.trim.Trimming;
import io.contextgraph.ops.Check;
import io.contextgraph.ops.Metrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ledger in one Redis: hands out the ports and owns the connections behind them.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class RedisLedger implements Partition, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RedisLedger.class);

    private static final String MODULE = "module_";

    /** Fields that every Redis has, whether or not there are modules. */
    private static final String MODULE_FORK = "module_fork_";

    private final RedisSettings settings;
    private final Connections connections;
    private final Keys keys;
    private final ServerFacts server;
    private final AppenderView view;
    private final DurabilityPromise promise;
    private final MemoryGuard memory;
    private final Appender appender;
    private final EventLog log;
    private final EventOrder order;
    private final EventSearch search;
    private final Sessions sessions;
    private final Parking parking;
    private final OperationStore operations;
    private final Epochs epochs;
    private final Tiers tiers;
    private final Trimming trimming;
    private final Pruning pruning;
    private final PersonalEvents personal;
    private final Sealing sealing;
    private final boolean indexMended;
    private final Noticed noticed;
    private final Inspection inspection;

    private RedisLedger(
            RedisSettings settings,
            Connections connections,
            Keys keys,
            ServerFacts server,
            AppenderView view,
            boolean indexMended) {
        this.settings = settings;
        this.connections = connections;
        this.keys = keys;
        this.server = server;
        this.view = view;
        this.promise = new DurabilityPromise(settings.durability());
        this.memory = new MemoryGuard(connections.of(Role.APPEND));
        this.indexMended = indexMended;
        this.noticed = new Noticed();
        Redis read = connections.of(Role.READ);
        Redis append = connections.of(Role.APPEND);
        EventReader reader = new EventReader(read, keys, server.engine(), noticed);
        IndexedSearch indexed = switch (server.engine()) {
            case SORTED_SET ->
                new SortedSetSearch(read, keys, reader, settings.timeouts().query());
            case SEARCH ->
                new IndexSearch(
                        read,
                        keys,
                        reader,
                        new SearchIndex(read, keys),
                        settings.timeouts().query(),
                        new SearchIndex(connections.of(Role.OPERATOR), keys)::mend);
        };
        this.search = indexed;
        SessionMender mender = new SessionMender(append, keys, search);
        this.appender = new Appender(append, keys, settings, server, memory, noticed);
        this.order = reader;
        this.log = new RedisEventLog(appender, reader, mender);
        RedisSessions directory = new RedisSessions(read, keys, mender);
        this.sessions = directory;
        this.inspection = new Inspection(appender, reader, directory, mender, indexed, noticed);
        this.parking = new RedisParking(connections.of(Role.PROJECT), keys, reader);
        this.operations = new RedisOperations(connections.of(Role.PROJECT), keys);
        this.epochs = new RedisEpochs(read, append, keys, reader);
        this.tiers = new RedisTiers(connections.of(Role.RETENTION), read, keys, server.engine(), memory);
        Redis retention = connections.of(Role.RETENTION);
        this.trimming = new RedisTrimming(
                retention,
                connections.of(Role.OPERATOR),
                keys,
                server.engine(),
                new EventReader(retention, keys, server.engine(), noticed));
        this.pruning = new RedisPruning(retention, append, keys, server.engine());
        this.sealing = new RedisSealing(
                append, retention, keys, server, settings.durability().timeout(), reader::head, tiers.notes());
        this.personal = new RedisPersonalEvents(
                connections.of(Role.ERASE),
                read,
                keys,
                server.engine(),
                settings.durability(),
                settings.timeouts().query(),
                new SealedIndex(connections.of(Role.OPERATOR), keys)::prepare);
    }

    /**
     * Connects, asks the server what it can do and chooses the engine.
     *
     * @throws LedgerException when the server does not answer or cannot serve this ledger; nothing stays open then
     */
    public static RedisLedger connect(RedisSettings settings) {
        return connect(settings, true);
    }

    /** Connects without asking what the users of the roles may do. */
    public static RedisLedger connectUnexamined(RedisSettings settings) {
        return connect(settings, false);
    }

    private static RedisLedger connect(RedisSettings settings, boolean examine) {
        Connections connections = new Connections(settings);
        try {
            connections.requireLogins();
            Redis operator = connections.of(Role.OPERATOR);
            Keys keys = settings.keys();
            ServerFacts asked = ServerFacts.probe(operator, keys, settings.engine());
            settings.cluster().requireFit(keys.prefix(), asked.info());
            AppenderView view = AppenderView.of(connections.of(Role.APPEND), asked);
            ServerFacts server = asked.with(view);
            LOG.info(
                    "{} at {}, engine {}{}, append-only file {}, can confirm fsync: {}",
                    server.release(),
                    settings.address(),
                    server.engine().configName(),
                    server.search().map(module -> " (" + module + ")").orElse(""),
                    server.unseen().contains(Unseen.APPEND_ONLY) ? "unknown" : server.appendOnly() ? "on" : "off",
                    server.canWaitForDisk());
            if (examine) {
                new AccessExamination(connections, AccessRules.of(settings, server)).requireRights();
            }
            boolean indexMended = server.engine() == Engine.SEARCH && new SearchIndex(operator, keys).prepare();
            if (server.engine() == Engine.SEARCH) {
                new SealedIndex(operator, keys).prepare();
            }
            return new RedisLedger(settings, connections, keys, server, view, indexMended);
        } catch (RuntimeException e) {
            connections.close();
            throw e;
        }
    }

    @Override
    public EventLog log() {
        return log;
    }

    @Override
    public EventOrder order() {
        return order;
    }

    @Override
    public EventSearch search() {
        return search;
    }

    @Override
    public Sessions sessions() {
        return sessions;
    }

    @Override
    public Parking parking() {
        return parking;
    }

    @Override
    public Epochs epochs() {
        return epochs;
    }

    @Override
    public OperationStore operations() {
        return operations;
    }

    @Override
    public Trimming trimming() {
        return trimming;
    }

    @Override
    public Pruning pruning() {
        return pruning;
    }

    @Override
    public PersonalEvents personal() {
        return personal;
    }

    @Override
    public EventFeed feed(String group) {
        return feed(group, FeedSettings.DEFAULTS);
    }

    @Override
    public Tiers tiers() {
        return tiers;
    }

    @Override
    public Sealing sealing() {
        return sealing;
    }

    /**
     * The feed of a group; the group begins at the first event.
     *
     * @param claimAfter how long a consumer may hold an entry before another takes it over
     */
    public EventFeed feed(String group, Duration claimAfter) {
        return feed(group, new FeedSettings(claimAfter, Duration.ZERO));
    }

    /** The feed of a group; the group begins at the first event. */
    public EventFeed feed(String group, FeedSettings how) {
        Redis project = connections.of(Role.PROJECT);
        return new RedisFeed(project, keys, how, new EventReader(project, keys, server.engine(), noticed), group);
    }

    /** Copies of all that the server holds. */
    public Snapshots snapshots() {
        Map<String, String> modules = new TreeMap<>();
        server.info().forEach((name, value) -> {
            if (name.startsWith(MODULE) && !name.startsWith(MODULE_FORK)) {
                String ignored = modules.put(name.substring(MODULE.length()), value);
            }
        });
        Snapshots.Store store = new Snapshots.Store(
                server.release().product().label(),
                server.release().version(),
                modules,
                settings.database(),
                keys.prefix());
        return new RedisSnapshots(connections.of(Role.BACKUP), connections.userOf(Role.BACKUP), store);
    }

    /** Who may use the deployment. */
    public KeyStore accessKeys() {
        return new RedisKeyStore(connections.of(Role.OPERATOR), connections.of(Role.KEYS), keys);
    }

    /** Has Redis watched. */
    public void watch(Metrics metrics) {
        RedisMetrics.standing(
                metrics, () -> ServerFacts.probe(connections.watching(), keys, Optional.of(server.engine())));
    }

    /** Looks at Redis and at this ledger in it. */
    public Check redisCheck() {
        return new RedisCheck(this, promise);
    }

    /** Looks at who may do what in Redis. */
    public Check accessCheck() {
        return new RedisAccessCheck(this::access);
    }

    /** For people, as {@code Redis 8.2.3, engine search}. */
    public String describe() {
        return server.release() + ", engine " + engine().configName();
    }

    /** How events are indexed. */
    public Engine engine() {
        return server.engine();
    }

    /** @throws LedgerException when the server does not answer */
    void ping() {
        String ignored = connections.watching().call(client -> client.ping());
    }

    /** Asks the server how it is, over a connection that nothing else uses; never fails. */
    public LedgerCheck check() {
        try {
            ServerFacts now = ServerFacts.probe(connections.watching(), keys, Optional.of(server.engine()));
            return LedgerCheck.of(now.with(view));
        } catch (LedgerException e) {
            return LedgerCheck.unreachable(server.engine(), String.valueOf(e.getMessage()));
        }
    }

    /**
     * Looks at the ledger itself, for some milliseconds: whether an event can be appended now, and whether what is stored
     * fits together.
     *
     * @throws LedgerException when the server does not answer
     */
    public List<LedgerFault> look() {
        return inspection.brief();
    }

    /**
     * Looks at everything that is stored, and says what has been made again since this ledger was opened.
     *
     * @throws LedgerException when the server does not answer
     */
    public List<LedgerFault> inspect() {
        List<LedgerFault> faults = new ArrayList<>();
        if (indexMended) {
            faults.add(new LedgerFault(
                    LedgerFault.Kind.INDEX,
                    LedgerException.Reason.INCOMPLETE,
                    "the search index was missing, and has been built again",
                    true));
        }
        faults.addAll(inspection.thorough());
        return faults;
    }

    /**
     * Asks who may do what in the server.
     *
     * @throws LedgerException when it does not answer
     */
    public AccessCheck access() {
        return new AccessExamination(connections, AccessRules.of(settings, server)).check();
    }

    @Override
    public void close() {
        appender.close();
        connections.close();
    }
}
