// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ReplicasTest {
    private static Map<String, String> info(String... replicas) {
        Map<String, String> info = new HashMap<>(
                Map.of("role", "master", "connected_slaves", "" + replicas.length, "master_repl_offset", "5000"));
        for (int i = 0; i < replicas.length; i++) {
            info.put("slave" + i, "ip=127.0.0.1,port=1," + replicas[i]);
        }
        return info;
    }

    private static Replicas replicas(int online, long behind, long silence) {
        return new Replicas(online, OptionalLong.of(behind), OptionalLong.of(silence));
    }

    @Test
    void theOneThatIsTheFarthestBehindCounts() {
        assertThat(Replicas.of(info())).isEqualTo(replicas(0, 0, 0));
        assertThat(Replicas.of(info("state=online,offset=4990,lag=0", "state=online,offset=1000,lag=7,type=replica")))
                .isEqualTo(replicas(2, 4000, 7));
    }

    @Test
    void oneThatIsBeingFilledDoesNotCount() {
        assertThat(Replicas.of(info("state=wait_bgsave,offset=0,lag=0", "state=online,offset=5001,lag=1")))
                .isEqualTo(replicas(1, 0, 1));
    }

    @Test
    void whatIsHiddenIsNotKnown() {
        assertThat(Replicas.of(Map.of())).isEqualTo(new Replicas(0, OptionalLong.empty(), OptionalLong.empty()));
        Map<String, String> info = info("state=online,offset=4990,lag=3");
        info.remove("master_repl_offset");
        assertThat(Replicas.of(info)).isEqualTo(new Replicas(1, OptionalLong.empty(), OptionalLong.of(3)));
    }
}
