// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.local;

import io.contextgraph.privacy.key.ExactBase64;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import io.contextgraph.privacy.key.KeyVersions;
import io.contextgraph.privacy.key.KeyWrapper;
import io.contextgraph.privacy.key.SealingKey;
import io.contextgraph.privacy.key.WrappedKey;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Wraps by keys that the operator keeps in a {@link KeyFile} or in the environment.
 *
 * <p><b>Shape.</b> The ciphertext is that of {@link SealingKey}, in base64.
 *
 * <p><b>Guarantees.</b> A version that is taken out of the file when nothing is wrapped by it any more makes unreadable
 * whatever is left of older wrapped keys: on a disk, in a backup.
 */
public final class LocalKeyWrapper implements KeyWrapper {
    /** Name of the wrapping key. */
    static final String NAME = "local";

    private static final byte[] TRIAL = {1, 2, 3};

    private final String source;
    private final Optional<Path> file;
    private volatile Keys keys;

    /**
     * Of keys that were read.
     *
     * @param source where they are from, for people
     */
    public LocalKeyWrapper(KeyVersions keys, String source) {
        this(keys, source, Optional.empty());
    }

    private LocalKeyWrapper(KeyVersions keys, String source, Optional<Path> file) {
        this.source = source;
        this.file = file;
        this.keys = Keys.of(keys);
    }

    /** Of a file, which is read again where something was wrapped by a version that it did not have: somebody has rotated it. */
    public static LocalKeyWrapper ofFile(Path file) {
        return new LocalKeyWrapper(KeyFile.read(file), file.toString(), Optional.of(file));
    }

    private record Keys(SortedMap<Integer, SealingKey> byVersion) {
        static Keys of(KeyVersions versions) {
            SortedMap<Integer, SealingKey> sealing = new TreeMap<>();
            for (int version : versions.versions()) {
                SealingKey ignored = sealing.put(version, SealingKey.consume(versions.key(version)));
            }
            return new Keys(sealing);
        }
    }

    /** Goes on with other keys: after a rotation, or when an old one is to go. */
    public void renew(KeyVersions newer) {
        keys = Keys.of(newer);
    }

    @Override
    public WrappedKey wrap(byte[] dataKey, byte[] associatedData) {
        return wrap(keys.byVersion(), dataKey, associatedData);
    }

    private static WrappedKey wrap(SortedMap<Integer, SealingKey> now, byte[] dataKey, byte[] associatedData) {
        int newest = now.lastKey();
        byte[] sealed = now.sequencedValues().getLast().seal(dataKey, associatedData);
        return new WrappedKey(NAME, newest, Base64.getEncoder().encodeToString(sealed));
    }

    @Override
    public byte[] unwrap(WrappedKey wrapped, byte[] associatedData) {
        if (!wrapped.wrapper().equals(NAME)) {
            throw new KeyServiceException(
                    Reason.REFUSED,
                    "a data key was wrapped by " + wrapped.wrapper() + ", and the keys here are of " + describe()
                            + ": set the wrapper that was used");
        }
        SealingKey key = keys.byVersion().get(wrapped.version());
        if (key == null && file.isPresent()) {
            renew(KeyFile.read(file.get()));
            key = keys.byVersion().get(wrapped.version());
        }
        if (key == null) {
            throw new KeyServiceException(
                    Reason.REFUSED,
                    "a data key was wrapped by version " + wrapped.version() + ", which is not in " + source
                            + ": bring that version back");
        }
        SealingKey opens = key;
        return decoded(wrapped)
                .flatMap(bytes -> opens.open(bytes, associatedData))
                .orElseThrow(() -> new KeyServiceException(
                        Reason.DAMAGED,
                        "a wrapped data key cannot be unwrapped by version " + wrapped.version() + " of " + source
                                + ": it was altered, is of another subject, or that version is another key"));
    }

    private static Optional<byte[]> decoded(WrappedKey wrapped) {
        try {
            return Optional.of(ExactBase64.decode(wrapped.ciphertext()));
        } catch (IllegalArgumentException altered) {
            return Optional.empty();
        }
    }

    @Override
    public WrappedKey rewrap(WrappedKey wrapped, byte[] associatedData) {
        SortedMap<Integer, SealingKey> now = keys.byVersion();
        if (wrapped.wrapper().equals(NAME) && wrapped.version() == now.lastKey()) {
            return wrapped;
        }
        byte[] dataKey = unwrap(wrapped, associatedData);
        try {
            return wrap(now, dataKey, associatedData);
        } finally {
            Arrays.fill(dataKey, (byte) 0);
        }
    }

    @Override
    public void probe() {
        byte[] ignored = unwrap(wrap(TRIAL, TRIAL), TRIAL);
    }

    @Override
    public String describe() {
        return "version " + keys.byVersion().lastKey() + " of " + source;
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
