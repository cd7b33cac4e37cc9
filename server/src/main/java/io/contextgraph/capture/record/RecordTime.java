// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.record;

import io.contextgraph.event.Times;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** When a record says that it was. */
public final class RecordTime {
    /** More seconds than this are milliseconds: seconds would be beyond the year 5138, milliseconds are from 1973 on. */
    private static final BigDecimal MOST_SECONDS = BigDecimal.valueOf(100_000_000_000L);

    private static final BigDecimal MOST_MILLIS = MOST_SECONDS.movePointRight(3);

    private RecordTime() {}

    /** RFC 3339, or the same without a zone, which is read as UTC. */
    public static Optional<Instant> of(JsonNode node) {
        if (!node.isString()) {
            return Optional.empty();
        }
        String text = node.stringValue();
        Optional<Instant> withOffset = Times.parse(text);
        if (withOffset.isPresent()) {
            return withOffset;
        }
        try {
            return Optional.of(LocalDateTime.parse(text.replace(' ', 'T')).toInstant(ZoneOffset.UTC));
        } catch (DateTimeException notATime) {
            return Optional.empty();
        }
    }

    /** The same, or a number of seconds since 1970, or of milliseconds. */
    public static Optional<Instant> orNumber(JsonNode node) {
        if (!node.isNumber()) {
            return of(node);
        }
        BigDecimal number = node.decimalValue();
        BigDecimal millis = number.compareTo(MOST_SECONDS) < 0 ? number.movePointRight(3) : number;
        return number.signum() >= 0 && millis.compareTo(MOST_MILLIS) < 0
                ? Optional.of(Instant.ofEpochMilli(millis.longValue()))
                : Optional.empty();
    }
}
