// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.access;

import io.contextgraph.access.AccessKey;
import io.contextgraph.access.KeyHash;
import io.contextgraph.access.KeyRole;
import io.contextgraph.event.Json;
import io.contextgraph.event.Times;
import io.contextgraph.ledger.redis.client.RedisErrors;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The text under which a key is kept. The same key always has the same text. */
final class KeyRecord {
    private static final String HASH = "sha256";
    private static final String ROLES = "roles";
    private static final String CREATED = "created_at";
    private static final String EXPIRES = "expires_at";
    private static final String REVOKED = "revoked_at";
    private static final String PREVIOUS = "previous_sha256";
    private static final String PREVIOUS_UNTIL = "previous_until";
    private static final String REQUESTS = "requests_per_second";
    private static final String BYTES = "bytes_per_second";

    private KeyRecord() {}

    static String write(AccessKey key) {
        ObjectNode json = Json.MAPPER.createObjectNode().put(HASH, key.hash().hex());
        ArrayNode roles = json.putArray(ROLES);
        key.roles().stream().sorted().forEach(role -> roles.add(role.wireName()));
        json.put(CREATED, Times.format(key.createdAt()));
        key.expiresAt().ifPresent(at -> json.put(EXPIRES, Times.format(at)));
        key.revokedAt().ifPresent(at -> json.put(REVOKED, Times.format(at)));
        key.previous()
                .ifPresent(previous ->
                        json.put(PREVIOUS, previous.hash().hex()).put(PREVIOUS_UNTIL, Times.format(previous.until())));
        key.limits().requestsPerSecond().ifPresent(count -> json.put(REQUESTS, count));
        key.limits().bytesPerSecond().ifPresent(count -> json.put(BYTES, count));
        return Json.MAPPER.writeValueAsString(json);
    }

    /** @throws io.contextgraph.ledger.LedgerException when it is damaged: who it would let in, nobody knows */
    static AccessKey read(String name, String record) {
        try {
            JsonNode json = Json.MAPPER.readTree(record);
            Optional<Instant> until = at(json, PREVIOUS_UNTIL);
            return new AccessKey(
                    name,
                    KeyHash.ofHex(json.path(HASH).asString()),
                    roles(json.path(ROLES)),
                    at(json, CREATED).orElse(Instant.EPOCH),
                    at(json, EXPIRES),
                    at(json, REVOKED),
                    until.map(end -> new AccessKey.Previous(
                            KeyHash.ofHex(json.path(PREVIOUS).asString()), end)),
                    new AccessKey.Limits(number(json, REQUESTS), number(json, BYTES)));
        } catch (JacksonException | IllegalArgumentException | DateTimeException damaged) {
            throw RedisErrors.corrupt("the record of the access key " + name + " is damaged: " + damaged.getMessage());
        }
    }

    private static Set<KeyRole> roles(JsonNode names) {
        Set<KeyRole> roles = EnumSet.noneOf(KeyRole.class);
        names.forEach(role -> KeyRole.parse(role.asString()).ifPresent(roles::add));
        return roles;
    }

    private static Optional<Instant> at(JsonNode json, String field) {
        return json.has(field) ? Optional.of(Instant.parse(json.path(field).asString())) : Optional.empty();
    }

    private static OptionalLong number(JsonNode json, String field) {
        return json.has(field) ? OptionalLong.of(json.path(field).asLong()) : OptionalLong.empty();
    }

    /** A time as it is written; empty for any other text. */
    static Optional<Instant> time(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeException damaged) {
            return Optional.empty();
        }
    }
}
