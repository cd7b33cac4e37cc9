// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.config.Login;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Role;
import io.contextgraph.ledger.redis.client.SearchGeneration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class AclFileTest {
    private static final String HASH_OF_SECRET = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";

    private static final Set<SearchGeneration> EITHER = EnumSet.allOf(SearchGeneration.class);

    private static String rights(Role role, Set<SearchGeneration> generations) {
        return new AclFile("cg:", Engine.SEARCH, generations, false)
                .lines(Map.of()).stream()
                        .filter(line -> line.startsWith("user contextgraph-" + role.configName() + " "))
                        .map(line -> line.substring(line.indexOf("-@all")))
                        .collect(Collectors.joining());
    }

    private static final String READER_BUT_FOR_SEARCH =
            "-@all +ping +select +acl|whoami +client|setname +client|setinfo"
                    + " (+get +mget %R~cg:payload:*)"
                    + " (+get %R~cg:fence:* %R~cg:erasure:*) (+smembers %R~cg:erasures:open)"
                    + " (+subscribe &cg:news:keys) (+json.mget ~cg:pii:*)"
                    + " (+hmget %R~cg:originals) (+hget %R~cg:prunings)"
                    + " (+smembers %R~cg:types)"
                    + " (+hget +hgetall %R~cg:session:*)"
                    + " (+getrange %R~cg:cold:*)"
                    + " (+zrange +zscore %R~cg:sessions)"
                    + " (+hmget %R~cg:ledger)"
                    + " (+getrange %R~cg:ids:*) (+zmscore %R~cg:dedup:events)"
                    + " (+json.mget ~cg:evt:*)"
                    + " (+json.get ~cg:evt:*)";

    private static final String READER_OF_2 = " (+ft.search +ft.aggregate +ft.info ~cg:idx:events ~cg:idx:pii)";
    private static final String READER_OF_STREAMS = " (+xrange %R~cg:events:*)";
    private static final String READER_OF_8 = " (+ft.search +ft.aggregate +ft.info %R~cg:evt:* %R~cg:pii:*)";

    @Test
    void theReaderHasTheIndexOrTheDocumentsToSearchIn() {
        assertThat(rights(Role.READ, Set.of(SearchGeneration.TWO)))
                .isEqualTo(READER_BUT_FOR_SEARCH + READER_OF_2 + READER_OF_STREAMS);
        assertThat(rights(Role.READ, Set.of(SearchGeneration.EIGHT)))
                .isEqualTo(READER_BUT_FOR_SEARCH + READER_OF_8 + READER_OF_STREAMS);
        assertThat(rights(Role.READ, EITHER))
                .isEqualTo(READER_BUT_FOR_SEARCH + READER_OF_2 + READER_OF_8 + READER_OF_STREAMS);
    }

    private static final String OPERATOR_BUT_FOR_SEARCH = "-@all +ping +select +acl|whoami +client|setname"
            + " +client|setinfo +info +command|info +config|get +acl|dryrun +ft._list";

    private static final String KEYLESS_OPERATOR = " +ft.create +ft.aliasupdate";
    private static final String LEDGER =
            " (+hmget %R~cg:ledger) (+hgetall %R~cg:access:keys %R~cg:access:uses)" + " (+hset %W~cg:access:uses)";
    private static final String OPERATOR_OF_2 =
            " (+ft.create ~cg:idx:events:v3 ~cg:idx:events:v3:window ~cg:idx:pii:v1)"
                    + " (+ft.aliasupdate ~cg:idx:events ~cg:idx:pii ~cg:idx:events:v3 ~cg:idx:events:v3:window ~cg:idx:pii:v1)";
    private static final String INFO_OF_2 =
            " (+ft.info ~cg:idx:events ~cg:idx:pii ~cg:idx:events:v3 ~cg:idx:events:v3:window ~cg:idx:pii:v1)";
    private static final String INFO_OF_8 = " (+ft.info %R~cg:evt:* %R~cg:pii:*)";

    @Test
    void theOperatorMakesTheIndexOfTheGenerationOrOfBoth() {
        assertThat(rights(Role.OPERATOR, Set.of(SearchGeneration.TWO)))
                .isEqualTo(OPERATOR_BUT_FOR_SEARCH + LEDGER + OPERATOR_OF_2 + INFO_OF_2);
        assertThat(rights(Role.OPERATOR, Set.of(SearchGeneration.EIGHT)))
                .isEqualTo(OPERATOR_BUT_FOR_SEARCH + KEYLESS_OPERATOR + LEDGER + INFO_OF_8);
        assertThat(rights(Role.OPERATOR, EITHER))
                .isEqualTo(OPERATOR_BUT_FOR_SEARCH + KEYLESS_OPERATOR + LEDGER + OPERATOR_OF_2 + INFO_OF_2 + INFO_OF_8);
    }

    @Test
    void retentionDropsIndexesAndNothingElseOfSearch() {
        assertThat(rights(Role.RETENTION, Set.of(SearchGeneration.TWO)))
                .contains(" (+ft.dropindex ~cg:idx:events:v*)")
                .doesNotContain(" +ft.dropindex");
        assertThat(rights(Role.RETENTION, Set.of(SearchGeneration.EIGHT)))
                .contains(" +ft.dropindex ")
                .doesNotContain("idx:events");
        assertThat(rights(Role.RETENTION, EITHER)).contains(" +ft.dropindex ", " (+ft.dropindex ~cg:idx:events:v*)");
    }

    /** The keys of the index stand with commands of Search only, and no other role has them. */
    @Test
    void nobodyElseHasTheIndex() {
        for (Role role : List.of(Role.APPEND, Role.PROJECT)) {
            assertThat(rights(role, EITHER)).doesNotContain("idx:", "ft.");
        }
        for (Role role : Role.values()) {
            // Whoever mends has all keys of the ledger, so that it needs none by name.
            Matcher selectors = Pattern.compile("\\([^)]*idx:[^)]*\\)").matcher(rights(role, EITHER));
            assertThat(selectors.results().map(found -> found.group().replaceAll("\\+ft\\.\\w+ ?", "")))
                    .allMatch(rest -> rest.matches("\\((~cg:idx:(events(:v[3*](:window)?)?|pii(:v[1*])?) ?)+\\)"));
        }
    }

    @Test
    void theReaderMayOnlyRead() {
        List<String> lines = new AclFile("cg:", Engine.SORTED_SET, Set.of(), false)
                .lines(Map.of(Role.READ, new Login("reader", "secret")));
        assertThat(lines.get(2))
                .isEqualTo("user reader on #" + HASH_OF_SECRET
                        + " -@all +ping +select +acl|whoami +client|setname +client|setinfo +script|load"
                        + " (+get +mget %R~cg:payload:*)"
                        + " (+get %R~cg:fence:* %R~cg:erasure:*) (+smembers %R~cg:erasures:open)"
                        + " (+subscribe &cg:news:keys) (+mget %R~cg:pii:*)"
                        + " (+hmget %R~cg:originals) (+hget %R~cg:prunings)"
                        + " (+smembers %R~cg:types)"
                        + " (+hget +hgetall %R~cg:session:*)"
                        + " (+getrange +strlen %R~cg:cold:*)"
                        + " (+zrange +zscore %R~cg:sessions)"
                        + " (+hmget %R~cg:ledger)"
                        + " (+getrange %R~cg:ids:*) (+zmscore %R~cg:dedup:events)"
                        + " (+mget %R~cg:evt:*)"
                        + " (+get %R~cg:evt:*)"
                        + " (+evalsha_ro +zcount +zmscore +zrange %R~cg:by:*)"
                        + " (+zrange +zcard %R~cg:subject:*)");
    }

    @Test
    void aRoleWithoutLoginGetsAPlaceForOneThatRedisRefuses() {
        assertThat(new AclFile("", Engine.SEARCH, EITHER, false).lines(Map.of()))
                .hasSize(Role.values().length)
                .allMatch(line -> line.contains(" on #<SHA-256 of its password> -@all "))
                .anyMatch(line -> line.startsWith("user contextgraph-append on "));
    }

    @Test
    void noPasswordIsPrinted() {
        assertThat(new AclFile("", Engine.SEARCH, EITHER, false)
                        .lines(Map.of(Role.APPEND, new Login("writer", "secret")))
                        .toString())
                .contains(HASH_OF_SECRET)
                .doesNotContain("secret");
        assertThat(new Login("writer", "secret")).hasToString("Login[writer]");
    }

    @Test
    void anOlderRedisIsNotToldOfWhatItDoesNotKnow() {
        assertThat(new AclFile("", Engine.SORTED_SET, Set.of(), false)
                        .lines(Map.of())
                        .toString())
                .contains("+waitaof", "+client|setinfo");
        assertThat(new AclFile("", Engine.SORTED_SET, Set.of(), true)
                        .lines(Map.of())
                        .toString())
                .doesNotContain("waitaof", "setinfo");
    }

    @Test
    void aPrefixIsTakenLiterally() {
        assertThat(new AclFile("a*[b]?\\:", Engine.SEARCH, EITHER, false)
                        .lines(Map.of())
                        .get(2))
                .contains("%R~a\\*\\[b\\]\\?\\\\:types)");
        for (String prefix : List.of("a b", "a\"b", "a'b", "(a)", "#a", "\u00e9:")) {
            assertThatThrownBy(() -> new AclFile(prefix, Engine.SEARCH, EITHER, false))
                    .as(prefix)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
