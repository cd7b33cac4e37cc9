// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.kill;

import io.contextgraph.bench.kill.Findings.Kind;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Shares out requests as a load balancer does: in turns, among the servers that said they are ready when they were last
 * asked. A server that is asked to stop says at once that it is not, and takes requests for a while all the same: as long as
 * a balancer that asks often cannot have known, each of them must be answered to the end.
 */
final class Balancer implements Servers, AutoCloseable {
    private static final long ASK_AGAIN_MILLIS = 50;
    private static final Duration ASK_TIMEOUT = Duration.ofSeconds(2);

    /** One server, as the balancer and whoever stops it see it. */
    static final class Member {
        private static final long NEVER = 0;

        private final ServerUnderTest server;
        private volatile boolean ready;
        private volatile long stoppedNanos = NEVER;

        Member(ServerUnderTest server) {
            this.server = server;
        }

        boolean isReady() {
            return ready;
        }

        /** It is about to be asked to stop. */
        void stopping() {
            stoppedNanos = Math.max(1, System.nanoTime());
        }

        /** It is back. */
        void started() {
            stoppedNanos = NEVER;
        }
    }

    private final List<Member> members;
    private final HttpClient http;
    private final long unnoticedNanos;
    private final Totals totals;
    private final Findings findings;
    private final AtomicInteger turns = new AtomicInteger();
    private final List<Thread> looking;

    /**
     * Begins to ask the servers.
     *
     * @param unnoticed for how long after a server was asked to stop somebody may still send to it
     */
    Balancer(List<Member> members, HttpClient http, Duration unnoticed, Totals totals, Findings findings) {
        this.members = List.copyOf(members);
        this.http = http;
        this.unnoticedNanos = unnoticed.toNanos();
        this.totals = totals;
        this.findings = findings;
        this.looking = this.members.stream()
                .map(member -> Thread.ofVirtual().start(() -> look(member)))
                .toList();
    }

    private void look(Member member) {
        HttpRequest question = HttpRequest.newBuilder(member.server.address().resolve("/v1/health/ready"))
                .timeout(ASK_TIMEOUT)
                .build();
        do {
            member.ready = answersReady(question);
        } while (Pause.millis(ASK_AGAIN_MILLIS));
    }

    private boolean answersReady(HttpRequest question) {
        try {
            return http.send(question, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException gone) {
            return false;
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public Turn next() throws InterruptedException {
        while (true) {
            for (int i = 0; i < members.size(); i++) {
                Member member = members.get(Math.floorMod(turns.getAndIncrement(), members.size()));
                // Looked at first: who is not stopping here is told to stop later than this.
                long stopped = member.stoppedNanos;
                if (member.ready) {
                    totals.requests.incrementAndGet();
                    return new Sent(member, System.nanoTime(), stopped);
                }
            }
            totals.nobodyReady.incrementAndGet();
            Thread.sleep(ASK_AGAIN_MILLIS);
        }
    }

    private final class Sent implements Turn {
        private final Member member;
        private final long sentNanos;
        private final long stoppedNanos;

        Sent(Member member, long sentNanos, long stoppedNanos) {
            this.member = member;
            this.sentNanos = sentNanos;
            this.stoppedNanos = stoppedNanos;
        }

        @Override
        public URI address() {
            return member.server.address();
        }

        @Override
        public int grpcPort() {
            return member.server.grpcPort();
        }

        @Override
        public void answered(HttpResponse<?> response) {
            if (response.statusCode() == 503) {
                totals.postponed.incrementAndGet();
                if (response.headers().firstValue("Retry-After").isEmpty()) {
                    findings.add(
                            Kind.UNEXPECTED_ANSWER,
                            response.request().uri() + ": 503 that does not say when to come again");
                }
            }
        }

        @Override
        public void cut(String what, Throwable why) {
            if (stoppedNanos == Member.NEVER || sentNanos - stoppedNanos < unnoticedNanos) {
                totals.cut.incrementAndGet();
                findings.add(Kind.CUT, what + " at " + address() + ", sent " + when(member.stoppedNanos) + ": " + why);
            } else {
                totals.late.incrementAndGet();
            }
        }

        private String when(long asked) {
            long millis = (sentNanos - asked) / 1_000_000;
            return asked == Member.NEVER
                    ? "while nobody had asked it to stop"
                    : String.format(
                            Locale.ROOT,
                            "%,d ms %s it was asked to stop",
                            Math.abs(millis),
                            millis < 0 ? "before" : "after");
        }
    }

    /** Asks nobody any more. */
    @Override
    public void close() {
        looking.forEach(Thread::interrupt);
    }
}
