// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import java.time.Instant;

/** Whether what is said of a subject can be sealed or opened. */
public sealed interface SubjectKey {
    /** It can, with this key. */
    record Usable(DataKey key) implements SubjectKey {}

    /**
     * Nobody can ever do so again: the subject was, or is being, erased.
     *
     * @param id of the key
     * @param at when its erasure was meant
     */
    record Forgotten(KeyId id, Instant at) implements SubjectKey {}
}
