// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.event.EventId;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.mend.Damage;
import io.contextgraph.ledger.mend.Damage.Kind;
import io.contextgraph.ledger.mend.Examined;
import io.contextgraph.ledger.mend.LedgerMender;
import io.contextgraph.ledger.redis.client.Connections;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.client.Role;
import io.contextgraph.ledger.redis.client.ServerFacts;
import io.contextgraph.ledger.redis.search.SearchIndex;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Examines and mends a ledger in Redis.
 *
 * <p>An event is what its document says, or its entry in the global stream where there is no document; what else there is of
 * it is made again from these. An event that nobody can have been told of, since nothing of it was written behind its
 * entries, is none.
 */
public final class RedisMender implements LedgerMender {
    /** How often an index is looked at again that somebody makes smaller meanwhile. */
    private static final int TRIES = 50;

    private final Connections connections;
    private final Redis redis;
    private final Keys keys;
    private final Engine engine;

    private RedisMender(Connections connections, Keys keys, Engine engine) {
        this.connections = connections;
        this.redis = connections.of(Role.MEND);
        this.keys = keys;
        this.engine = engine;
    }

    /**
     * Opens a ledger, in whatever state it is.
     *
     * @throws LedgerException when the server does not answer, or the ledger is in another storage format
     */
    public static RedisMender open(RedisSettings settings) {
        Connections connections = new Connections(settings);
        try {
            Redis redis = connections.of(Role.MEND);
            Keys keys = settings.keys();
            Map<String, String> head = head(redis, keys);
            Engine engine = settings.engine()
                    .or(() -> Optional.ofNullable(head.get("engine")).flatMap(Engine::parse))
                    .orElseGet(() -> engineOf(redis, keys));
            requireFormat(redis, keys, engine, head);
            return new RedisMender(connections, keys, engine);
        } catch (RuntimeException e) {
            connections.close();
            throw e;
        }
    }

    private static Map<String, String> head(Redis redis, Keys keys) {
        boolean isHash = redis.call(client -> client.type(keys.ledger())).equals("hash");
        return isHash ? redis.call(client -> client.hgetAll(keys.ledger())) : Map.of();
    }

    /** A ledger of another version is not damaged, and what reads it is that version. */
    private static void requireFormat(Redis redis, Keys keys, Engine engine, Map<String, String> head) {
        String written = head.get("format");
        if (ServerFacts.FORMAT.equals(written) || head.isEmpty()) {
            return;
        }
        if (written != null && written.matches("\\d")) {
            ServerFacts.requireFormat(written);
        }
        RawLedger raw = new RawLedger(redis, keys, engine, false);
        long[] documents = {0, 0};
        raw.scan(keys.documents(), names -> {
            List<EventId> ids = names.stream()
                    .flatMap(name -> Keys.after(keys.documents(), name).flatMap(EventId::parse).stream())
                    .toList();
            documents[0] += raw.events(ids).size();
            documents[1] += ids.size();
        });
        if (documents[0] == 0 && documents[1] > 0) {
            ServerFacts.requireFormat(written);
        }
    }

    /** Where the head does not say it, documents do, each by its type. */
    private static Engine engineOf(Redis redis, Keys keys) {
        long[] strings = {0, 0};
        RawLedger raw = new RawLedger(redis, keys, Engine.SORTED_SET, false);
        raw.scan(keys.documents(), names -> {
            for (String type : raw.types(names)) {
                strings[type.equals("string") ? 0 : 1] += type.equals("string") || type.equals("ReJSON-RL") ? 1 : 0;
            }
        });
        return strings[1] > strings[0] ? Engine.SEARCH : Engine.SORTED_SET;
    }

    @Override
    public Examined examine(Consumer<Damage> told, LongConsumer looked) {
        return run(false, told, looked);
    }

    @Override
    public Examined mend(Consumer<Damage> told, LongConsumer looked) {
        return run(true, told, looked);
    }

    private Examined run(boolean writes, Consumer<Damage> told, LongConsumer looked) {
        RawLedger raw = new RawLedger(redis, keys, engine, writes);
        String type = redis.call(client -> client.type(keys.ledger()));
        if (!type.equals("hash") && !type.equals("none")) {
            raw.unusable(keys.ledger());
        }
        try {
            raw.hold();
            return run(new MendRun(raw, told, looked));
        } finally {
            raw.release();
        }
    }

    private Examined run(MendRun run) {
        KeyCheck first = new KeyCheck(run);
        Head head = first.run();
        // Where it stands from now on, until nobody mends it any more.
        String seq = run.raw().field(keys.ledger(), "seq").orElse("");
        run.trimmed().settle(head);
        TrimmedSessions sums = new TrimmedSessions(run, TrimmedSessions.MOST);
        ColdCheck cold = new ColdCheck(run);
        cold.settle();
        EventCheck events = new EventCheck(run, first, new TrimmedEvents(run, sums, cold));
        events.run(head);
        first.asideDoubtful();
        Set<SessionId> broken = new HashSet<>(events.brokenSessions());
        boolean ahead = run.isAhead(keys.global(), "nothing can be appended until then");
        GroupCheck groups = new GroupCheck(run);
        boolean global = groups.isBeyond() || ahead || events.isGlobalBroken();
        SessionCheck sessions = new SessionCheck(run, broken, events.lostEvents(), sums);
        sessions.run();
        Set<SessionId> remade = new HashSet<>(broken);
        remade.addAll(sessions.ahead());
        if (global || !remade.isEmpty()) {
            run.quietly(() -> {
                new StreamMaker(run, head, seq, events.lostEvents()).make(global, remade);
                sessions.runRemade();
            });
        }
        groups.run();
        KnownSessions known = new KnownSessions(
                run.raw(), broken, sessions.misreported(), run.pruned().anyByNow());
        new LeftoverCheck(run, head, known, events.lostEvents()).run();
        events.sealed().leftovers(events.lostEvents());
        cold.leftovers(known);
        run.raw().requireHeld();
        // Which of two indexes it has, the header says.
        if (engine == Engine.SEARCH && run.raw().isUsable(keys.ledger())) {
            index(run, head.seq() - events.documentsMissing());
            events.sealed().index();
        }
        return run.result(head);
    }

    /** @param documents how many there are, whether the index has them or not */
    private void index(MendRun run, long documents) {
        SearchIndex index = new SearchIndex(redis, keys);
        Optional<String> found =
                index.fault(documents - run.raw().unindexed() - run.pruned().indexed());
        // Somebody may take events out of the index, or bring them back, while it is examined.
        for (int tries = 0; found.isPresent() && !run.raw().writes() && tries < TRIES; tries++) {
            found = index.fault(
                    documents - run.raw().moment().unindexed() - run.pruned().indexedNow());
        }
        found.ifPresent(fault -> run.mends(Kind.INDEX, keys.index(), fault, "built again", () -> index.rebuild()));
    }

    @Override
    public void close() {
        connections.close();
    }
}
