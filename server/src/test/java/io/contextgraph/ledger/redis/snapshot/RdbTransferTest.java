// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.ledger.LedgerException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RdbTransferTest {
    private static final String MARK = "0123456789012345678901234567890123456789";

    /** The file that an empty Redis without checksums writes, made longer. */
    private static byte[] file(int length) {
        byte[] file = new byte[length];
        for (int n = 0; n < length; n++) {
            file[n] = (byte) (n * 31);
        }
        System.arraycopy("REDIS0011".getBytes(StandardCharsets.US_ASCII), 0, file, 0, 9);
        Arrays.fill(file, length - 8, length, (byte) 0);
        file[length - 9] = (byte) 0xFF;
        return file;
    }

    private static byte[] joined(String before, byte[] file, String after) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(before.getBytes(StandardCharsets.US_ASCII));
        all.writeBytes(file);
        all.writeBytes(after.getBytes(StandardCharsets.US_ASCII));
        return all.toByteArray();
    }

    /** Gives so many bytes at once. */
    private static InputStream inPieces(byte[] sent, int piece) {
        return new ByteArrayInputStream(sent) {
            @Override
            public synchronized int read(byte[] buffer, int offset, int length) {
                return super.read(buffer, offset, Math.min(length, piece));
            }
        };
    }

    private static byte[] received(byte[] sent, int piece, List<Long> told) throws IOException {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        RdbSink sink = new RdbSink(written);
        RdbTransfer transfer = new RdbTransfer(inPieces(sent, piece), OutputStream.nullOutputStream());
        assertThat(transfer.receive(transfer.ask("SYNC"), sink, told::add)).isTrue();
        assertThat(sink.requireWhole()).as("the files of these tests have none").isFalse();
        return written.toByteArray();
    }

    @Test
    void aFileOfAnnouncedLengthComesBehindEmptyLinesHoweverItIsCut() throws IOException {
        for (int length : List.of(18, 100, 70_000, 200_000)) {
            for (int piece : List.of(1, 7, 40, 65_536)) {
                List<Long> told = new ArrayList<>();
                byte[] file = file(length);
                // What follows belongs to the stream of a replica.
                assertThat(received(joined("\n\n\r\n$" + length + "\r\n", file, "*1\r\n$4\r\nPING\r\n"), piece, told))
                        .isEqualTo(file);
                assertThat(told).isSorted().endsWith((long) length);
            }
        }
    }

    @Test
    void aFileThatEndsWithAMarkIsKnownByItHoweverItIsCut() throws IOException {
        for (int length : List.of(18, 39, 40, 41, 65_496, 65_536, 65_537, 200_000)) {
            for (int piece : List.of(1, 13, 40, 65_536)) {
                byte[] file = file(length);
                assertThat(received(joined("\n$EOF:" + MARK + "\r\n", file, MARK), piece, new ArrayList<>()))
                        .isEqualTo(file);
            }
        }
    }

    @Test
    void whatBreaksOffIsNoFile() {
        byte[] file = file(1000);
        assertThatThrownBy(() -> received(joined("$1001\r\n", file, ""), 64, new ArrayList<>()))
                .isInstanceOf(EOFException.class)
                .hasMessageContaining("1000 of 1001");
        assertThatThrownBy(
                        () -> received(joined("$EOF:" + MARK + "\r\n", file, MARK.substring(1)), 64, new ArrayList<>()))
                .isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> received(joined("\n\n", new byte[0], ""), 64, new ArrayList<>()))
                .isInstanceOf(EOFException.class);
    }

    @Test
    void whatIsNoRdbFileIsRefused() {
        byte[] other = file(100);
        other[0] = 'r';
        assertThatThrownBy(() -> received(joined("$100\r\n", other, ""), 64, new ArrayList<>()))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("is no RDB file");
        byte[] cut = file(100);
        cut[91] = 0;
        assertThatThrownBy(() -> received(joined("$100\r\n", cut, ""), 64, new ArrayList<>()))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("does not end");
        byte[] changed = file(100);
        changed[99] = 1;
        assertThatThrownBy(() -> received(joined("$100\r\n", changed, ""), 64, new ArrayList<>()))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("another checksum");
    }

    @Test
    void anAnswerThatAnnouncesNoFileIsGivenBack() throws IOException {
        RdbSink sink = new RdbSink(OutputStream.nullOutputStream());
        RdbTransfer transfer = new RdbTransfer(InputStream.nullInputStream(), OutputStream.nullOutputStream());
        for (String answer : List.of("-NOPERM no", "+OK", "$", "$-1", "$EOF:short", "$12a")) {
            assertThat(transfer.receive(answer, sink, bytes -> {})).as(answer).isFalse();
        }
        assertThat(sink.bytes()).isZero();
    }

    @Test
    void commandsAreSentAsRedisReadsThem() throws IOException {
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        String answer = new RdbTransfer(new ByteArrayInputStream("+OK\r\n".getBytes(StandardCharsets.US_ASCII)), sent)
                .ask("REPLCONF", "rdb-only", "1");
        assertThat(answer).isEqualTo("+OK");
        assertThat(sent.toString(StandardCharsets.US_ASCII))
                .isEqualTo("*3\r\n$8\r\nREPLCONF\r\n$8\r\nrdb-only\r\n$1\r\n1\r\n");
    }
}
