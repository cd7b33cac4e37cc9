// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

/** What comes of an erasure that was asked for. */
public sealed interface ErasureOutcome {
    /** Nothing is known of such a person: no key, no payload, no erasure. Nothing was written. */
    record Unknown() implements ErasureOutcome {}

    /** It has not begun, as sessions of the person are held; once they are released it goes on when it is asked for again. */
    record Held(ErasureReport report) implements ErasureOutcome {}

    /** The person is erased, now or already. */
    record Erased(ErasureReport report, ErasureReceipt receipt) implements ErasureOutcome {}
}
