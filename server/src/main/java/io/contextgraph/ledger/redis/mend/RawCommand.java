// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.ledger.redis.client.Keys;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.commands.ProtocolCommand;

/**
 * A command as Redis takes it.
 *
 * @param keys that it names
 * @param words its name, and what follows
 */
record RawCommand(List<String> keys, List<byte[]> words) {
    /** A script cannot hand on more than 8,000 words at once. */
    private static final int MOST_WORDS = 2000;

    /** @param more texts, and bytes as they are */
    static RawCommand of(ProtocolCommand command, String key, Object... more) {
        List<byte[]> words = new ArrayList<>(List.of(command.getRaw(), Keys.bytes(key)));
        for (Object word : more) {
            words.add(word instanceof byte[] bytes ? bytes : Keys.bytes(String.valueOf(word)));
        }
        return new RawCommand(List.of(key), words);
    }

    static RawCommand rename(String key, String target) {
        return new RawCommand(
                List.of(key, target), List.of(Command.RENAME.getRaw(), Keys.bytes(key), Keys.bytes(target)));
    }

    /** How many words it has, and these. */
    List<byte[]> counted() {
        List<byte[]> counted = new ArrayList<>(List.of(Keys.bytes(Integer.toString(words.size()))));
        counted.addAll(words);
        return counted;
    }

    /** Sets fields of a hash. */
    static List<RawCommand> fields(String key, Map<String, String> fields) {
        List<String> words = new ArrayList<>();
        fields.forEach((name, value) -> words.addAll(List.of(name, value)));
        return each(Command.HSET, key, words);
    }

    /** One command for all words, or several where there are many; an even number of words stays together. */
    static List<RawCommand> each(ProtocolCommand command, String key, Collection<String> words) {
        List<String> all = List.copyOf(words);
        List<RawCommand> writes = new ArrayList<>();
        for (int from = 0; from < all.size(); from += MOST_WORDS) {
            writes.add(of(
                    command,
                    key,
                    all.subList(from, Math.min(from + MOST_WORDS, all.size())).toArray()));
        }
        return writes;
    }
}
