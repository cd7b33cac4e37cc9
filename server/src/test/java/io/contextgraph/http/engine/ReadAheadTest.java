// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.webserver.CloseConnectionException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ReadAheadTest {
    private static ReadAhead<String> readAhead(InputStream in, int maxLines) {
        ReadAhead<String> lines = new ReadAhead<>(
                new BodyLines(in, 2000),
                line -> line.number() + " "
                        + new String(line.text() == null ? new byte[0] : line.text(), StandardCharsets.UTF_8),
                maxLines);
        lines.start();
        return lines;
    }

    /** Each piece is given when the reader asks for it; by then it has kept what it was given before. */
    private static final class Pieces extends InputStream {
        private final SynchronousQueue<String> pieces = new SynchronousQueue<>();

        void give(String piece) throws InterruptedException {
            pieces.put(piece);
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            try {
                byte[] piece = pieces.take().getBytes(StandardCharsets.UTF_8);
                if (piece.length == 0) {
                    throw new IOException("gone");
                }
                System.arraycopy(piece, 0, into, from, piece.length);
                return piece.length;
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
    }

    @Test
    void whatArrivesInTheMeantimeIsTakenTogether() throws Exception {
        Pieces pieces = new Pieces();
        ReadAhead<String> lines = readAhead(pieces, 100);
        for (String piece : List.of("a\nb", "b\n", "c\n\nd\n", "e")) {
            pieces.give(piece);
        }
        assertThat(lines.next(3)).containsExactly("1 a", "2 bb", "3 c");
        assertThat(lines.next(3)).containsExactly("5 d");
        pieces.give("e\n");
        assertThat(lines.next(3)).containsExactly("6 ee");
        pieces.give("");
        assertThatThrownBy(() -> lines.next(3)).isInstanceOf(IOException.class).hasRootCauseMessage("gone");
    }

    /** The client has gone: that is nobody's defect. */
    @Test
    void aConnectionThatBreaksOffIsAStreamThatBreaksOff() {
        InputStream in = new InputStream() {
            @Override
            public int read() {
                throw new UnsupportedOperationException();
            }

            @Override
            public int read(byte[] into, int from, int length) {
                throw new CloseConnectionException("The body broke off");
            }
        };
        assertThatThrownBy(() -> readAhead(in, 100).next(3)).isInstanceOf(IOException.class);
    }

    @Test
    void theEndComesAfterEverything() throws Exception {
        InputStream in = new ByteArrayInputStream("a\nb\nc".getBytes(StandardCharsets.UTF_8));
        ReadAhead<String> lines = readAhead(in, 100);
        List<String> all = new ArrayList<>();
        for (List<String> next = lines.next(2); !next.isEmpty(); next = lines.next(2)) {
            all.addAll(next);
        }
        assertThat(all).containsExactly("1 a", "2 b", "3 c");
    }

    /** Lines of a thousand bytes, for ever, one with each reading. */
    private static final class Endless extends InputStream {
        private final AtomicLong lines = new AtomicLong();

        @Override
        public int read() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(byte[] into, int from, int length) {
            byte[] line = ("x".repeat(999) + "\n").getBytes(StandardCharsets.UTF_8);
            System.arraycopy(line, 0, into, from, line.length);
            lines.incrementAndGet();
            return line.length;
        }
    }

    @Test
    void aStreamWithoutEndDoesNotFillTheMemory() throws Exception {
        Endless byNumber = new Endless();
        ReadAhead<String> few = readAhead(byNumber, 50);
        await(few, Thread.State.WAITING);
        // One more is in hand.
        assertThat(byNumber.lines.get()).isEqualTo(51);
        assertThat(few.next(1000)).hasSize(50);

        Endless bySize = new Endless();
        await(readAhead(bySize, 1_000_000), Thread.State.WAITING);
        assertThat(bySize.lines.get()).isEqualTo(1 + (256 * 1024 + 998) / 999);
    }

    @Test
    void whoTakesNoMoreLeavesNoThreadBehind() throws Exception {
        Pieces pieces = new Pieces();
        ReadAhead<String> lines = readAhead(pieces, 1);
        pieces.give("a\n");
        pieces.give("b\n");
        await(lines, Thread.State.WAITING);
        lines.close();
        // It reads on, for nobody, until the connection is gone.
        pieces.give("c\n");
        pieces.give("");
        await(lines, Thread.State.TERMINATED);
    }

    private static void await(ReadAhead<String> lines, Thread.State state) {
        while (lines.state() != state) {
            Thread.onSpinWait();
        }
    }

    /** What unpacks it may hold memory that no collector gives back. */
    @Test
    void theStreamIsClosedAtItsEndAndWhereItBreaks() throws Exception {
        for (boolean breaks : List.of(false, true)) {
            CountDownLatch closed = new CountDownLatch(1);
            InputStream in = new InputStream() {
                @Override
                public int read() {
                    throw new UnsupportedOperationException();
                }

                @Override
                public int read(byte[] into, int from, int length) throws IOException {
                    if (breaks) {
                        throw new IOException("gone");
                    }
                    return -1;
                }

                @Override
                public void close() {
                    closed.countDown();
                }
            };
            ReadAhead<String> lines = readAhead(in, 100);
            lines.awaitEnd(Duration.ofSeconds(20));
            assertThat(closed.getCount()).isZero();
        }
    }
}
