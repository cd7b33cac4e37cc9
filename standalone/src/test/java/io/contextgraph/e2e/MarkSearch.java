// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Finds {@link Marks} in bytes, however they were written there: in UTF-8, in UTF-16 of either order, in base64, in hexadecimal;
 * and in what gzip and zstd have packed, whether a file is packed as a whole or something in it.
 */
final class MarkSearch {
    private static final int MARK = Marks.PREFIX.length() + Marks.TAIL;

    /** More than any mark takes, and than anything that is packed within a file. */
    private static final int OVERLAP = 1 << 20;

    private static final int AT_FIRST = 128 << 10;
    private static final int AT_ONCE = 8 << 20;
    private static final int DEPTH = 2;
    private static final List<Form> FORMS = forms();
    private static final List<Packing> PACKINGS = List.of(
            new Packing(new BytePattern(new byte[] {0x1f, (byte) 0x8b, 8}), GZIPInputStream::new),
            new Packing(new BytePattern(new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd}), ZstdInputStream::new));

    private MarkSearch() {}

    /** A way to write a mark, and to read the whole of it from where it begins. */
    private record Form(String name, BytePattern begin, BiFunction<byte[], Integer, String> read) {}

    private record Packing(BytePattern begin, Opening opening) {}

    private interface Opening {
        InputStream open(InputStream packed) throws IOException;
    }

    private static List<Form> forms() {
        List<Form> forms = new ArrayList<>();
        for (Charset charset : List.of(UTF_8, UTF_16LE, UTF_16BE)) {
            int width = "x".getBytes(charset).length;
            forms.add(new Form(
                    charset.name(),
                    new BytePattern(Marks.PREFIX.getBytes(charset)),
                    (text, at) -> new String(text, at, Math.min(MARK * width, text.length - at), charset)));
        }
        String hex = HexFormat.of().formatHex(Marks.PREFIX.getBytes(UTF_8));
        forms.add(new Form(
                "hex",
                new BytePattern(hex.getBytes(UTF_8)),
                (text, at) -> text.length - at < 2 * MARK
                        ? ""
                        : new String(HexFormat.of().parseHex(new String(text, at, 2 * MARK, ISO_8859_1)), ISO_8859_1)));
        for (int shift = 0; shift < 3; shift++) {
            forms.add(base64(shift));
        }
        return forms;
    }

    /** In base64 the same text is another one, depending on where it stands. */
    private static Form base64(int shift) {
        byte[] shifted = (" ".repeat(shift) + Marks.PREFIX).getBytes(UTF_8);
        int from = (shift * 8 + 5) / 6;
        int to = shifted.length * 8 / 6;
        byte[] begin = Arrays.copyOfRange(Base64.getEncoder().encode(shifted), from, to);
        int group = (shift + MARK + 2) / 3 * 4;
        return new Form("base64", new BytePattern(begin), (text, at) -> {
            int start = at - from;
            if (start < 0 || start + group > text.length) {
                return "";
            }
            try {
                byte[] plain = Base64.getDecoder().decode(Arrays.copyOfRange(text, start, start + group));
                return new String(plain, shift, Math.min(MARK, plain.length - shift), ISO_8859_1);
            } catch (IllegalArgumentException cut) {
                return "";
            }
        });
    }

    /** Which marks a text has. */
    static Set<String> in(String text) {
        return in(text.getBytes(UTF_8));
    }

    /** Which marks some bytes have. */
    static Set<String> in(byte[] bytes) {
        Set<String> found = new TreeSet<>();
        look(bytes, bytes.length, (mark, at) -> found.add(mark), 0);
        return found;
    }

    /** Which marks some bytes have as they are. */
    static Set<String> inPlain(byte[] bytes) {
        Set<String> found = new TreeSet<>();
        unpacked(bytes, bytes.length, (mark, at) -> found.add(mark));
        return found;
    }

    /** Tells each mark that stands in some bytes as it is, and where it begins. */
    private static void unpacked(byte[] bytes, int length, BiConsumer<String, Integer> found) {
        for (Form form : FORMS) {
            form.begin().in(bytes, length, at -> found.accept(form.read().apply(bytes, at), at));
        }
    }

    private static void look(byte[] bytes, int length, BiConsumer<String, Integer> found, int depth) {
        unpacked(bytes, length, found);
        if (depth == DEPTH) {
            return;
        }
        for (Packing packing : PACKINGS) {
            packing.begin().in(bytes, length, at -> {
                ByteArrayInputStream packed = new ByteArrayInputStream(bytes, at, length - at);
                try (InputStream plain = packing.opening().open(packed)) {
                    look(plain, found, depth + 1);
                } catch (IOException notPacked) {
                    // Some bytes that look like the beginning of something packed, or what was packed is cut here.
                }
            });
        }
    }

    /** Reads piece by piece, each with the end of the one before. */
    private static void look(InputStream in, BiConsumer<String, Integer> found, int depth) throws IOException {
        byte[] bytes = new byte[AT_FIRST];
        int length = 0;
        while (true) {
            try {
                length += in.readNBytes(bytes, length, bytes.length - length);
            } catch (IOException cut) {
                look(bytes, bytes.length, found, depth);
                throw cut;
            }
            if (length < bytes.length) {
                look(bytes, length, found, depth);
                return;
            }
            if (length < AT_ONCE) {
                bytes = Arrays.copyOf(bytes, 4 * length);
            } else {
                look(bytes, length, found, depth);
                System.arraycopy(bytes, length - OVERLAP, bytes, 0, OVERLAP);
                length = OVERLAP;
            }
        }
    }

    /** Which marks the files below a folder have: by mark, the files. What goes while it is read is passed over. */
    static Map<String, Set<String>> below(Path folder) {
        Map<String, Set<String>> found = new TreeMap<>();
        if (!Files.isDirectory(folder)) {
            return found;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                try (InputStream in = Files.newInputStream(file)) {
                    look(
                            in,
                            (mark, at) -> found.computeIfAbsent(mark, none -> new TreeSet<>())
                                    .add(folder.relativize(file).toString()),
                            0);
                } catch (NoSuchFileException gone) {
                    // A server is at work there.
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }
}
