// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.util.JedisClusterCRC16;

class HashTagTest {
    @ParameterizedTest
    @CsvSource({"{p0}:, p0", "ours:{p0}:, p0", "{a}{b}, a", "a}{b}c, b", "{{a}}, {a"})
    void isWhatRedisLooksAt(String prefix, String tag) {
        assertThat(HashTag.of(prefix)).contains(new HashTag(tag));
        assertThat(HashTag.of(prefix).orElseThrow().slot())
                .isEqualTo(JedisClusterCRC16.getSlot(prefix + "events:__global__"))
                .isEqualTo(JedisClusterCRC16.getSlot(prefix + "events:{session}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ours:", "{}:", "{ours:", "ours}:", "{}{a}:", "}{"})
    void isMissingWhereNamesHavePlacesOfTheirOwn(String prefix) {
        assertThat(HashTag.of(prefix)).isEmpty();
    }

    @Test
    void theSlotIsThatOfTheSpecification() {
        assertThat(new HashTag("123456789").slot()).isEqualTo(0x31C3 % 16384);
    }
}
