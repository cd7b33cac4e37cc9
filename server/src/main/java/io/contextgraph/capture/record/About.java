// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.record;

import io.contextgraph.privacy.key.SubjectId;
import java.util.Optional;

/**
 * Whom a record is about, and how its digests are made.
 *
 * @param person empty for nobody
 * @param digest keyed where it is about a person: digests stand where nothing is sealed
 */
public record About(Optional<SubjectId> person, RecordDigest digest) {
    /** About nobody. */
    public static final About NOBODY = new About(Optional.empty(), RecordDigest.PLAIN);

    /** Whether it is about a person. */
    public boolean isPersonal() {
        return person.isPresent();
    }
}
