// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.load;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The protocol of Redis, as far as a load generator needs it.
 *
 * <p><b>Source.</b> The Redis serialization protocol, version 2.
 */
final class Resp {
    private Resp() {}

    /** A refusal by Redis. */
    record Refused(String message) {}

    /** One command in the form in which it travels. */
    static byte[] command(List<byte[]> words) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(ascii("*" + words.size() + "\r\n"));
        for (byte[] word : words) {
            bytes.writeBytes(ascii("$" + word.length + "\r\n"));
            bytes.writeBytes(word);
            bytes.writeBytes(ascii("\r\n"));
        }
        return bytes.toByteArray();
    }

    static byte[] command(String... words) {
        List<byte[]> bytes = new ArrayList<>();
        for (String word : words) {
            bytes.add(word.getBytes(StandardCharsets.UTF_8));
        }
        return command(bytes);
    }

    /** The next command of a client, in the form in which it travels; empty where the client has ended. */
    static Optional<byte[]> readCommand(InputStream in) throws IOException {
        ByteArrayOutputStream raw = new ByteArrayOutputStream(1024);
        int first = in.read();
        if (first < 0) {
            return Optional.empty();
        }
        if (first != '*') {
            throw new IOException("not a command: it begins with byte " + first);
        }
        raw.write(first);
        int words = number(line(in, raw));
        for (int i = 0; i < words; i++) {
            String head = line(in, raw);
            raw.writeBytes(bytes(in, Integer.parseInt(head.substring(1)) + 2));
        }
        return Optional.of(raw.toByteArray());
    }

    /** The name of a command that {@link #readCommand} has read. */
    static String name(byte[] command) {
        int i = 0;
        for (int line = 0; line < 2; i++) {
            line += command[i] == '\n' ? 1 : 0;
        }
        int end = i;
        while (command[end] != '\r') {
            end++;
        }
        return new String(command, i, end - i, StandardCharsets.US_ASCII);
    }

    /** The next answer: text of a status or a string, {@code Long}, {@code List}, {@link Refused} or null. */
    static @Nullable Object readReply(InputStream in) throws IOException {
        String line = line(in, null);
        String rest = line.substring(1);
        return switch (line.charAt(0)) {
            case '+' -> rest;
            case '-' -> new Refused(rest);
            case ':' -> Long.valueOf(rest);
            case '$' -> string(in, number(rest));
            case '*' -> array(in, number(rest));
            default -> throw new IOException("not an answer: " + line);
        };
    }

    private static @Nullable String string(InputStream in, int length) throws IOException {
        if (length < 0) {
            return null;
        }
        byte[] bytes = bytes(in, length + 2);
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    private static @Nullable List<@Nullable Object> array(InputStream in, int length) throws IOException {
        if (length < 0) {
            return null;
        }
        List<@Nullable Object> elements = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            elements.add(readReply(in));
        }
        return elements;
    }

    private static byte[] bytes(InputStream in, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the other side has ended in the middle");
        }
        return bytes;
    }

    private static int number(String text) {
        return Integer.parseInt(text);
    }

    private static String line(InputStream in, @Nullable ByteArrayOutputStream copy) throws IOException {
        StringBuilder line = new StringBuilder(16);
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the other side has ended in the middle");
            }
            if (copy != null) {
                copy.write(next);
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        if (copy != null) {
            copy.write('\n');
        }
        return line.toString();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
