// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.storage;

import java.util.regex.Pattern;

/**
 * Which names a file of a {@link Storage} may have: the same everywhere, so that files can move from a folder to a bucket.
 *
 * <p><b>Shape.</b> Parts separated by {@code /}, each of ASCII letters, digits and {@code . _ = + -}, the first a letter
 * or digit: none is hidden, none leads out of a folder.
 *
 * <p><b>Units and bounds.</b> A part has up to 200 characters, a name up to 600.
 */
public final class FileNames {
    private static final int LONGEST = 600;
    private static final String PART = "[A-Za-z0-9][A-Za-z0-9._=+-]{0,199}";
    private static final Pattern NAME = Pattern.compile(PART + "(/" + PART + ")*");
    private static final Pattern PREFIX = Pattern.compile("(" + PART + "/)*(" + PART + ")?");

    private FileNames() {}

    /**
     * A name that can be.
     *
     * @throws StorageException with {@link StorageException.Reason#REFUSED} for any other
     */
    public static String require(String name) {
        return require(name, NAME);
    }

    /**
     * What a name can begin with, nothing included.
     *
     * @throws StorageException with {@link StorageException.Reason#REFUSED} for anything else
     */
    public static String requirePrefix(String prefix) {
        return require(prefix, PREFIX);
    }

    /** Whether a file can have it. */
    public static boolean isName(String text) {
        return text.length() <= LONGEST && NAME.matcher(text).matches();
    }

    private static String require(String text, Pattern pattern) {
        if (text.length() > LONGEST || !pattern.matcher(text).matches()) {
            throw new StorageException(
                    StorageException.Reason.REFUSED,
                    "a file has a name of letters, digits and . _ = + -, its parts separated by /, each beginning with a"
                            + " letter or digit: " + shown(text));
        }
        return text;
    }

    /** A name that was refused may have anything in it. */
    private static String shown(String text) {
        String visible = text.replaceAll("[^\\x20-\\x7e]", "?");
        return visible.length() <= 100 ? visible : visible.substring(0, 100) + "...";
    }
}
