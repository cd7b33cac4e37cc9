// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.local;

import io.contextgraph.privacy.key.ExactBase64;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import io.contextgraph.privacy.key.KeyVersions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Secret keys in a file, or in one line of text.
 *
 * <p><b>Shape.</b> A line {@code <version>:<key in base64>:<8 digits of its check>} for each key, by version; then
 * {@code end:<number of keys>}. Lines that begin with {@code #} are for people. In one line they are separated by spaces.
 *
 * <p><b>Guarantees.</b> A file that is cut, or in which a key was altered, is not read. It is its owner's alone when it is
 * made, and is not read when others may read it.
 *
 * <p><b>Errors.</b> {@link KeyServiceException} that says what to do, and quotes nothing of the file.
 */
public final class KeyFile {
    private static final Pattern KEY = Pattern.compile("([1-9][0-9]{0,8}):([A-Za-z0-9+/]{43}=):([0-9a-f]{8})");
    private static final Pattern END = Pattern.compile("end:([1-9][0-9]{0,8})");
    private static final Pattern COMMENT = Pattern.compile("(?m)^#.*$");
    private static final Pattern SPACE = Pattern.compile("\\s+");
    private static final int CHECK_BYTES = 4;

    private KeyFile() {}

    /**
     * Makes a file with a first key.
     *
     * @param file must not be there
     */
    public static KeyVersions create(Path file) {
        KeyVersions keys = KeyVersions.random();
        OwnedFile.create(file, text(keys).getBytes(StandardCharsets.UTF_8));
        return keys;
    }

    /** Adds a newer key to a file. */
    public static KeyVersions rotate(Path file) {
        return OwnedFile.changing(file, () -> {
            KeyVersions more = read(file).rotated();
            OwnedFile.write(file, text(more).getBytes(StandardCharsets.UTF_8));
            return more;
        });
    }

    /** Reads a file. */
    public static KeyVersions read(Path file) {
        byte[] bytes = OwnedFile.read(file, "only where nothing was ever sealed make a new one");
        try {
            return parsed(new String(bytes, StandardCharsets.ISO_8859_1), file.toString());
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /**
     * Reads one line of text, as of an environment variable.
     *
     * @param where it is from, for messages
     */
    public static KeyVersions parse(String line, String where) {
        return parsed(line, where);
    }

    private static KeyVersions parsed(String text, String where) {
        SortedMap<Integer, byte[]> keys = new TreeMap<>();
        int announced = 0;
        String bare = COMMENT.matcher(text).replaceAll("").strip();
        if (bare.isEmpty()) {
            throw damaged(where, "is empty");
        }
        for (String token : SPACE.split(bare, -1)) {
            Matcher key = KEY.matcher(token);
            Matcher end = END.matcher(token);
            if (announced > 0) {
                throw damaged(where, "goes on after its end");
            } else if (end.matches()) {
                announced = Integer.parseInt(end.group(1));
            } else if (!key.matches()) {
                throw damaged(where, "has something in it that is no key");
            } else if (keys.put(Integer.parseInt(key.group(1)), bytes(key, where)) != null) {
                throw damaged(where, "has two keys of version " + key.group(1));
            }
        }
        if (announced != keys.size()) {
            throw damaged(where, announced == 0 ? "has no end" : "has " + keys.size() + " of " + announced + " keys");
        }
        return new KeyVersions(keys);
    }

    private static byte[] bytes(Matcher key, String where) {
        int version = Integer.parseInt(key.group(1));
        byte[] bytes;
        try {
            bytes = ExactBase64.decode(key.group(2));
        } catch (IllegalArgumentException altered) {
            throw damaged(where, "has a key of version " + version + " that was altered");
        }
        if (!check(version, bytes).equals(key.group(3))) {
            throw damaged(where, "has a key of version " + version + " that was altered");
        }
        return bytes;
    }

    /** Too short to help anybody to find the key. */
    private static String check(int version, byte[] key) {
        return HexFormat.of().formatHex(Digests.sha256("Context Graph key " + version, key), 0, CHECK_BYTES);
    }

    private static KeyServiceException damaged(String where, String what) {
        return new KeyServiceException(
                Reason.DAMAGED,
                where + " " + what
                        + ": bring back what it was from where you keep a copy; without it nothing can be opened"
                        + " that was sealed");
    }

    /** All keys as they stand in a file. */
    static String text(KeyVersions keys) {
        StringBuilder text =
                new StringBuilder("# Secret keys of Context Graph. Keep a copy of this file, apart from those"
                        + " of Redis and of the store of keys.\n");
        for (int version : keys.versions()) {
            byte[] key = keys.key(version);
            text.append(version).append(':').append(Base64.getEncoder().encodeToString(key));
            text.append(':').append(check(version, key)).append('\n');
            Arrays.fill(key, (byte) 0);
        }
        return text.append("end:").append(keys.versions().size()).append('\n').toString();
    }
}
