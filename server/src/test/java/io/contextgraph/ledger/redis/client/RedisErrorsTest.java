// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import java.net.ConnectException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

class RedisErrorsTest {
    private static boolean mayPass(JedisException error) {
        LedgerException failure = RedisErrors.classify(error);
        // As who tells whose login it was.
        return RedisErrors.mayPass(new LedgerException(failure.reason(), "the login of x: " + failure, failure));
    }

    @Test
    void whoDoesNotAnswerMayComeBack() {
        assertThat(mayPass(new JedisConnectionException("refused", new ConnectException("refused"))))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "LOADING Redis is loading the dataset in memory",
                "MASTERDOWN Link with MASTER is down",
                "CLUSTERDOWN The cluster is down",
                "MOVED 7000 10.0.0.1:6379",
                "ASK 7000 10.0.0.1:6379",
                "TRYAGAIN Multiple keys request during rehashing of slot",
                "UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)",
                "READONLY You can't write against a read only replica.",
                "MISCONF Errors writing to the AOF file"
            })
    void whoIsNotReadyMayBecomeSo(String reply) {
        assertThat(mayPass(new JedisDataException(reply))).isTrue();
    }

    @Test
    void whatSomebodyMustChangeDoesNotPass() {
        assertThat(mayPass(new JedisAccessControlException("WRONGPASS invalid username-password pair")))
                .isFalse();
        assertThat(mayPass(new JedisConnectionException(
                        "no handshake", new SSLHandshakeException("unable to find valid certification path"))))
                .isFalse();
        assertThat(mayPass(new JedisDataException("ERR unknown command"))).isFalse();
        assertThat(RedisErrors.mayPass(new LedgerException(Reason.UNAVAILABLE, "this Redis lacks modules")))
                .isFalse();
    }
}
