// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The Redis server that an artifact on the class path carries, for a machine that has none: for development only. */
final class BundledRedis {
    static final String VERSION = "7.0.15";

    private static final Map<String, String> PLATFORMS = Map.of(
            "linux/amd64", "linux-amd64",
            "linux/x86_64", "linux-amd64",
            "linux/aarch64", "linux-arm64",
            "linux/arm64", "linux-arm64",
            "mac/x86_64", "darwin-amd64",
            "mac/aarch64", "darwin-arm64");

    private BundledRedis() {}

    /** Whether there is one for this machine. */
    static boolean isAvailable() {
        return resource().isPresent();
    }

    /** Extracts it into the folder, unless it is there. */
    static RedisServer extract(Path folder) throws IOException {
        var name = resource()
                .orElseThrow(() -> new IOException("no bundled Redis for " + platform()
                        + ": install redis-server 7 or newer, or set redis.url (CG_REDIS_URL)"));
        PrivateFiles.createFolder(folder);
        var program = folder.resolve("redis-server-" + VERSION);
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
        return new RedisServer(program, VERSION, java.util.List.of(), true);
    }

    private static Optional<String> resource() {
        return Optional.ofNullable(PLATFORMS.get(platform()))
                .map(platform -> "/redis-server-" + VERSION + "-" + platform)
                .filter(name -> BundledRedis.class.getResource(name) != null);
    }

    private static String platform() {
        var system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        var name = system.startsWith("mac") ? "mac" : system.startsWith("linux") ? "linux" : system;
        return name + "/" + System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    }
}
