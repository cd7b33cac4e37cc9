// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes pseudonyms of subjects, by a keyed hash: who does not have the key cannot tell whether a pseudonym is of somebody
 * they know.
 *
 * <p><b>Guarantees.</b> The same id has the same pseudonym in a generation, for as long as its key is kept. A new generation
 * renames nothing: what was written under an older one stays, and {@link #all} finds it.
 *
 * <p><b>Threads.</b> Safe.
 */
public final class Pseudonyms {
    private static final String ALGORITHM = "HmacSHA256";
    private static final String LABEL = "Context Graph pseudonym 1";
    private static final String FINGERPRINT_LABEL = "Context Graph fingerprint 1";
    private static final String DIGESTS_LABEL = "Context Graph digests 1";
    private static final int FINGERPRINT_BYTES = 8;

    private final Supplier<KeyVersions> source;
    private volatile Makers makers;

    /** @param keys one for each generation: there are no others */
    public Pseudonyms(KeyVersions keys) {
        this(keys, () -> keys);
    }

    /**
     * Of keys that others may rotate.
     *
     * @param keys one for each generation, as they were read
     * @param source reads them again
     */
    public Pseudonyms(KeyVersions keys, Supplier<KeyVersions> source) {
        this.makers = Makers.of(keys);
        this.source = source;
    }

    /**
     * Goes on with the keys that there are now: see {@link #renew(KeyVersions)}.
     *
     * @throws KeyServiceException when they cannot be read, or lack some
     */
    public void renew() {
        renew(source.get());
    }

    /**
     * What makes pseudonyms.
     *
     * @param newestFirst of each generation a hash that has its key, of which each use takes a copy: to set one up takes longer
     *     than to use it, and each event about a person has one made
     */
    private record Makers(KeyVersions keys, SequencedMap<Integer, Mac> newestFirst) {
        static Makers of(KeyVersions keys) {
            SequencedMap<Integer, Mac> macs = new LinkedHashMap<>();
            for (int generation : keys.versions().reversed()) {
                Mac ignored = macs.put(generation, keyed(keys.key(generation)));
            }
            return new Makers(keys, macs);
        }

        Pseudonym make(int generation, byte[] content) {
            byte[] hash = mac(generation).doFinal(content);
            return new Pseudonym(generation, HexFormat.of().formatHex(hash, 0, Pseudonym.DIGITS / 2));
        }

        private Mac mac(int generation) {
            try {
                return (Mac) Objects.requireNonNull(newestFirst.get(generation)).clone();
            } catch (CloneNotSupportedException ofAnotherProvider) {
                return keyed(keys.key(generation));
            }
        }
    }

    /**
     * Goes on with more keys: whoever erases has them read anew first, so that no generation is left out.
     *
     * @throws KeyServiceException of the reason REFUSED when one that is known would be lost or changed: those whom it names
     *     could not be found any more
     */
    synchronized void renew(KeyVersions newer) {
        KeyVersions keys = makers.keys();
        if (!newer.contains(keys)) {
            throw new KeyServiceException(
                    KeyServiceException.Reason.REFUSED,
                    "the keys of pseudonyms lack generations that were there, or have others under their numbers ("
                            + newer + " instead of " + keys + "): bring back the file that had all of them");
        }
        makers = Makers.of(newer);
    }

    /** What stands for a subject in what is written now. */
    public Pseudonym of(SubjectId subject) {
        Makers now = makers;
        return now.make(now.newestFirst().firstEntry().getKey(), content(subject));
    }

    /** All that may stand for a subject, of the newest generation first. */
    public List<Pseudonym> all(SubjectId subject) {
        Makers now = makers;
        byte[] content = content(subject);
        List<Pseudonym> all = new ArrayList<>();
        now.newestFirst().keySet().forEach(generation -> all.add(now.make(generation, content)));
        return List.copyOf(all);
    }

    private static byte[] content(SubjectId subject) {
        return AssociatedData.of(LABEL, subject.value().getBytes(StandardCharsets.UTF_8));
    }

    /** The generations there are. */
    public SortedSet<Integer> generations() {
        return new TreeSet<>(makers.keys().versions());
    }

    /**
     * Tells the key of a generation from any other, and nothing of it: servers that name subjects for one ledger must agree.
     *
     * @throws IllegalArgumentException when there is no such generation
     */
    public String fingerprint(int generation) {
        byte[] key = makers.keys().key(generation);
        return HexFormat.of().formatHex(hash(key, FINGERPRINT_LABEL, new byte[0]), 0, FINGERPRINT_BYTES);
    }

    /**
     * Makes digests of what is said about persons. It follows from the first of the keys, so that a newer one changes none
     * of them, and who has the same keys makes the same.
     */
    public DigestKey digests() {
        KeyVersions now = makers.keys();
        return new DigestKey(hash(now.key(now.versions().first()), DIGESTS_LABEL, new byte[0]));
    }

    /**
     * HMAC-SHA256 for one purpose.
     *
     * @param key overwritten
     * @param label says what for: what one makes is never what another one does
     */
    static byte[] hash(byte[] key, String label, byte[] content) {
        return keyed(key).doFinal(AssociatedData.of(label, content));
    }

    /** Overwrites the key. */
    private static Mac keyed(byte[] key) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            return mac;
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }
}
