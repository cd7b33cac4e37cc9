// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.standalone.redis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The Redis server that an artifact on the class path carries, for a machine that has none: for development only. */
public final class BundledRedis {
    public static final String VERSION = "7.0.15";

    private static final Map<String, String> SUFFIXES = Map.of(
            "linux/x86_64", "linux-amd64",
            "linux/arm64", "linux-arm64",
            "mac/x86_64", "darwin-amd64",
            "mac/arm64", "darwin-arm64");

    private BundledRedis() {}

    /** What {@link #extract} would give. */
    static RedisServer in(Path folder) {
        return new RedisServer(
                folder.resolve("redis-server-" + VERSION), VERSION, List.of(), RedisServer.Source.BUNDLED);
    }

    /** Extracts it into the folder, unless it is there. */
    public static RedisServer extract(Path folder) throws IOException {
        var name = resource()
                .orElseThrow(() -> new IOException("no bundled Redis for " + Platform.current()
                        + ": install redis-server 7 or newer, or set redis.url (CG_REDIS_URL)"));
        Files.createDirectories(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        var program = in(folder).program();
        try (var content = BundledRedis.class.getResourceAsStream(name)) {
            if (content == null) {
                throw new IOException("the class path lost " + name);
            }
            var bytes = content.readAllBytes();
            if (!Files.isExecutable(program) || Files.size(program) != bytes.length) {
                var temporary = Files.createTempFile(
                        folder,
                        ".redis-server",
                        ".new",
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                Files.write(temporary, bytes);
                Files.move(temporary, program, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return in(folder);
    }

    private static Optional<String> resource() {
        return Optional.ofNullable(SUFFIXES.get(Platform.current()))
                .map(suffix -> "/redis-server-" + VERSION + "-" + suffix)
                .filter(name -> BundledRedis.class.getResource(name) != null);
    }
}
