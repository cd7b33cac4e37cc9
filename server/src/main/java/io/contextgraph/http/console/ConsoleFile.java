// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.console;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.GZIPOutputStream;

/**
 * A file of the console; never compared, so the arrays do no harm.
 *
 * @param content as it is
 * @param packed the same by gzip
 * @param tag of the content, without quotes: another content has another one
 */
@SuppressWarnings("ArrayRecordComponent")
record ConsoleFile(String mediaType, byte[] content, byte[] packed, String tag) {
    private static final int TAG_BYTES = 16;

    static ConsoleFile of(String mediaType, byte[] content) {
        return new ConsoleFile(mediaType, content, pack(content), tag(content));
    }

    /** The entity tag of one of both forms, which are two representations, each with a tag of its own. */
    String tag(boolean asPacked) {
        return '"' + tag + (asPacked ? "-gzip" : "") + '"';
    }

    private static byte[] pack(byte[] content) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    private static String tag(byte[] content) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, TAG_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
