// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.search;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.SealedDocument;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The search index over sealed payloads, by which those about a person are found, whatever has left the index of events.
 *
 * <p><b>Guarantees.</b> As of {@link SearchIndex}: one for each version of its schema, behind an alias that queries use.
 */
public final class SealedIndex {
    /** INVARIANT: raised with every change of the schema below. */
    private static final int VERSION = 1;

    private static final Logger LOG = LoggerFactory.getLogger(SealedIndex.class);

    private final Keys keys;
    private final IndexCommands commands;

    public SealedIndex(Redis redis, Keys keys) {
        this.keys = keys;
        this.commands = new IndexCommands(redis);
    }

    /** The index of this version of the schema. */
    public static String name(Keys keys) {
        return keys.sealedIndexes() + VERSION;
    }

    /** Builds the index where it is missing, waits until it is complete, and points the alias to it. */
    public void prepare() {
        String index = name(keys);
        if (!commands.exists(index) && !create(index)) {
            return;
        }
        commands.awaitComplete(index);
        commands.serve(keys.sealedIndex(), index);
        for (String name : commands.names()) {
            if (name.startsWith(keys.sealedIndexes()) && !name.equals(index)) {
                commands.drop(name);
            }
        }
    }

    /**
     * What is wrong with the index; empty where it has every sealed payload.
     *
     * @param documents how many there are at least
     */
    public Optional<String> fault(long documents) {
        String index = name(keys);
        if (!commands.exists(index)) {
            return documents == 0 ? Optional.empty() : Optional.of("is missing");
        }
        if (!commands.isServing(keys.sealedIndex(), index)) {
            return Optional.of("its alias leads elsewhere");
        }
        try {
            requireComplete(commands.info(index), documents);
            return Optional.empty();
        } catch (LedgerException incomplete) {
            return incomplete.told();
        }
    }

    /** Makes it anew, and waits until it is complete. */
    public void rebuild() {
        if (commands.exists(name(keys))) {
            commands.dropped(name(keys));
        }
        prepare();
    }

    /**
     * Asks whether the index has every sealed payload.
     *
     * @param info what the module says of it
     * @param documents how many there are at least
     * @throws LedgerException where it is being filled, could not take one, or lacks some
     */
    public static void requireComplete(Map<String, Object> info, long documents) {
        if (!IndexCommands.isComplete(info)) {
            throw LedgerException.telling(Reason.INCOMPLETE, "the index of sealed payloads is still being built");
        }
        long indexed = (long) SearchIndex.number(info, "num_docs");
        if (indexed < documents) {
            throw LedgerException.telling(
                    Reason.INCOMPLETE,
                    "the index of sealed payloads has " + indexed + " of " + documents + ": documents are missing");
        }
    }

    /** Whether there is one now: a replica of a ledger that never had an index has nothing to find, and takes none. */
    private boolean create(String index) {
        LOG.info("Building index {}", index);
        try {
            commands.create(
                    index,
                    List.of(
                            "ON",
                            "JSON",
                            "PREFIX",
                            "1",
                            keys.sealed(),
                            "SCHEMA",
                            "$." + SealedDocument.PSEUDONYM,
                            "AS",
                            SealedDocument.PSEUDONYM,
                            "TAG",
                            "CASESENSITIVE",
                            "$." + SealedDocument.SEQ,
                            "AS",
                            SealedDocument.SEQ,
                            "NUMERIC",
                            "SORTABLE"));
            return true;
        } catch (LedgerException refused) {
            if (refused.reason() == Reason.READ_ONLY) {
                LOG.warn("Index {} cannot be built here: {}", index, refused.getMessage());
                return false;
            }
            throw refused;
        }
    }
}
