// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.partition;

import io.contextgraph.config.Forms;
import io.contextgraph.config.Setting;
import io.contextgraph.config.SettingGroup;
import io.contextgraph.config.Settings;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.cluster.ClusterSettings;
import io.contextgraph.ledger.router.Partitioning;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** How many partitions the ledger of a deployment has, and which servers have them. */
public final class PartitionSettings {
    public static final Setting<Integer> PARTITIONS = Setting.of(
            "redis.partitions",
            "1",
            Forms.whole(1, Partitioning.MAX_PARTITIONS),
            "How many partitions the ledger has. Fixed when the ledger begins: another number is refused, with the way out.");
    public static final Setting<List<String>> NODES = Setting.of(
            "redis.partition-nodes",
            "",
            Forms.list(Pattern.compile("([^\\s:/@,\\[\\]]+|\\[[0-9a-fA-F:.]+]):\\d{1,5}"), "redis-1:6379"),
            "Where each partition has a Redis of its own: the servers of partition 1 and of those that follow, in their order."
                    + " Partition 0 is at redis.url, and all else that it says holds for them, too. Empty: all partitions are in"
                    + " the Redis, or the cluster, of redis.url.");

    public static final SettingGroup SETTINGS =
            new SettingGroup(List.of(PARTITIONS, NODES), PartitionSettings::problems);

    private PartitionSettings() {}

    private static List<String> problems(Settings settings) {
        List<String> problems = new ArrayList<>();
        int partitions = settings.get(PARTITIONS);
        List<String> nodes = settings.get(NODES);
        String prefix = settings.get(RedisSettings.PREFIX);
        boolean cluster = settings.get(ClusterSettings.CLUSTER);
        if (partitions > 1 && !ClusterSettings.isUntagged(prefix)) {
            problems.add(PARTITIONS.key() + " is " + partitions + ": " + RedisSettings.PREFIX.key()
                    + " must have no hash tag, each partition has one of its own");
        }
        if (partitions == 1 && cluster && ClusterSettings.isUntagged(prefix)) {
            problems.add(ClusterSettings.CLUSTER.key() + " is true: " + RedisSettings.PREFIX.key()
                    + ClusterSettings.TAG_NEEDED + "; or " + PARTITIONS.key() + " says how many parts it has");
        }
        if (!nodes.isEmpty() && nodes.size() != partitions - 1) {
            problems.add(NODES.key() + " must name " + (partitions - 1) + " servers, for all of " + partitions
                    + " partitions but the first: " + nodes.size());
        }
        if (!nodes.isEmpty() && cluster) {
            problems.add(NODES.key() + " is set and " + ClusterSettings.CLUSTER.key()
                    + " is true: a cluster knows by itself where the partitions are");
        }
        if (!nodes.isEmpty() && settings.get(RedisSettings.URL).isEmpty()) {
            problems.add(
                    NODES.key() + " is set but " + RedisSettings.URL.key() + " is not: that is where partition 0 is");
        }
        return problems;
    }

    /**
     * Where each partition is that has a server of its own; empty where all are in one Redis.
     *
     * @param first the server of partition 0
     */
    public static List<URI> urls(Settings settings, URI first) {
        List<String> nodes = settings.get(NODES);
        return nodes.isEmpty()
                ? List.of()
                : Stream.concat(Stream.of(first), nodes.stream().map(node -> at(node, first)))
                        .toList();
    }

    private static URI at(String node, URI first) {
        String login = first.getRawUserInfo() == null ? "" : first.getRawUserInfo() + "@";
        String path = first.getRawPath() == null ? "" : first.getRawPath();
        return URI.create(first.getScheme() + "://" + login + node + path);
    }
}
