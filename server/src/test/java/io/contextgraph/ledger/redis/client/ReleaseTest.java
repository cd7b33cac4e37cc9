// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReleaseTest {
    private static Release redis(String version) {
        return new Release(Release.Product.REDIS, version);
    }

    private static Release valkey(String version) {
        return new Release(Release.Product.VALKEY, version);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "8.2.9",
                "8.2.10",
                "8.2.100",
                "8.4.6",
                "8.6.6",
                "8.6.6-v1",
                "8.8.2",
                "8.10.1",
                "8.10.2",
                "8.11.0",
                "8.12.0",
                "9.0.0",
                "10.1.2"
            })
    void nothingIsSaidOfAReleaseThatHasItAll(String version) {
        assertThat(redis(version).warning()).isEmpty();
        assertThat(redis(version).confirmsTooEarly()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        // Each line below its own floor.
        "8.2.8, 8.2.9",
        "8.2.0, 8.2.9",
        "8.2, 8.2.9",
        "8.4.5, 8.4.6",
        "8.6.5, 8.6.6",
        "8.8.1, 8.8.2",
        "8.10.0, 8.10.1",
        // Lines without a floor of their own go to the next one that has one.
        "6.2.21, 8.2.9",
        "7.0.15, 8.2.9",
        "7.2.15, 8.2.9",
        "7.4.0-v1, 8.2.9",
        "7.4.9, 8.2.9",
        "8.0.6, 8.2.9",
        "8.1.240, 8.2.9",
        "8.3.224, 8.4.6",
        "8.9.240, 8.10.1",
    })
    void anOlderReleaseIsToldWhereToGo(String version, String floor) {
        assertThat(redis(version).warning())
                .hasValueSatisfying(text -> assertThat(text).endsWith("go to " + floor + " or newer"));
    }

    @Test
    void onlyWhatIsMissingIsNamed() {
        String acl = "keys read past the ACL and crafted RDB data";
        String streams = "stream commands and RESTORE that run foreign code; ";
        String lua = "Lua scripts that run foreign code; ";
        assertThat(redis("8.2.8").warning()).contains(warning(acl, "8.2.9"));
        assertThat(redis("8.2.7").warning()).contains(warning(streams + acl, "8.2.9"));
        assertThat(redis("8.2.5").warning()).contains(warning(lua + streams + acl, "8.2.9"));
        assertThat(redis("8.4.3").warning()).contains(warning(streams + acl, "8.4.6"));
        assertThat(redis("8.8.0").warning()).contains(warning(acl, "8.8.2"));
        assertThat(redis("8.4.0").warning()).contains(warning(lua + streams + acl, "8.4.6"));
        // 7.4.9 has the fixes of Lua, and not those of August 2026.
        assertThat(redis("7.4.9").warning())
                .contains("is of a line that has no release with the last security fixes: go to 8.2.9 or newer");
        assertThat(redis("8.5.240").warning())
                .contains("is of a line that has no release with the last security fixes: go to 8.6.6 or newer");
    }

    private static String warning(String risks, String floor) {
        return "lacks security fixes (against " + risks + "): go to " + floor + " or newer";
    }

    @ParameterizedTest
    @ValueSource(strings = {"unknown", "", "255.255.255", "8", "8.2.", "v8.2.9", "8.2.9.1", "99999999999.1.1", "8.x.1"})
    void whatIsNoReleaseCannotBeJudged(String version) {
        assertThat(redis(version).warning())
                .contains("is no release of Redis: nobody can tell which security fixes it has");
        assertThat(redis(version).confirmsTooEarly()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"7.2.4", "8.0.0", "8.1.3", "9.1.2", "255.255.255", "unknown"})
    void valkeyIsNotJudgedByTheNumbersOfRedis(String version) {
        assertThat(valkey(version).warning()).isEmpty();
        assertThat(valkey(version).isJudged()).isFalse();
        assertThat(valkey(version)).hasToString("Valkey " + version);
    }

    @ParameterizedTest
    @CsvSource({
        "7.2.0, false",
        "7.2.15, false",
        "7.4.0, true",
        "7.4.0-v1, true",
        "7.4.2, true",
        "7.4.3, false",
        "7.4.10, false",
        "7.9.224, true",
        "7.9.240, true",
        "8.0.0, false",
        "8.0.6, false",
        "8.2.3, false",
    })
    void someReleasesOfRedisConfirmTooEarly(String version, boolean early) {
        assertThat(redis(version).confirmsTooEarly()).isEqualTo(early);
    }

    @ParameterizedTest
    @CsvSource({"7.2.4, false", "7.2.11, false", "8.0.0, true", "8.1.10, true", "9.1.2, true", "unknown, true"})
    void valkeyConfirmsTooEarlySince8(String version, boolean early) {
        assertThat(valkey(version).confirmsTooEarly()).isEqualTo(early);
    }

    @Test
    void infoTellsWhatItIs() {
        assertThat(Release.of(Map.of("redis_version", "8.2.3"))).isEqualTo(redis("8.2.3"));
        assertThat(Release.of(Map.of("redis_version", "7.2.4", "server_name", "valkey", "valkey_version", "8.1.3")))
                .isEqualTo(valkey("8.1.3"));
        assertThat(Release.of(Map.of("redis_version", "7.2.4", "server_name", "redis")))
                .isEqualTo(redis("7.2.4"));
        assertThat(Release.of(Map.of())).isEqualTo(redis("unknown"));
        assertThat(redis("8.2.3").isJudged()).isTrue();
        assertThat(redis("8.2.9").warning()).isEqualTo(Optional.empty());
    }
}
