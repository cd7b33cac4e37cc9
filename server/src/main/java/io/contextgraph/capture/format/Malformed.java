// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.format;

import io.contextgraph.capture.text.DocumentTooLargeException;
import io.contextgraph.capture.text.NotUtf8Exception;
import io.contextgraph.capture.text.PackedException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.UnexpectedEndOfInputException;

/** Says in a sentence why bytes could not be read. */
public final class Malformed {
    private static final int MAX_LENGTH = 200;

    /**
     * What is of no use to who has only the file: where an array or object began, without the source that is not shown,
     * and settings of the parser.
     */
    private static final Pattern ASIDE = Pattern.compile(
            " \\((?:start marker at|consider enabling|not recognized as one).*| \\(or 'NaN'[^)]*\\)|:? (?:require )?enabl(?:e|ing) `.*"
                    + "|, from `[^`]*`");

    private Malformed() {}

    /**
     * Why a document could not be read, and where.
     *
     * @param firstLine the line of the file in which it begins
     * @param columns whether columns are those of the file
     * @param quotes whether the file may be quoted
     */
    public static String reason(JacksonException malformed, long firstLine, boolean columns, boolean quotes) {
        if (malformed.getCause() instanceof IOException io) {
            return reason(io);
        }
        TokenStreamLocation at = malformed.getLocation();
        String where = at == null || at.getLineNr() < 1
                ? ""
                : " at line " + (at.getLineNr() + firstLine - 1) + (columns ? ", column " + at.getColumnNr() : "");
        return "malformed JSON" + where + detail(malformed, quotes);
    }

    /**
     * Why a single line could not be read.
     *
     * @param quotes whether the line may be quoted
     */
    public static String ofLine(JacksonException malformed, String line, boolean quotes) {
        TokenStreamLocation at = malformed.getLocation();
        String where = at == null || at.getColumnNr() < 1 ? "" : " at column " + at.getColumnNr();
        return cut(malformed, line.strip()) + "malformed JSON" + where + detail(malformed, quotes);
    }

    /** A parser quotes what it stumbles over. */
    private static String detail(JacksonException malformed, boolean quotes) {
        return quotes ? ": " + firstLine(malformed) : "";
    }

    private static String cut(JacksonException malformed, String line) {
        boolean begins = line.startsWith("{") || line.startsWith("[");
        if (!begins && (line.endsWith("}") || line.endsWith("]"))) {
            return "the line is cut at its beginning: ";
        }
        boolean ends = malformed instanceof UnexpectedEndOfInputException || line.endsWith("\ufffd");
        return begins && ends ? "the line is cut at its end: " : "";
    }

    /** Why a file could not be read. */
    public static String reason(IOException failed) {
        if (failed instanceof DocumentTooLargeException tooLarge) {
            return String.valueOf(tooLarge.getMessage());
        }
        if (failed instanceof NotUtf8Exception notUtf8) {
            return "the file " + notUtf8.getMessage();
        }
        if (failed instanceof PackedException packed) {
            return String.valueOf(packed.getMessage());
        }
        if (failed instanceof NoSuchFileException) {
            return "there is no such file";
        }
        if (failed instanceof AccessDeniedException) {
            return "the file may not be read: permission denied";
        }
        // The message of such an error begins with the name of the file.
        String why = failed instanceof FileSystemException named ? named.getReason() : failed.getMessage();
        return "the file cannot be read: " + (why == null ? failed.getClass().getSimpleName() : why);
    }

    private static String firstLine(JacksonException malformed) {
        String message = String.valueOf(malformed.getOriginalMessage())
                .lines()
                .findFirst()
                .orElse("");
        message = ASIDE.matcher(message).replaceAll("");
        return message.length() <= MAX_LENGTH ? message : message.substring(0, MAX_LENGTH) + "...";
    }
}
