// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.personal;

import io.contextgraph.event.EventId;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.personal.PersonalEvent;
import io.contextgraph.ledger.personal.SubjectPseudonym;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.LedgerHeader;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.RedisErrors;
import io.contextgraph.ledger.redis.client.Replies;
import io.contextgraph.ledger.redis.client.SealedDocument;
import io.contextgraph.ledger.redis.search.SealedIndex;
import io.contextgraph.ledger.redis.search.SearchIndex;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import redis.clients.jedis.Response;
import redis.clients.jedis.search.SearchProtocol.SearchCommand;

/**
 * Finds sealed payloads by the search index over them.
 *
 * <p><b>Guarantees.</b> Complete, or {@code INCOMPLETE}: an index that is missing, is being filled or has fewer payloads than the
 * ledger counts, and a result that Redis cut short, are errors.
 *
 * @param redis may search
 * @param mend makes the index again that somebody has dropped
 */
record SealedSearch(Redis redis, Keys keys, Duration timeout, Runnable mend) {
    List<PersonalEvent> events(SubjectPseudonym subject, long afterSeq, int max) {
        List<String> arguments =
                new ArrayList<>(query(subject, " @" + SealedDocument.SEQ + ":[(" + afterSeq + " +inf]"));
        String count = Integer.toString(max);
        arguments.addAll(List.of("SORTBY", "2", "@" + SealedDocument.SEQ, "ASC", "MAX", count));
        arguments.addAll(List.of("LOAD", "2", "@__key", "@" + SealedDocument.SEQ, "LIMIT", "0", count));
        return found(SearchCommand.AGGREGATE, arguments, reply -> {
            List<PersonalEvent> events = new ArrayList<>();
            for (Object result : (List<?>) reply.getOrDefault("results", List.of())) {
                var fields = Replies.map(Replies.map(result).getOrDefault("extra_attributes", List.of()));
                String key = Replies.text(fields.getOrDefault("__key", ""));
                events.add(new PersonalEvent(
                        (long) SearchIndex.number(fields, SealedDocument.SEQ),
                        EventId.of(key.substring(key.lastIndexOf(':') + 1))));
            }
            return events;
        });
    }

    long count(SubjectPseudonym subject) {
        List<String> arguments = new ArrayList<>(query(subject, ""));
        arguments.addAll(List.of("NOCONTENT", "LIMIT", "0", "0"));
        return found(SearchCommand.SEARCH, arguments, reply -> (long) SearchIndex.number(reply, "total_results"));
    }

    private List<String> query(SubjectPseudonym subject, String more) {
        return List.of(
                keys.sealedIndex(),
                "@" + SealedDocument.PSEUDONYM + ":{$subject}" + more,
                "PARAMS",
                "2",
                "subject",
                subject.value(),
                "DIALECT",
                "2",
                "TIMEOUT",
                Long.toString(timeout.toMillis()));
    }

    private <T> T found(SearchCommand command, List<String> arguments, Function<Map<String, Object>, T> read) {
        try {
            return redis.pipelined(p -> {
                Response<List<String>> before = p.hmget(keys.ledger(), LedgerHeader.PERSONAL);
                Response<Object> info = p.sendCommand(SearchCommand.INFO, keys.sealedIndex());
                Response<Object> found = p.sendCommand(command, EventCodec.keys(arguments));
                Response<List<String>> after = p.hmget(keys.ledger(), LedgerHeader.PERSONAL);
                Supplier<T> answer = () -> {
                    SealedIndex.requireComplete(
                            Replies.map(info.get()),
                            Math.min(
                                    LedgerHeader.count(before.get().getFirst()),
                                    LedgerHeader.count(after.get().getFirst())));
                    Map<String, Object> reply = Replies.map(found.get());
                    if (reply.get("warning") instanceof List<?> warnings && !warnings.isEmpty()) {
                        throw LedgerException.telling(
                                Reason.INCOMPLETE, "the search for sealed payloads was not complete within " + timeout);
                    }
                    return read.apply(reply);
                };
                return answer;
            });
        } catch (LedgerException failed) {
            if (RedisErrors.isIndexMissing(failed)) {
                mend.run();
            }
            throw failed;
        }
    }
}
