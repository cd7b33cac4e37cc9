// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.standalone;

import io.contextgraph.event.Json;
import io.contextgraph.standalone.redis.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/**
 * Which server wrote the data of a folder: an older one cannot read them, and the index engine follows the modules.
 *
 * @param version newest version that has written there
 * @param jsonAndSearch whether the JSON and Search modules were loaded
 */
record RedisOrigin(String version, boolean jsonAndSearch) {
    static Optional<RedisOrigin> read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Json.MAPPER.readValue(Files.readString(file), RedisOrigin.class));
        } catch (JacksonException e) {
            throw new IOException(
                    file + " should say which Redis wrote the data beside it, and is not readable: "
                            + "restore it, as {\"version\": \"8.6.3\", \"jsonAndSearch\": true}",
                    e);
        }
    }

    static void save(Path file, RedisServer server) throws IOException {
        var origin = new RedisOrigin(server.version(), server.hasSearch());
        PrivateFiles.write(file, Json.MAPPER.writeValueAsString(origin));
    }

    /** Whether a server can read what this one wrote. */
    boolean isReadBy(RedisServer server) {
        return RedisServer.compareVersions(server.version(), version) >= 0 && (!jsonAndSearch || server.hasSearch());
    }

    String describe() {
        return "Redis " + version + (jsonAndSearch ? " with JSON and Search" : " without JSON and Search");
    }
}
