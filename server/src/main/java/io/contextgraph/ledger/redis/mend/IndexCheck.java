// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.mend.Damage.Kind;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Ref;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.Response;

/** What events are found by: the sets that are an index, and the names of types. */
final class IndexCheck {
    private final MendRun run;
    private final RawLedger raw;
    private final Keys keys;
    private final BiConsumer<String, RecordedEvent> gap;
    private final Set<String> types = new HashSet<>();

    /** @param gap is told a set and an event that it lacks */
    IndexCheck(MendRun run, BiConsumer<String, RecordedEvent> gap) {
        this.run = run;
        this.raw = run.raw();
        this.keys = raw.keys();
        this.gap = gap;
    }

    /** An event in a set. */
    private record Member(String set, RecordedEvent event) {
        byte[] name() {
            return new Ref(event.seq(), event.event().id(), 0).member();
        }

        double score() {
            return event.event().occurredAt().toEpochMilli();
        }
    }

    /** Takes the next events. */
    void take(List<RecordedEvent> events) {
        if (raw.engine() == Engine.SORTED_SET) {
            members(events.stream().filter(event -> !raw.isCold(event.seq())).toList());
        }
        events.forEach(event -> types.add(event.event().type().value()));
    }

    private void members(List<RecordedEvent> events) {
        List<Member> members = new ArrayList<>();
        for (RecordedEvent event : events) {
            keys.sets(event.event()).stream().filter(raw::isUsable).forEach(set -> members.add(new Member(set, event)));
        }
        List<Supplier<Boolean>> there = raw.redis().pipelined(p -> {
            List<Supplier<Boolean>> all = new ArrayList<>();
            for (Member member : members) {
                Response<Double> score = p.zscore(Keys.bytes(member.set()), member.name());
                all.add(() -> score.get() != null && score.get() == member.score());
            }
            return () -> all;
        });
        for (int i = 0; i < members.size(); i++) {
            Member member = members.get(i);
            if (!there.get(i).get() && !isThereNow(member)) {
                gap.accept(member.set(), member.event());
                run.quietly(() -> raw.write(
                        Command.ZADD, member.set(), Long.toString((long) member.score()), (Object) member.name()));
            }
        }
    }

    /** Somebody may have taken it out of the index since, or brought it back. */
    private boolean isThereNow(Member member) {
        if (raw.writes()) {
            return false;
        }
        Moment now = raw.moment(RawCommand.of(Command.ZSCORE, member.set(), (Object) member.name()));
        return now.isCold(member.event().seq())
                || run.pruned().hasGone(member.event().seq())
                || now.replies()
                        .getFirst()
                        .filter(score -> Double.parseDouble(Keys.text(score)) == member.score())
                        .isPresent();
    }

    /** The types of all events that were taken. */
    void types(Head head) {
        if (!raw.isUsable(keys.types())) {
            return;
        }
        Set<String> named = raw.redis().call(client -> client.smembers(keys.types()));
        List<String> missing =
                types.stream().filter(type -> !named.contains(type)).sorted().toList();
        List<String> surplus =
                named.stream().filter(type -> !types.contains(type)).sorted().toList();
        if (!missing.isEmpty()) {
            run.mends(
                    Kind.TYPES,
                    keys.types(),
                    "lacks " + missing,
                    "added",
                    () -> raw.write(RawCommand.each(Command.SADD, keys.types(), missing)));
        }
        // What is gone may have been the last of its type.
        if (!surplus.isEmpty() && head.equals(raw.head()) && !run.pruned().anyByNow()) {
            run.mends(
                    Kind.TYPES,
                    keys.types(),
                    "names " + surplus + ", which no event has",
                    "taken out",
                    () -> raw.write(RawCommand.each(Command.SREM, keys.types(), surplus)));
        }
    }
}
