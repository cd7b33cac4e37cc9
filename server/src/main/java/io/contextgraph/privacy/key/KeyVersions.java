// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import java.util.Arrays;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Secret keys of one purpose, by version: the newest is for what is made now, the others for what was made before.
 *
 * <p><b>Units and bounds.</b> At least one; versions from 1, keys of {@value #KEY_BYTES} bytes. Copies are made on the way in
 * and out.
 */
public final class KeyVersions {
    /** Length of each key. */
    public static final int KEY_BYTES = 32;

    private final SortedMap<Integer, byte[]> keys;

    /** @throws IllegalArgumentException when there is none, or one is not a key */
    public KeyVersions(SortedMap<Integer, byte[]> keys) {
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("there is no key");
        }
        SortedMap<Integer, byte[]> copies = new TreeMap<>();
        keys.forEach((version, key) -> {
            if (version < 1 || key.length != KEY_BYTES) {
                throw new IllegalArgumentException("a key has a version from 1 and " + KEY_BYTES
                        + " bytes, not version " + version + " and " + key.length + " bytes");
            }
            byte[] ignored = copies.put(version, key.clone());
        });
        this.keys = copies;
    }

    /** A first key, at random. */
    public static KeyVersions random() {
        return new KeyVersions(new TreeMap<>(Collections.singletonMap(1, RandomKey.bytes())));
    }

    /** The same, and a newer one at random. */
    public KeyVersions rotated() {
        SortedMap<Integer, byte[]> more = new TreeMap<>(keys);
        byte[] ignored = more.put(newest() + 1, RandomKey.bytes());
        return new KeyVersions(more);
    }

    /** Number of the newest. */
    public int newest() {
        return keys.lastKey();
    }

    /** All numbers, in order. */
    public SortedSet<Integer> versions() {
        return Collections.unmodifiableSortedSet(new TreeSet<>(keys.keySet()));
    }

    /**
     * One of them.
     *
     * @throws IllegalArgumentException when there is none of this version
     */
    public byte[] key(int version) {
        byte[] key = keys.get(version);
        if (key == null) {
            throw new IllegalArgumentException("there is no key of version " + version);
        }
        return key.clone();
    }

    /** Whether nothing that {@code older} can make or read is lost with these: they have all its keys. */
    public boolean contains(KeyVersions older) {
        return older.keys.entrySet().stream().allMatch(key -> Arrays.equals(keys.get(key.getKey()), key.getValue()));
    }

    /** The numbers only. */
    @Override
    public String toString() {
        return "keys " + keys.keySet();
    }
}
