// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.contextgraph.capture.file.Captured;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Streams whose parts begin anywhere in what is read at once. */
class PackedStreamsTest {
    private final Random random = new Random(7);
    private final ByteArrayOutputStream plain = new ByteArrayOutputStream();

    private byte[] content(int length) {
        byte[] content = new byte[length];
        random.nextBytes(content);
        // Half of it can be compressed.
        Arrays.fill(content, 0, length / 2, (byte) 'x');
        plain.writeBytes(content);
        return content;
    }

    /** Gives few bytes at once, as a pipe may. */
    private static InputStream slowly(byte[] packed, int atOnce) {
        return new FilterInputStream(new ByteArrayInputStream(packed)) {
            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                return super.read(into, offset, Math.min(atOnce, length));
            }
        };
    }

    private static byte[] all(InputStream in, int atOnce) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] some = new byte[atOnce];
        try (in) {
            for (int read = in.read(some); read >= 0; read = in.read(some)) {
                all.write(some, 0, read);
            }
        }
        return all.toByteArray();
    }

    @Test
    void membersAndNulsMayBeginAnywhere() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        for (int length : new int[] {1, 200_000, 0, 65_536, 3, 150_001}) {
            packed.writeBytes(Captured.gzip(content(length)));
            packed.writeBytes(new byte[random.nextInt(70_000)]);
        }
        for (int atOnce : new int[] {1, 7, 4096, 65_536, 1_000_000}) {
            assertThat(all(new GzipStream(slowly(packed.toByteArray(), atOnce)), 1009))
                    .isEqualTo(plain.toByteArray());
        }
    }

    @Test
    void framesMayBeginAnywhere() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        for (int length : new int[] {1, 200_000, 0, 65_536, 3, 150_001}) {
            packed.writeBytes(Zstd.compress(content(length)));
        }
        for (int atOnce : new int[] {1, 7, 4096, 65_536, 1_000_000}) {
            assertThat(all(new ZstdStream(slowly(packed.toByteArray(), atOnce)), 1009))
                    .isEqualTo(plain.toByteArray());
        }
    }

    @Test
    void whereverOneIsCutItSaysSo() {
        byte[] gzip = Captured.gzip(content(300));
        for (int length = 0; length < gzip.length; length++) {
            byte[] cut = Arrays.copyOf(gzip, length);
            assertThatThrownBy(() -> all(new GzipStream(new ByteArrayInputStream(cut)), 100))
                    .isInstanceOf(PackedException.class)
                    .hasMessage("the gzip stream is cut");
        }
        byte[] one = Zstd.compress(content(300));
        byte[] two = Arrays.copyOf(one, 2 * one.length);
        System.arraycopy(one, 0, two, one.length, one.length);
        for (int length = 1; length < two.length; length++) {
            if (length == one.length) {
                continue;
            }
            byte[] cut = Arrays.copyOf(two, length);
            assertThatThrownBy(() -> all(new ZstdStream(new ByteArrayInputStream(cut)), 100))
                    .isInstanceOf(PackedException.class)
                    .hasMessage("the zstd stream is cut");
        }
    }

    @Test
    void recordsAreReadWhateverIsReadAtOnce() throws IOException {
        byte[] stream = {0, 0, 0, 2, 'a', 'b', 0, 0, 0, 0, 0, 0, 0, 4, 'w', 'x', 'y', 'z', 0, 0, 0, 1, 'c', 0, 0};
        for (int atOnce : new int[] {1, 3, 100}) {
            TraceRecords records = new TraceRecords(slowly(stream, atOnce), 3);
            assertThat(records.next()).isTrue();
            assertThat(records.bytes()).containsExactly('a', 'b');
            assertThat(records.next()).isTrue();
            assertThat(records.empty()).isTrue();
            assertThat(records.next()).isTrue();
            assertThat(records.fault()).isEqualTo("is said to have 4 bytes, and must not have more than 3");
            assertThat(records.bytes()).isEmpty();
            assertThat(records.empty()).isFalse();
            assertThat(records.next()).isTrue();
            assertThat(records.bytes()).containsExactly('c');
            assertThat(records.offset()).isEqualTo(18);
            assertThat(records.next()).isTrue();
            assertThat(records.number()).isEqualTo(5);
            assertThat(records.fault()).isEqualTo("is cut: of the 4 bytes of its length the file has 2");
            assertThat(records.next()).isFalse();
        }
    }
}
