// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
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
    private static final int FINGERPRINT_BYTES = 8;

    private final Supplier<KeyVersions> source;
    private volatile KeyVersions keys;

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
        this.keys = keys;
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
     * Goes on with more keys: whoever erases has them read anew first, so that no generation is left out.
     *
     * @throws KeyServiceException of the reason REFUSED when one that is known would be lost or changed: those whom it names
     *     could not be found any more
     */
    synchronized void renew(KeyVersions newer) {
        if (!newer.contains(keys)) {
            throw new KeyServiceException(
                    KeyServiceException.Reason.REFUSED,
                    "the keys of pseudonyms lack generations that were there, or have others under their numbers ("
                            + newer + " instead of " + keys + "): bring back the file that had all of them");
        }
        keys = newer;
    }

    /** What stands for a subject in what is written now. */
    public Pseudonym of(SubjectId subject) {
        KeyVersions now = keys;
        return make(now, now.newest(), subject);
    }

    /** All that may stand for a subject, of the newest generation first. */
    public List<Pseudonym> all(SubjectId subject) {
        KeyVersions now = keys;
        List<Pseudonym> all = new ArrayList<>();
        for (int generation : now.versions().reversed()) {
            all.add(make(now, generation, subject));
        }
        return List.copyOf(all);
    }

    /** The generations there are. */
    public SortedSet<Integer> generations() {
        return new TreeSet<>(keys.versions());
    }

    /**
     * Tells the key of a generation from any other, and nothing of it: servers that name subjects for one ledger must agree.
     *
     * @throws IllegalArgumentException when there is no such generation
     */
    public String fingerprint(int generation) {
        byte[] key = keys.key(generation);
        return HexFormat.of().formatHex(hash(key, FINGERPRINT_LABEL, new byte[0]), 0, FINGERPRINT_BYTES);
    }

    private static Pseudonym make(KeyVersions keys, int generation, SubjectId subject) {
        byte[] id = subject.value().getBytes(StandardCharsets.UTF_8);
        return new Pseudonym(
                generation, HexFormat.of().formatHex(hash(keys.key(generation), LABEL, id), 0, Pseudonym.DIGITS / 2));
    }

    /** Overwrites the key. */
    private static byte[] hash(byte[] key, String label, byte[] content) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            return mac.doFinal(AssociatedData.of(label, content));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }
}
