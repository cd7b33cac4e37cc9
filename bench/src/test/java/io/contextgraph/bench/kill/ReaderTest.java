// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.kill;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.contextgraph.bench.kill.Findings.Kind;
import io.contextgraph.bench.kill.History.Kill;
import io.contextgraph.bench.kill.KillPlan.AppendFsync;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is made of a query that breaks off behind its first page. */
class ReaderTest {
    private static final String FIRST_PAGE = "{\"events\":[],\"pagination\":{\"cursor\":\"next\"}}";
    private static final String LAST_PAGE = "{\"events\":[],\"pagination\":{\"cursor\":null}}";

    private final History history = new History();
    private final Totals totals = new Totals();
    private final Findings findings = new Findings();
    private CountDownLatch refusals = new CountDownLatch(1);
    private final HttpServer server;
    private int status = 410;
    private String code = "epoch_ended";
    private boolean killed = true;

    ReaderTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    @BeforeEach
    void start() {
        server.createContext("/v1/events", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    /** The second page of the first queries is refused, for a kill if there is one; from then on all is well. */
    private void answer(HttpExchange exchange) throws IOException {
        boolean isFirst = !exchange.getRequestURI().getQuery().contains("cursor=");
        boolean refused = !isFirst && refusals.getCount() > 0;
        if (refused && killed && history.redisKills().isEmpty()) {
            Instant now = Instant.now();
            history.redisKilled(new Kill(now, now));
        }
        byte[] body = (refused ? "{\"code\":\"" + code + "\"}" : isFirst ? FIRST_PAGE : LAST_PAGE)
                .getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(refused ? status : 200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
        if (refused) {
            refusals.countDown();
        }
    }

    private void read(AppendFsync appendFsync) throws InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
            Reader reader = new Reader(
                    new Client(http, Servers.one(address)),
                    history,
                    () -> new LossRule(appendFsync, history.redisKills()),
                    totals,
                    findings,
                    7);
            Thread reading = Thread.ofVirtual().start(reader);
            assertThat(refusals.await(60, TimeUnit.SECONDS)).isTrue();
            reader.stop();
            reading.join();
        }
    }

    @Test
    void whereAKillMayHaveTakenWhatItHadReadItIsToldSo() throws Exception {
        read(AppendFsync.EVERYSEC);
        assertThat(findings.lines()).isEmpty();
        assertThat(totals.queriesEnded).hasValue(1);
    }

    @Test
    void withoutAKillNothingMayHaveEnded() throws Exception {
        killed = false;
        read(AppendFsync.EVERYSEC);
        assertThat(findings.kinds()).containsExactly(Kind.UNEXPECTED_ANSWER);
        assertThat(totals.queriesEnded).hasValue(0);
    }

    @Test
    void aKillIsToldOnce() throws Exception {
        refusals = new CountDownLatch(2);
        read(AppendFsync.EVERYSEC);
        assertThat(findings.kinds()).containsExactly(Kind.UNEXPECTED_ANSWER);
        assertThat(findings.count(Kind.UNEXPECTED_ANSWER)).isEqualTo(1);
        assertThat(totals.queriesEnded).hasValue(1);
    }

    @Test
    void whatIsSyncedAlwaysDoesNotEnd() throws Exception {
        read(AppendFsync.ALWAYS);
        assertThat(findings.kinds()).containsExactly(Kind.UNEXPECTED_ANSWER);
    }

    @Test
    void anythingElseThatIsGoneIsUnexpected() throws Exception {
        code = "event_gone";
        read(AppendFsync.EVERYSEC);
        assertThat(findings.kinds()).containsExactly(Kind.UNEXPECTED_ANSWER);
    }

    @Test
    void whoIsAskedToComeAgainComesAgain() throws Exception {
        status = 503;
        code = "store_unavailable";
        read(AppendFsync.EVERYSEC);
        assertThat(findings.lines()).isEmpty();
        assertThat(totals.queriesEnded).hasValue(0);
    }
}
