// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.remote;

import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.DroppedEntry;
import io.contextgraph.ledger.ParkedEntry;
import io.contextgraph.ledger.ParkedId;
import io.contextgraph.ledger.Parking;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.wire.ParkedJson;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/** What a server has parked. Pages follow each other: a cursor is that of the page before. */
final class RemoteParking implements Parking {
    private static final String PARKED = "/v1/admin/parked";
    private static final int PAGE = 1000;

    private final Api api;
    private final Supplier<List<Partition>> partitions;
    private volatile Ended ended = new Ended("", "", "");

    /** @param partitions of the ledger */
    RemoteParking(Api api, Supplier<List<Partition>> partitions) {
        this.api = api;
        this.partitions = partitions;
    }

    /** Where the last page of a list ended, and how the server calls that. */
    private record Ended(String path, String id, String cursor) {}

    @Override
    public List<ParkedEntry> list(Optional<ParkedId> after, int max) {
        return page(PARKED, "parked", after, max, json -> ParkedJson.entry(json, this::at));
    }

    @Override
    public List<DroppedEntry> dropped(Optional<ParkedId> after, int max) {
        return page(PARKED + "/dropped", "dropped", after, max, json -> ParkedJson.dropped(json, this::at));
    }

    private Optional<RecordedEvent> at(Position position, long seq) {
        List<Partition> all = partitions.get();
        return all.get(position.among(all.size()).orElseThrow()).order().read(seq - 1, 1).stream()
                .filter(event -> event.seq() == seq)
                .findFirst();
    }

    private <T> List<T> page(String path, String name, Optional<ParkedId> after, int max, Function<JsonNode, T> read) {
        Map<String, String> parameters = new HashMap<>(Map.of("limit", Integer.toString(Math.clamp(max, 1, PAGE))));
        if (after.isPresent()) {
            Ended before = ended;
            if (!before.path().equals(path) || !before.id().equals(after.get().toString())) {
                throw new IllegalArgumentException("a page of what is parked follows the one before: " + after.get());
            }
            if (before.cursor().isEmpty()) {
                return List.of();
            }
            parameters.put("cursor", before.cursor());
        }
        JsonNode answer = api.get(path, parameters);
        JsonNode entries = answer.required(name);
        if (!entries.isEmpty()) {
            String lastId = entries.get(entries.size() - 1).required("id").stringValue();
            ended = new Ended(path, lastId, answer.at("/pagination/cursor").asString(""));
        }
        return entries.valueStream().map(read).toList();
    }

    /** The entries named, as they are parked now. */
    Map<ParkedId, ParkedEntry> named(Collection<ParkedId> ids) {
        Set<ParkedId> wanted = Set.copyOf(ids);
        Map<ParkedId, ParkedEntry> found = new HashMap<>();
        List<ParkedEntry> page = list(Optional.empty(), PAGE);
        while (!page.isEmpty() && found.size() < wanted.size()) {
            page.stream().filter(entry -> wanted.contains(entry.id())).forEach(entry -> found.put(entry.id(), entry));
            page = list(Optional.of(page.getLast().id()), PAGE);
        }
        return found;
    }

    @Override
    public Optional<ParkedEntry> find(ParkedId id) {
        return Optional.ofNullable(named(List.of(id)).get(id));
    }

    @Override
    public boolean release(ParkedId id) {
        throw RemoteLedger.unsupported();
    }

    @Override
    public boolean drop(ParkedId id, String reason) {
        return RemoteLedger.found("not_parked", () -> api.delete(PARKED + "/" + id, Map.of("reason", reason)))
                .isPresent();
    }
}
