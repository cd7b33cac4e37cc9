// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import io.contextgraph.standalone.EmbeddedRedis;
import io.contextgraph.standalone.EmbeddedSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import redis.clients.jedis.RedisClient;

/** A Redis of its own in a folder of its own, as the distribution starts it, syncing as asked. */
final class RedisServer implements AutoCloseable {
    private static final long MAX_MEMORY = 8L << 30;

    private final Path folder;
    private final EmbeddedRedis server;

    private RedisServer(Path folder, EmbeddedRedis server) {
        this.folder = folder;
        this.server = server;
    }

    static RedisServer start(String appendFsync) throws IOException {
        Path folder = Files.createTempDirectory("contextgraph-bench");
        EmbeddedSettings settings = EmbeddedSettings.defaults(folder);
        EmbeddedRedis server = EmbeddedRedis.start(folder.resolve("redis"), MAX_MEMORY, settings, System.err::println);
        RedisServer started = new RedisServer(folder, server);
        try (RedisClient client = RedisClient.create(started.url())) {
            client.configSet("appendfsync", appendFsync);
        }
        return started;
    }

    URI url() {
        return URI.create(server.url());
    }

    String version() {
        try (RedisClient client = RedisClient.create(url())) {
            return client.info("server")
                    .lines()
                    .filter(line -> line.startsWith("redis_version:"))
                    .map(line -> line.substring(line.indexOf(':') + 1))
                    .findFirst()
                    .orElse("unknown");
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
