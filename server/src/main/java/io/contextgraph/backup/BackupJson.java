// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.backup;

import io.contextgraph.backup.Backup.Trial;
import io.contextgraph.event.EventFields;
import io.contextgraph.event.Json;
import io.contextgraph.event.Position;
import io.contextgraph.event.Times;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.snapshot.Snapshots.Store;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The JSON of backups: of manifests, and of what commands print. */
public final class BackupJson {
    private static final String MODULES = "modules";
    private static final String SUMMED = "rdb_checksum";

    private BackupJson() {}

    /** As the manifest has it. */
    public static ObjectNode of(Backup backup) {
        ObjectNode json = Json.MAPPER
                .createObjectNode()
                .put("format", 1)
                .put("id", backup.id())
                .put("taken_at", Times.format(backup.at()))
                .put("version", backup.version())
                .put("ledger_id", backup.ledger())
                .put("partition", backup.partition())
                .put("epoch", backup.epoch())
                .put("seq", backup.head().seq())
                .put(EventFields.GLOBAL_POSITION, backup.head().position().toString());
        Store store = backup.store();
        ObjectNode redis = json.putObject("store")
                .put("product", store.product())
                .put("version", store.version())
                .put("database", store.database())
                .put("prefix", store.prefix());
        ObjectNode modules = redis.putObject(MODULES);
        new TreeMap<>(store.modules()).forEach(modules::put);
        ObjectNode ignored = json.putArray("files")
                .addObject()
                .put("name", BackupShelf.SNAPSHOT)
                .put("bytes", backup.bytes())
                .put("sha256", backup.sha256())
                .put(SUMMED, backup.summed());
        json.set("verification", of(backup.trial()));
        return json;
    }

    static ObjectNode of(Trial trial) {
        ObjectNode json = Json.MAPPER
                .createObjectNode()
                .put("verified", trial.verified())
                .put("at", Times.format(trial.at()))
                .put("detail", trial.detail());
        ObjectNode ignored = trial.head()
                .map(head -> json.put("seq", head.seq())
                        .put(EventFields.GLOBAL_POSITION, head.position().toString()))
                .orElse(json);
        return json;
    }

    /** As {@link #backups} reads it. */
    public static ObjectNode of(List<Backup> backups) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        ArrayNode array = json.putArray("backups");
        backups.forEach(backup -> array.add(of(backup)));
        return json;
    }

    /** Reads what {@link #of(List)} has written; leaves out what it does not know. */
    public static List<Backup> backups(JsonNode json) {
        return json.required("backups")
                .valueStream()
                .flatMap(one -> backup(one).stream())
                .toList();
    }

    /** Reads a manifest; empty for anything else. */
    static Optional<Backup> backup(String text) {
        try {
            return backup(Json.MAPPER.readTree(text));
        } catch (JacksonException other) {
            return Optional.empty();
        }
    }

    /** The same. */
    public static Optional<Backup> backup(JsonNode json) {
        try {
            JsonNode store = json.required("store");
            JsonNode file = json.required("files").required(0);
            Map<String, String> modules = new TreeMap<>();
            store.required(MODULES).forEachEntry((name, version) -> modules.put(name, version.stringValue()));
            return Optional.of(new Backup(
                    json.required("id").stringValue(),
                    Times.parse(json.required("taken_at").stringValue()).orElseThrow(),
                    json.required("version").stringValue(),
                    json.required("ledger_id").stringValue(),
                    json.required("partition").intValue(),
                    json.required("epoch").longValue(),
                    head(json),
                    new Store(
                            store.required("product").stringValue(),
                            store.required("version").stringValue(),
                            modules,
                            store.required("database").intValue(),
                            store.required("prefix").stringValue()),
                    file.required("bytes").longValue(),
                    file.required("sha256").stringValue(),
                    file.required(SUMMED).booleanValue(),
                    trial(json.required("verification"))));
        } catch (JacksonException | IllegalArgumentException | NoSuchElementException other) {
            return Optional.empty();
        }
    }

    static Optional<Trial> trial(String text) {
        try {
            return Optional.of(trial(Json.MAPPER.readTree(text)));
        } catch (JacksonException | IllegalArgumentException | NoSuchElementException other) {
            return Optional.empty();
        }
    }

    private static Head head(JsonNode json) {
        return new Head(
                json.required("seq").longValue(),
                Position.of(json.required(EventFields.GLOBAL_POSITION).stringValue()));
    }

    private static Trial trial(JsonNode json) {
        return new Trial(
                json.required("verified").booleanValue(),
                Times.parse(json.required("at").stringValue()).orElseThrow(),
                json.required("detail").stringValue(),
                json.has("seq") ? Optional.of(head(json)) : Optional.empty());
    }
}
