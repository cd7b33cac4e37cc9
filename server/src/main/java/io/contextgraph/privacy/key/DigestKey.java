// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import java.nio.charset.StandardCharsets;

/**
 * Makes digests of what is said about persons, for places that are not sealed: whoever does not have the key cannot tell
 * whether a digest is that of a text which they guess, also when the text itself was erased.
 *
 * <p><b>Guarantees.</b> The same person and text have the same digest for as long as the first key of pseudonyms is kept,
 * whatever newer ones there are. The same text about another person has another digest, and no digest is a pseudonym.
 *
 * <p><b>Threads.</b> Safe.
 */
public final class DigestKey {
    private static final String PERSON_LABEL = "Context Graph digests of a person 1";
    private static final String TEXT_LABEL = "Context Graph digest 1";

    private final byte[] key;

    DigestKey(byte[] key) {
        this.key = key.clone();
    }

    /** What makes the digests about one person. */
    public OfPerson of(SubjectId person) {
        return new OfPerson(
                Pseudonyms.hash(key.clone(), PERSON_LABEL, person.value().getBytes(StandardCharsets.UTF_8)));
    }

    /** Makes the digests about one person. */
    public static final class OfPerson {
        private final byte[] key;

        private OfPerson(byte[] key) {
            this.key = key;
        }

        /** 32 bytes. */
        public byte[] digest(byte[] text) {
            return Pseudonyms.hash(key.clone(), TEXT_LABEL, text);
        }
    }
}
