// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.personal;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.personal.PersistedFiles;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.client.Role;
import io.contextgraph.ledger.redis.cluster.ClusterSettings;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The append-only files and snapshots of one Redis and of its replicas.
 *
 * <p><b>Shape.</b> Replicas are found as the primary names them, and are spoken to with the same login.
 *
 * <p><b>Units and bounds.</b> One connection to each server, for the time of a call.
 */
public final class RedisPersistedFiles implements PersistedFiles {
    private static final Pattern REPLICA = Pattern.compile("ip=([^,]+),port=(\\d{1,5}),.*");

    private final RedisSettings settings;

    /** Opens nothing. */
    public RedisPersistedFiles(RedisSettings settings) {
        this.settings = settings.withPoolSize(1);
    }

    @Override
    public List<Rewritten> appendOnly(Duration patience) {
        return each(patience, ServerFiles::appendOnly);
    }

    @Override
    public List<Rewritten> snapshots(Duration patience) {
        return each(patience, ServerFiles::snapshot);
    }

    private List<Rewritten> each(Duration patience, BiFunction<ServerFiles, Duration, Rewritten> work) {
        List<Rewritten> all = new ArrayList<>();
        Map<String, String> replication;
        try (Redis primary = connect(settings)) {
            ServerFiles files = new ServerFiles(primary, primary.address());
            replication = files.info("replication");
            all.add(work.apply(files, patience));
        }
        long offset = ServerFiles.number(replication, "master_repl_offset");
        replication.forEach((field, told) -> {
            Matcher replica = REPLICA.matcher(told);
            if (field.startsWith("slave") && replica.matches()) {
                all.add(replica(at(replica.group(1), Integer.parseInt(replica.group(2))), offset, patience, work));
            }
        });
        return all;
    }

    private Rewritten replica(
            URI url, long offset, Duration patience, BiFunction<ServerFiles, Duration, Rewritten> work) {
        try (Redis redis = connect(settings.withUrl(url).withCluster(ClusterSettings.OFF))) {
            ServerFiles files = new ServerFiles(redis, name(url));
            return files.hasFollowed(offset, patience)
                    ? work.apply(files, patience)
                    : files.left("this replica has not followed within " + patience.toSeconds() + " s");
        } catch (LedgerException away) {
            return new Rewritten(
                    name(url), Outcome.LEFT, "this replica cannot be reached: " + away.getMessage(), List.of());
        }
    }

    private static Redis connect(RedisSettings there) {
        return there.logins().containsKey(Role.ERASE)
                ? new Redis(there, there.logins().get(Role.ERASE))
                : new Redis(there);
    }

    private static String name(URI url) {
        return url.getHost() + ":" + url.getPort();
    }

    /** With user, password and security of the primary. */
    private URI at(String host, int port) {
        URI own = settings.url();
        try {
            return new URI(own.getScheme(), own.getUserInfo(), host, port, own.getPath(), null, null);
        } catch (URISyntaxException odd) {
            throw new IllegalArgumentException("a replica has an address that is none: " + host + ":" + port, odd);
        }
    }
}
