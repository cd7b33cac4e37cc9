// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.format;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.regex.Pattern;
import java.util.zip.ZipException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;

/** Says in a sentence why bytes could not be read. */
public final class Malformed {
    private static final int MAX_LENGTH = 200;

    /** The parser's note where an array or object began: of no use without the source that it does not show. */
    private static final Pattern START_MARKER = Pattern.compile(" \\(start marker at .*");

    private Malformed() {}

    /** Why JSON could not be read, and where. */
    public static String reason(JacksonException malformed) {
        if (malformed.getCause() instanceof IOException io) {
            return reason(io);
        }
        TokenStreamLocation at = malformed.getLocation();
        String where =
                at == null || at.getLineNr() < 1 ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
        return "malformed JSON" + where + ": " + firstLine(malformed);
    }

    /** Why a single line could not be read. */
    public static String ofLine(JacksonException malformed) {
        TokenStreamLocation at = malformed.getLocation();
        String where = at == null || at.getColumnNr() < 1 ? "" : " at column " + at.getColumnNr();
        return "malformed JSON" + where + ": " + firstLine(malformed);
    }

    /** Why a file could not be read. */
    public static String reason(IOException failed) {
        if (failed instanceof DocumentTooLargeException tooLarge) {
            return String.valueOf(tooLarge.getMessage());
        }
        if (failed instanceof EOFException) {
            return "the gzip stream is cut";
        }
        if (failed instanceof ZipException) {
            return "the gzip stream is damaged: " + failed.getMessage();
        }
        if (failed instanceof NoSuchFileException) {
            return "there is no such file";
        }
        if (failed instanceof AccessDeniedException) {
            return "the file may not be read: permission denied";
        }
        return "the file cannot be read: " + failed.getMessage();
    }

    private static String firstLine(JacksonException malformed) {
        String message = String.valueOf(malformed.getOriginalMessage())
                .lines()
                .findFirst()
                .orElse("");
        message = START_MARKER.matcher(message).replaceFirst("");
        return message.length() <= MAX_LENGTH ? message : message.substring(0, MAX_LENGTH) + "...";
    }
}
