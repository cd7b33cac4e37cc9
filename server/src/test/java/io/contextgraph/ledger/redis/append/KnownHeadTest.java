// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.append;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.ledger.redis.client.Keys;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.exceptions.JedisDataException;

class KnownHeadTest {
    private static final int PAGE = Keys.IDS_PER_PAGE;

    private final AtomicLong now = new AtomicLong(-5);
    private final KnownHead head = new KnownHead(new Keys("p:"), now::get);

    private List<String> pages() {
        return head.pages().stream().map(Keys::text).toList();
    }

    private static List<byte[]> answer(String... parts) {
        return Stream.of(parts).map(Keys::bytes).toList();
    }

    private void appended(long seq) {
        head.learn(List.of(
                answer("appended", "1-0", Long.toString(seq - 1), "1"),
                answer("appended", "1-1", Long.toString(seq), "2"),
                answer("duplicate", "1-2", Long.toString(10L * PAGE), "3"),
                answer("refused", "CORRUPT")));
    }

    @Test
    void thePageOfTheNewestEventComesFirst() {
        assertThat(pages()).containsExactly("p:ids:0", "p:ids:1");
        appended(PAGE);
        assertThat(pages()).containsExactly("p:ids:0", "p:ids:1");
        appended(PAGE + 1);
        assertThat(pages()).containsExactly("p:ids:1", "p:ids:2");
    }

    @Test
    void anAnswerThatComesLateLeadsNotBack() {
        appended(PAGE + 1);
        appended(PAGE - 1);
        head.learn(List.of(answer("duplicate", "1-2", "7", "3")));
        assertThat(pages()).containsExactly("p:ids:1", "p:ids:2");
    }

    @Test
    void onlyWhatTellsTheHeadItselfMakesItFresh() {
        assertThat(head.isOld()).isTrue();
        appended(2);
        assertThat(head.isOld()).isFalse();
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(100) - 1);
        assertThat(head.isOld()).isFalse();
        appended(2);
        now.addAndGet(1);
        assertThat(head.isOld()).isTrue();
        head.learn(new JedisDataException("PAGE 2"));
        assertThat(head.isOld()).isFalse();
    }

    @Test
    void whatTheScriptSaysOfTheHeadHolds() {
        appended(5L * PAGE);
        head.learn(new JedisDataException("PAGE 7"));
        assertThat(pages()).containsExactly("p:ids:0", "p:ids:1");
        head.learn(new JedisDataException("PAGE 9007199254740992"));
        assertThat(pages()).containsExactly("p:ids:2251799813685", "p:ids:2251799813686");
        head.learn(new JedisDataException("BEHIND the run before this one has not been carried out"));
        head.learn(new JedisDataException("PAGE x"));
        assertThat(pages()).containsExactly("p:ids:2251799813685", "p:ids:2251799813686");
    }
}
