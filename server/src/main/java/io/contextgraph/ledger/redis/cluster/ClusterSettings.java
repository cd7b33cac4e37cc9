// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.cluster;

import io.contextgraph.config.Forms;
import io.contextgraph.config.Setting;
import io.contextgraph.config.Settings;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.util.JedisURIHelper;

/**
 * Whether the ledger's Redis is a cluster.
 *
 * @param on whether the node that has the ledger is looked for, and followed
 * @param nodes that are asked for it beside the one of the address
 */
public record ClusterSettings(boolean on, List<HostAndPort> nodes) {
    /** One Redis that is all there is. */
    public static final ClusterSettings OFF = new ClusterSettings(false, List.of());

    public static final Setting<Boolean> CLUSTER = Setting.of(
            "redis.cluster",
            "false",
            Forms.flag(),
            "The Redis of redis.url is a node of a cluster: the node that has the ledger is looked for, and followed when it"
                    + " changes. redis.prefix must have a hash tag then, such as {ledger}:, unless the ledger has several"
                    + " partitions.");
    public static final Setting<List<String>> NODES = Setting.of(
            "redis.cluster-nodes",
            "",
            Forms.list(Pattern.compile("([^\\s:/@,\\[\\]]+|\\[[0-9a-fA-F:.]+]):\\d{1,5}"), "redis-2:6379"),
            "Nodes of the cluster that are asked, beside that of redis.url, who has the ledger when this begins: some are"
                    + " enough, all others are found by them.");

    private static final Logger LOG = LoggerFactory.getLogger(ClusterSettings.class);

    /** Why a prefix cannot be that of a ledger in a cluster. */
    public static final String TAG_NEEDED =
            " must have a hash tag, such as {ledger}:, so that all keys of the ledger are on one node";

    public ClusterSettings {
        nodes = List.copyOf(nodes);
    }

    /** As they are set. */
    public static ClusterSettings from(Settings settings) {
        return new ClusterSettings(
                settings.get(CLUSTER),
                settings.get(NODES).stream().map(HostAndPort::from).toList());
    }

    /** What is wrong with them, beside an address. */
    public static List<String> problems(Settings settings, Optional<String> url) {
        List<String> problems = new ArrayList<>();
        if (!settings.get(CLUSTER)) {
            if (!settings.get(NODES).isEmpty()) {
                problems.add(NODES.key() + " is set but " + CLUSTER.key() + " is not true: nobody would ask them");
            }
            return problems;
        }
        if (url.isEmpty()) {
            problems.add(CLUSTER.key() + " is true but redis.url is not set: an embedded Redis is no cluster");
        } else if (JedisURIHelper.getDBIndex(URI.create(url.get())) != 0) {
            problems.add(CLUSTER.key() + " is true but redis.url names a database: a cluster has none but 0");
        }
        return problems;
    }

    /** Whether keys with a prefix are not all in one slot. */
    public static boolean isUntagged(String prefix) {
        return HashTag.of(prefix).isEmpty();
    }

    /**
     * Who has the ledger with a prefix.
     *
     * @param first the node that is asked first
     * @param patience with each node
     * @throws LedgerException where its keys would be on several nodes
     */
    public SlotOwner owner(HostAndPort first, String prefix, Duration patience) {
        HashTag tag = HashTag.of(prefix)
                .orElseThrow(
                        () -> new LedgerException(Reason.DEFECT, "redis.cluster is true: redis.prefix" + TAG_NEEDED));
        List<HostAndPort> seeds = new ArrayList<>(List.of(first));
        seeds.addAll(nodes);
        return new SlotOwner(tag.slot(), seeds, patience);
    }

    /**
     * Whether a ledger can be in a server.
     *
     * @param info what the server says of itself, as {@code INFO} has it
     * @throws LedgerException where the server is a node of a cluster, and would refuse the first append
     */
    public void requireFit(String prefix, Map<String, String> info) {
        if (on || !"1".equals(info.get("cluster_enabled"))) {
            return;
        }
        if (HashTag.of(prefix).isEmpty()) {
            throw new LedgerException(
                    Reason.UNAVAILABLE,
                    "this Redis is a node of a cluster, and redis.cluster is not true: set it, and a redis.prefix with a"
                            + " hash tag, such as {ledger}:");
        }
        LOG.warn(
                "This Redis is a node of a cluster, and redis.cluster is not true: when another node takes the ledger over,"
                        + " it will not be followed");
    }
}
