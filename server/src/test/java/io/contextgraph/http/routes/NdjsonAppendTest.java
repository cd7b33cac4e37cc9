// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.AppendStream;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.FailingEventLog;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Lines whose durability is waited for while more are written. */
class NdjsonAppendTest {
    /** Confirms what has been written when it is told to. */
    private static final class SlowDisk extends FailingEventLog {
        private final Semaphore written = new Semaphore(0);
        private final Semaphore confirmations = new Semaphore(0);
        private volatile @Nullable LedgerException failure;

        SlowDisk(EventLog log) {
            super(log);
        }

        @Override
        public AppendStream stream(Durability atLeast) {
            return appends -> {
                AppendResult result = append(appends, atLeast);
                written.release();
                return () -> {
                    confirmations.acquireUninterruptibly();
                    LedgerException failed = failure;
                    if (failed != null) {
                        throw failed;
                    }
                    return result;
                };
            };
        }
    }

    private final SlowDisk[] disk = new SlowDisk[1];

    private TestServer server() {
        return TestServer.start(s -> s, log -> disk[0] = new SlowDisk(log), graph -> graph);
    }

    private static BufferedReader begin(Socket socket) throws IOException {
        socket.setSoTimeout(10_000);
        send(socket, "POST /v1/events/batch HTTP/1.1\r\nHost: localhost\r\n");
        send(socket, "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n");
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    private void sendLine(Socket socket) throws IOException, InterruptedException {
        String line = TestServer.event() + "\n";
        send(socket, Integer.toHexString(line.length()) + "\r\n" + line + "\r\n");
        disk[0].written.acquire();
    }

    private static String next(BufferedReader answers) throws IOException {
        String line = answers.readLine();
        while (!line.startsWith("{") && !line.equals("0")) {
            line = answers.readLine();
        }
        return line;
    }

    @Test
    void linesAreWrittenWhileThoseBeforeWaitAndAnsweredInOrderWhenTheyAreSafe() throws Exception {
        try (TestServer server = server();
                Socket socket = server.connect()) {
            BufferedReader answers = begin(socket);
            for (int i = 0; i < 3; i++) {
                sendLine(socket);
            }
            assertThat(server.ledger.head().seq()).isEqualTo(3);
            for (int i = 1; i <= 3; i++) {
                disk[0].confirmations.release();
                assertThat(next(answers)).contains("\"line\":" + i + ",").contains("\"seq\":" + i + ",");
            }
            send(socket, "0\r\n\r\n");
            assertThat(next(answers)).isEqualTo("0");
        }
    }

    @Test
    void whatIsNotSafeIsToldForTheLinesBehindItAsWellAndTheStreamEnds() throws Exception {
        try (TestServer server = server();
                Socket socket = server.connect()) {
            BufferedReader answers = begin(socket);
            sendLine(socket);
            disk[0].confirmations.release();
            assertThat(next(answers)).contains("\"line\":1,").contains("\"seq\":1,");
            for (int i = 2; i <= 4; i++) {
                sendLine(socket);
            }
            disk[0].failure = new LedgerException(Reason.DURABILITY_NOT_REACHED, "too slow");
            disk[0].confirmations.release();
            for (int i = 2; i <= 4; i++) {
                assertThat(next(answers))
                        .contains("\"line\":" + i + ",")
                        .contains("\"code\":\"durability_not_reached\"");
            }
            assertThat(next(answers)).isEqualTo("0");
        }
    }
}
