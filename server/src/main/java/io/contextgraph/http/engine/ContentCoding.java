// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.engine;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.contextgraph.http.problem.Problem;
import io.contextgraph.http.problem.ProblemCode;
import io.contextgraph.http.problem.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;

/**
 * How a body may be packed, by its {@code Content-Encoding}.
 *
 * <p><b>Source.</b> RFC 9110 section 8.4.1; for zstd RFC 8878 and RFC 9659, which bounds its window.
 */
@SuppressWarnings("ImmutableEnumChecker") // its functions keep nothing
enum ContentCoding {
    GZIP(List.of("gzip", "x-gzip"), GZIPInputStream::new),
    DEFLATE(List.of("deflate"), InflaterInputStream::new),
    ZSTD(List.of("zstd"), ContentCoding::zstd);

    private static final String NONE = "identity";

    /** 8 MiB, as a power of two: a frame that needs more is refused. */
    private static final int WINDOW_LOG = 23;

    private final List<String> names;
    private final Unpacking unpacking;

    private interface Unpacking {
        InputStream of(InputStream packed) throws IOException;
    }

    ContentCoding(List<String> names, Unpacking unpacking) {
        this.names = names;
        this.unpacking = unpacking;
    }

    /**
     * The coding of this name.
     *
     * @param header as it was sent
     * @return empty for none
     * @throws ProblemException 415 for another one, or several
     */
    static Optional<ContentCoding> of(String header) {
        String name = header.strip().toLowerCase(Locale.ROOT);
        if (name.isEmpty() || name.equals(NONE)) {
            return Optional.empty();
        }
        return Optional.of(Stream.of(values())
                .filter(coding -> coding.names.contains(name))
                .findFirst()
                .orElseThrow(() -> Problem.of(
                                ProblemCode.UNSUPPORTED_CONTENT_ENCODING,
                                "Content-Encoding must be one of "
                                        + Stream.of(values())
                                                .map(coding -> coding.names.getFirst())
                                                .collect(Collectors.joining(", "))
                                        + ", or absent.")
                        .raised()));
    }

    /** What was packed so. */
    InputStream unpacked(InputStream packed) throws IOException {
        return unpacking.of(packed);
    }

    /** For people. */
    String title() {
        return names.getFirst();
    }

    private static InputStream zstd(InputStream packed) throws IOException {
        return new ZstdInputStreamNoFinalizer(packed).setLongMax(WINDOW_LOG);
    }
}
