// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Json;
import io.contextgraph.event.Payload;
import io.contextgraph.ledger.personal.SealedForm;
import java.util.NoSuchElementException;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The sealed payload of an event, as Redis holds it.
 *
 * <p><b>Shape.</b> {@code {"pseudonym":"p1_...","seq":7,"sealed":{...}}}, as the append script writes it.
 *
 * @param seq the number of the event
 */
public record SealedDocument(long seq, SealedForm form) {
    /** Names of its members. */
    public static final String PSEUDONYM = "pseudonym";

    public static final String SEQ = "seq";
    static final String SEALED = "sealed";

    /** The text. */
    public String json() {
        return "{\"" + PSEUDONYM + "\":\"" + form.subject() + "\",\"" + SEQ + "\":" + seq + ",\"" + SEALED + "\":"
                + form.payload().json() + "}";
    }

    /** What is sealed, whatever else the text says; empty where that is not readable. */
    public static Optional<SealedForm> formOf(String text) {
        try {
            return form(Json.MAPPER.readTree(text));
        } catch (JacksonException | IllegalArgumentException damaged) {
            return Optional.empty();
        }
    }

    private static Optional<SealedForm> form(JsonNode json) {
        return SealedForm.parse(new Payload(Json.MAPPER.writeValueAsString(json.required(SEALED))));
    }

    /**
     * Reads the text.
     *
     * @throws io.contextgraph.ledger.LedgerException when it is not one
     */
    public static SealedDocument of(EventId id, String text) {
        try {
            JsonNode json = Json.MAPPER.readTree(text);
            SealedForm form = form(json).orElseThrow();
            if (!form.subject().value().equals(json.required(PSEUDONYM).stringValue())) {
                throw new NoSuchElementException("it is sealed for another subject than it names");
            }
            return new SealedDocument(json.required(SEQ).longValue(), form);
        } catch (JacksonException | IllegalArgumentException | NoSuchElementException damaged) {
            throw RedisErrors.corrupt("the sealed payload of event " + id + " is not readable", damaged);
        }
    }
}
