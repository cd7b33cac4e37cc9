// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.vault;

import io.contextgraph.event.Json;
import io.contextgraph.privacy.vault.VaultDouble.Reply;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The engine KV 2 of a {@link VaultDouble}. */
final class KvDouble {
    private static final String TIME = "2026-03-01T12:00:00.000000Z";
    private static final int MOST_VERSIONS = 10;

    private final NavigableMap<String, Entry> entries = new TreeMap<>();

    private String deleteVersionAfter = "0s";

    private static final class Entry {
        private final SortedMap<Integer, Version> versions = new TreeMap<>();
        private int current;
    }

    private static final class Version {
        private @Nullable JsonNode data;
        private boolean deleted;
        private boolean destroyed;
    }

    synchronized Reply answer(String method, String path, JsonNode body) {
        int slash = path.indexOf('/');
        String kind = slash < 0 ? path : path.substring(0, slash);
        String name = slash < 0 ? "" : path.substring(slash + 1);
        boolean write = method.equals("POST") || method.equals("PUT");
        return switch (kind + " " + (write ? "WRITE" : method)) {
            case "config GET" ->
                Reply.data(Json.MAPPER
                        .createObjectNode()
                        .put("cas_required", false)
                        .put("delete_version_after", deleteVersionAfter)
                        .put("max_versions", 0));
            case "data GET" -> read(name);
            case "data WRITE" -> write(name, body);
            case "data DELETE" -> delete(name);
            case "destroy WRITE" -> destroy(name, body.path("versions"));
            case "metadata GET" -> metadata(name);
            case "metadata LIST" -> list(name);
            case "metadata DELETE" -> forget(name);
            default -> Reply.error(405, "unsupported operation");
        };
    }

    private static ObjectNode about(int number, Version version) {
        ObjectNode metadata = Json.MAPPER
                .createObjectNode()
                .put("version", number)
                .put("created_time", TIME)
                .put("deletion_time", version.deleted ? TIME : "")
                .put("destroyed", version.destroyed);
        return metadata.putNull("custom_metadata");
    }

    private Reply read(String name) {
        Entry entry = entries.get(name);
        Version version = entry == null ? null : entry.versions.get(entry.current);
        if (entry == null || version == null) {
            return Reply.error(404);
        }
        ObjectNode data = Json.MAPPER.createObjectNode();
        JsonNode content = version.deleted || version.destroyed ? null : version.data;
        data.set("data", content == null ? Json.MAPPER.nullNode() : content);
        data.set("metadata", about(entry.current, version));
        Reply reply = Reply.data(data);
        return content == null ? new Reply(404, reply.body()) : reply;
    }

    private Reply write(String name, JsonNode body) {
        if (!body.path("data").isObject()) {
            return Reply.error(400, "no data provided");
        }
        Entry known = entries.get(name);
        int current = known == null ? 0 : known.current;
        JsonNode cas = body.path("options").path("cas");
        if (!cas.isMissingNode() && cas.asInt() != current) {
            return Reply.error(400, "check-and-set parameter did not match the current version");
        }
        Entry entry = entries.computeIfAbsent(name, unknown -> new Entry());
        Version version = new Version();
        version.data = body.path("data");
        entry.current++;
        Version ignored = entry.versions.put(entry.current, version);
        while (entry.versions.size() > MOST_VERSIONS) {
            Version gone = entry.versions.remove(entry.versions.firstKey());
            if (gone != null) {
                gone.data = null;
            }
        }
        return Reply.data(about(entry.current, version));
    }

    private Reply delete(String name) {
        Entry entry = entries.get(name);
        Version version = entry == null ? null : entry.versions.get(entry.current);
        if (version != null) {
            version.deleted = true;
        }
        return Reply.nothing();
    }

    private Reply destroy(String name, JsonNode versions) {
        if (versions.isEmpty()) {
            return Reply.error(400, "no version number provided");
        }
        Entry entry = entries.get(name);
        for (JsonNode number : versions) {
            Version version = entry == null ? null : entry.versions.get(number.asInt());
            if (version != null) {
                version.destroyed = true;
                version.data = null;
            }
        }
        return Reply.nothing();
    }

    private Reply metadata(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            return Reply.error(404);
        }
        ObjectNode versions = Json.MAPPER.createObjectNode();
        entry.versions.forEach((number, version) -> versions.set(Integer.toString(number), about(number, version)));
        ObjectNode data = Json.MAPPER
                .createObjectNode()
                .put("cas_required", false)
                .put("current_version", entry.current)
                .put("delete_version_after", "0s")
                .put("max_versions", 0)
                .put("oldest_version", 0);
        data.set("versions", versions);
        return Reply.data(data);
    }

    private Reply list(String name) {
        String folder = name.isEmpty() || name.endsWith("/") ? name : name + "/";
        TreeSet<String> below = new TreeSet<>();
        for (String each : entries.keySet()) {
            if (each.startsWith(folder)) {
                int slash = each.indexOf('/', folder.length());
                boolean ignored = below.add(each.substring(folder.length(), slash < 0 ? each.length() : slash + 1));
            }
        }
        if (below.isEmpty()) {
            return Reply.error(404);
        }
        ObjectNode data = Json.MAPPER.createObjectNode();
        var keys = data.putArray("keys");
        below.forEach(keys::add);
        return Reply.data(data);
    }

    private Reply forget(String name) {
        Entry ignored = entries.remove(name);
        return Reply.nothing();
    }

    /** As an operator sets it for all of the mount. */
    synchronized void deleteVersionAfter(String time) {
        deleteVersionAfter = time;
    }

    /** As one that is mounted anew. */
    synchronized void clear() {
        entries.clear();
    }

    /** Everything that is kept, in any version, as text. */
    synchronized String everything() {
        StringBuilder all = new StringBuilder();
        entries.forEach((name, entry) -> {
            all.append(name).append('\n');
            entry.versions.values().forEach(version -> all.append(version.data).append('\n'));
        });
        return all.toString();
    }
}
