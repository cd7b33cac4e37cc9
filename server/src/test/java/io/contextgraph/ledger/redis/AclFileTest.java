// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AclFileTest {
    private static final String HASH_OF_SECRET = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";

    @Test
    void theReaderMayOnlyRead() {
        List<String> lines =
                new AclFile("cg:", Engine.SORTED_SET, false).lines(Map.of(Role.READ, new Login("reader", "secret")));
        assertThat(lines.get(2))
                .isEqualTo("user reader on #" + HASH_OF_SECRET
                        + " -@all +ping +select +acl|whoami +client|setname +client|setinfo +script|load"
                        + " (+get +mget %R~cg:payload:*)"
                        + " (+smembers %R~cg:types)"
                        + " (+hgetall %R~cg:session:*)"
                        + " (+zrange %R~cg:sessions)"
                        + " (+hmget %R~cg:ledger)"
                        + " (+getrange %R~cg:ids:*)"
                        + " (+mget %R~cg:evt:*)"
                        + " (+evalsha_ro +zcount +zmscore +zrange %R~cg:by:*)");
    }

    @Test
    void aRoleWithoutLoginGetsAPlaceForOneThatRedisRefuses() {
        assertThat(new AclFile("", Engine.SEARCH, false).lines(Map.of()))
                .hasSize(Role.values().length)
                .allMatch(line -> line.contains(" on #<SHA-256 of its password> -@all "))
                .anyMatch(line -> line.startsWith("user contextgraph-append on "));
    }

    @Test
    void noPasswordIsPrinted() {
        assertThat(new AclFile("", Engine.SEARCH, false)
                        .lines(Map.of(Role.APPEND, new Login("writer", "secret")))
                        .toString())
                .contains(HASH_OF_SECRET)
                .doesNotContain("secret");
        assertThat(new Login("writer", "secret")).hasToString("Login[writer]");
    }

    @Test
    void anOlderRedisIsNotToldOfWhatItDoesNotKnow() {
        assertThat(new AclFile("", Engine.SORTED_SET, false).lines(Map.of()).toString())
                .contains("+waitaof", "+client|setinfo");
        assertThat(new AclFile("", Engine.SORTED_SET, true).lines(Map.of()).toString())
                .doesNotContain("waitaof", "setinfo");
    }

    @Test
    void aPrefixIsTakenLiterally() {
        assertThat(new AclFile("a*[b]?\\:", Engine.SEARCH, false)
                        .lines(Map.of())
                        .get(2))
                .contains("%R~a\\*\\[b\\]\\?\\\\:types)");
        for (String prefix : List.of("a b", "a\"b", "a'b", "(a)", "#a", "\u00e9:")) {
            assertThatThrownBy(() -> new AclFile(prefix, Engine.SEARCH, false))
                    .as(prefix)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
