// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import io.contextgraph.ledger.redis.client.ServerFacts;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/**
 * Those that follow a server.
 *
 * @param online how many have all that they need to follow; one that is being filled does not count
 * @param mostBytesBehind how far the one of them is behind that is the farthest behind; 0 where there is none, empty where that is hidden
 * @param longestSilence seconds since that one of them was heard of that has been silent for the longest time; the same
 */
record Replicas(int online, OptionalLong mostBytesBehind, OptionalLong longestSilence) {
    private static final Pattern NAME = Pattern.compile("slave\\d+");
    private static final Pattern NUMBERS = Pattern.compile("\\b(offset|lag)=(\\d{1,18})\\b");

    /** By the fields of {@code INFO}. */
    static Replicas of(Map<String, String> info) {
        List<String> following = info.entrySet().stream()
                .filter(field -> NAME.matcher(field.getKey()).matches())
                .map(Map.Entry::getValue)
                .filter(replica -> replica.contains("state=online"))
                .toList();
        if (!info.containsKey("connected_slaves")) {
            return new Replicas(following.size(), OptionalLong.empty(), OptionalLong.empty());
        }
        OptionalLong written = ServerFacts.number(info, "master_repl_offset");
        return new Replicas(
                following.size(),
                written.isEmpty()
                        ? written
                        : most(numbers(following, "offset").map(offset -> written.getAsLong() - offset)),
                most(numbers(following, "lag")));
    }

    private static OptionalLong most(LongStream numbers) {
        return OptionalLong.of(numbers.map(number -> Math.max(0, number)).max().orElse(0));
    }

    private static LongStream numbers(List<String> replicas, String name) {
        return replicas.stream()
                .flatMap(replica -> NUMBERS.matcher(replica).results())
                .filter(found -> found.group(1).equals(name))
                .mapToLong(found -> Long.parseLong(found.group(2)));
    }
}
