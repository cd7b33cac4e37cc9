// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads a secret from a file of its own: all of it, but for the end of its line. */
final class SecretFile {
    /** No secret is as long, and a wrong file usually is. */
    private static final int MAX_BYTES = 8 * 1024;

    private SecretFile() {}

    /** A file that cannot be used; the message says why, and quotes nothing of it. */
    static final class Unusable extends Exception {
        private static final long serialVersionUID = 1L;

        private Unusable(String message) {
            super(message);
        }
    }

    static String read(String path) throws Unusable {
        byte[] bytes = bytes(path);
        if (bytes.length > MAX_BYTES) {
            throw new Unusable("is larger than " + MAX_BYTES + " bytes");
        }
        String secret;
        try {
            // The decoder that replaces nothing: another encoding would make another secret.
            secret = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException other) {
            throw new Unusable("is not UTF-8");
        }
        secret = secret.replaceFirst("\r?\n\\z", "");
        if (secret.isBlank()) {
            throw new Unusable("is empty");
        }
        if (secret.contains("\n")) {
            throw new Unusable("has more than one line");
        }
        return secret;
    }

    private static byte[] bytes(String path) throws Unusable {
        try (InputStream in = Files.newInputStream(Path.of(path))) {
            return in.readNBytes(MAX_BYTES + 1);
        } catch (NoSuchFileException missing) {
            throw new Unusable("is not there");
        } catch (AccessDeniedException denied) {
            throw new Unusable("may not be read by this user");
        } catch (IOException | InvalidPathException unreadable) {
            throw new Unusable("cannot be read");
        }
    }
}
