// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import io.contextgraph.event.SessionId;
import io.contextgraph.graph.DigestPage;
import io.contextgraph.graph.DigestPage.Place;
import io.contextgraph.graph.SessionDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.neo4j.driver.Record;
import org.neo4j.driver.SimpleQueryRunner;

/** Reads one page of sums: what is left of the session that the last page ended in, and the sessions after it. */
final class DigestRead {
    private final SimpleQueryRunner tx;
    private final List<SessionDigest> found = new ArrayList<>();
    private long left;
    private @Nullable Place last;

    DigestRead(SimpleQueryRunner tx, int max) {
        this.tx = tx;
        this.left = max;
    }

    DigestPage run(Optional<Place> after) {
        after.ifPresent(place -> {
            read(AuditStatements.DIGESTS_OF_MOMENT, place);
            read(AuditStatements.DIGESTS_OF_SESSION, place);
        });
        read(AuditStatements.DIGESTS_OF_OTHERS, after.orElse(null));
        return new DigestPage(found, left > 0 ? Optional.empty() : Optional.ofNullable(last));
    }

    private void read(String statement, @Nullable Place from) {
        if (left > 0) {
            Map<String, Object> place = from == null
                    ? Map.of("session", "", "limit", left)
                    : Map.of(
                            "session", from.session().value(),
                            "ms", from.millis(),
                            "seq", from.seq(),
                            "limit", left);
            tx.run(statement, place).forEachRemaining(this::take);
        }
    }

    private void take(Record row) {
        SessionId session = new SessionId(row.get("session").asString());
        found.add(new SessionDigest(
                session,
                row.get("events").asLong(),
                row.get("nodes").asLong(),
                row.get("edges").asLong(),
                row.get("links").asLong()));
        last = new Place(
                session, row.get("last").get(0).asLong(), row.get("last").get(1).asLong());
        left -= row.get("seen").asLong();
    }
}
