// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.note;

import io.contextgraph.signing.SigningKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text with signatures.
 *
 * <p><b>Shape.</b> The text, which ends with a newline; an empty line; a line for each signature: an em dash, a name, and in
 * base64 the id of the key and the signature.
 *
 * <p><b>Units and bounds.</b> Up to {@value #MOST_LINES} signatures, {@value #MOST_CHARACTERS} characters in all.
 *
 * <p><b>Source.</b> C2SP signed-note.
 *
 * @param text what is signed, with the newline at its end
 */
public record SignedNote(String text, List<Line> lines) {
    /** The most that are read. */
    public static final int MOST_CHARACTERS = 1 << 16;

    private static final int MOST_LINES = 64;
    private static final int ID_BYTES = 4;
    private static final int TIME_BYTES = 8;

    /** A witness must say when it looked, and nothing later than what can be written has been. */
    private static final long LAST_SECOND =
            Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();

    private static final Pattern LINE = Pattern.compile("\u2014 ([^ ]+) ([A-Za-z0-9+/]+={0,2})");
    private static final Pattern CONTROL = Pattern.compile("[\\x00-\\x09\\x0b-\\x1f]");

    public SignedNote {
        lines = List.copyOf(lines);
    }

    /**
     * A signature.
     *
     * @param name who signed
     * @param id of the key
     * @param signature in base64, with the id
     */
    public record Line(String name, int id, String signature) {
        private static Line of(VerifierKey key, byte[] signature) {
            byte[] all = ByteBuffer.allocate(ID_BYTES + signature.length)
                    .putInt(key.id())
                    .put(signature)
                    .array();
            return new Line(key.name(), key.id(), Base64.getEncoder().encodeToString(all));
        }

        /** @throws IllegalArgumentException when it is none */
        private static Line parse(String text) {
            Matcher parts = LINE.matcher(text);
            if (!parts.matches()) {
                throw new IllegalArgumentException("has a line that is no signature: " + text);
            }
            byte[] all = Base64.getDecoder().decode(parts.group(2));
            if (all.length <= ID_BYTES) {
                throw new IllegalArgumentException("has a signature that is too short: " + text);
            }
            return new Line(parts.group(1), ByteBuffer.wrap(all).getInt(), parts.group(2));
        }

        private byte[] bytes() {
            byte[] all = Base64.getDecoder().decode(signature);
            return Arrays.copyOfRange(all, ID_BYTES, all.length);
        }

        private String encoded() {
            return "\u2014 " + name + " " + signature + "\n";
        }
    }

    /** One that has been signed by some keys. */
    public static SignedNote of(String text, String name, List<SigningKey> keys) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new SignedNote(
                text,
                keys.stream()
                        .map(key -> Line.of(new VerifierKey(name, VerifierKey.Kind.LOG, key.shown()), key.sign(bytes)))
                        .toList());
    }

    /**
     * Reads {@link #encoded}.
     *
     * @throws IllegalArgumentException that says what is wrong with it
     */
    public static SignedNote parse(String note) {
        int end = note.lastIndexOf("\n\n");
        if (note.length() > MOST_CHARACTERS
                || end < 0
                || !note.endsWith("\n")
                || CONTROL.matcher(note).find()) {
            throw new IllegalArgumentException("a signed note is a text of up to " + MOST_CHARACTERS
                    + " characters, an empty line, and lines of signatures");
        }
        return new SignedNote(note.substring(0, end + 1), lines(note.substring(end + 2)));
    }

    /**
     * Reads signatures alone.
     *
     * @throws IllegalArgumentException that says what is wrong with them
     */
    public static List<Line> lines(String text) {
        if (!text.endsWith("\n")) {
            throw new IllegalArgumentException("has a line of a signature without an end");
        }
        List<Line> lines = new ArrayList<>();
        for (String line : text.substring(0, text.length() - 1).split("\n", -1)) {
            lines.add(Line.parse(line));
        }
        if (lines.size() > MOST_LINES) {
            throw new IllegalArgumentException("has more than " + MOST_LINES + " signatures");
        }
        return lines;
    }

    /** With more signatures behind its own. */
    public SignedNote with(List<Line> more) {
        List<Line> all = new ArrayList<>(lines);
        all.addAll(more);
        return new SignedNote(text, all);
    }

    /** Whether a key has signed it. */
    public boolean isSignedBy(VerifierKey key) {
        List<Line> own = lines.stream().filter(key::isOf).toList();
        return !own.isEmpty() && own.stream().allMatch(line -> isGenuine(line, key));
    }

    /** When a witness has seen it; empty where it has not signed. */
    public Optional<Instant> witnessedBy(VerifierKey witness) {
        return isSignedBy(witness)
                ? lines.stream()
                        .filter(witness::isOf)
                        .map(line -> Instant.ofEpochSecond(seconds(line.bytes())))
                        .findFirst()
                : Optional.empty();
    }

    private boolean isGenuine(Line line, VerifierKey key) {
        byte[] bytes = line.bytes();
        return switch (key.kind()) {
            case LOG -> key.key().verify(text.getBytes(StandardCharsets.UTF_8), bytes);
            case WITNESS ->
                bytes.length > TIME_BYTES
                        && seconds(bytes) > 0
                        && seconds(bytes) <= LAST_SECOND
                        && key.key()
                                .verify(witnessed(seconds(bytes)), Arrays.copyOfRange(bytes, TIME_BYTES, bytes.length));
        };
    }

    private byte[] witnessed(long seconds) {
        return ("cosignature/v1\ntime " + seconds + "\n" + text).getBytes(StandardCharsets.UTF_8);
    }

    private static long seconds(byte[] signature) {
        return ByteBuffer.wrap(signature).getLong();
    }

    /** All of it as text. */
    public String encoded() {
        StringBuilder note = new StringBuilder(text).append('\n');
        lines.forEach(line -> note.append(line.encoded()));
        return note.toString();
    }
}
