// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.personal;

/** A sealed payload was to be deleted whose key no fence covers: new ones could be sealed by that key. */
public final class UnfencedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UnfencedException(SubjectPseudonym subject) {
        super("payloads of " + subject + " are sealed by a key that its fence does not cover: raise the fence first");
    }
}
