// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy;

import io.contextgraph.event.EventId;
import io.contextgraph.privacy.key.AssociatedData;
import io.contextgraph.privacy.key.DataKey;

/**
 * Seals payloads, and opens them.
 *
 * <p><b>Guarantees.</b> What was sealed opens only under the same event, pseudonym and generation, and only as it was: one bit
 * changed anywhere is noticed. Sealing the same twice gives two ciphertexts.
 *
 * <p><b>Threads.</b> Safe.
 */
public final class Sealer {
    private static final String LABEL = "Context Graph payload 1";

    private Sealer() {}

    /**
     * Seals a payload.
     *
     * @param event whose it is
     * @param plain its JSON in UTF-8; nothing where the event brought none
     */
    public static SealedPayload seal(DataKey key, EventId event, byte[] plain) {
        return new SealedPayload(key.id().pseudonym(), key.id().generation(), key.seal(plain, belonging(key, event)));
    }

    /**
     * Opens a payload.
     *
     * @param key of the subject and generation that it names
     * @param event whose it is
     * @throws SealBrokenException when it is not what was sealed for this event by this key
     */
    public static byte[] open(DataKey key, EventId event, SealedPayload payload) {
        if (!key.id().pseudonym().equals(payload.subject()) || key.id().generation() != payload.generation()) {
            throw new SealBrokenException(
                    "the payload of " + event + " is " + payload + ", and cannot be opened by " + key);
        }
        return key.open(payload.ciphertext(), belonging(key, event))
                .orElseThrow(() -> new SealBrokenException("the payload of " + event + " is " + payload
                        + ", and does not open: it was altered or belongs to another event, or the key was lost and"
                        + " another made"));
    }

    /** Another text for any two of them that differ in anything. */
    private static byte[] belonging(DataKey key, EventId event) {
        return AssociatedData.of(
                LABEL,
                event.toString(),
                key.id().pseudonym().toString(),
                Integer.toString(key.id().generation()));
    }
}
