// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.mend.Damage.Kind;
import io.contextgraph.ledger.personal.SubjectPseudonym;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.search.IdPages;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;

/**
 * First of all: every key, whether it has the type that it should; every document, whether its event has its number; and
 * where the ledger ends.
 */
final class KeyCheck {
    private static final String JSON = "ReJSON-RL";
    private static final String STREAM = "stream";
    private static final String STRING = "string";
    private static final String HASH = "hash";
    private static final String SET = "set";
    private static final String SORTED_SET = "zset";

    private static final String FILLED = "filled from the documents";
    private static final int MOST_DOUBTFUL = 100_000;
    private static final int PAGE_BYTES = Keys.IDS_PER_PAGE * Keys.ID_BYTES;

    private final MendRun run;
    private final RawLedger raw;
    private final Keys keys;
    private final Map<String, String> typeOfName = new HashMap<>();
    private final Map<String, String> typeOfBeginning = new HashMap<>();

    /** Documents that cannot be read, or whose number is another's, until their events are found elsewhere. */
    private final Set<EventId> doubtful = new LinkedHashSet<>();

    private final Claims claims;
    private final HeadCheck end;
    private final Set<Long> shortPages = new HashSet<>();

    KeyCheck(MendRun run) {
        this.run = run;
        this.raw = run.raw();
        this.keys = raw.keys();
        this.claims = new Claims(raw);
        this.end = new HeadCheck(run);
        boolean sets = raw.engine() == Engine.SORTED_SET;
        typeOfName.put(keys.ledger(), HASH);
        typeOfName.put(keys.sessions(), SORTED_SET);
        typeOfName.put(keys.types(), SET);
        typeOfName.put(keys.openErasures(), SET);
        typeOfName.put(keys.originals(), HASH);
        typeOfName.put(keys.parkedByGroup(), HASH);
        typeOfName.put(keys.operations(), HASH);
        typeOfName.put(keys.retention(), HASH);
        typeOfName.put(keys.behind(), HASH);
        typeOfName.put(keys.prunings(), HASH);
        typeOfName.put(keys.gone(), SORTED_SET);
        typeOfName.put(keys.holds(), HASH);
        typeOfName.put(keys.probe(), STREAM);
        typeOfBeginning.put(keys.documents(), sets ? STRING : JSON);
        typeOfBeginning.put(keys.prefix() + "payload:", STRING);
        typeOfBeginning.put(keys.prefix() + "events:", STREAM);
        typeOfBeginning.put(keys.prefix() + "session:", HASH);
        typeOfBeginning.put(keys.prefix() + "ids:", STRING);
        typeOfBeginning.put(keys.prefix() + "cold:", STRING);
        typeOfBeginning.put(keys.operationLock(""), STRING);
        typeOfBeginning.put(keys.feed(""), STREAM);
        typeOfBeginning.put(keys.lease(""), HASH);
        typeOfBeginning.put(keys.sealed(), sets ? STRING : JSON);
        typeOfBeginning.put(keys.erasures(), STRING);
        if (sets) {
            typeOfBeginning.put(keys.prefix() + "by:", SORTED_SET);
            typeOfBeginning.put(keys.subjects(), SORTED_SET);
        }
    }

    /** Documents of which nobody knows the event: what is in them stays, elsewhere. */
    void asideDoubtful() {
        for (EventId id : doubtful) {
            // It may have been pruned since.
            if (raw.exists(keys.document(id))) {
                run.aside(
                        Kind.ORPHAN,
                        keys.document(id),
                        "is a document of an event that neither streams nor numbers know");
            }
        }
    }

    /** Whether the page of a number has been told of. */
    boolean isOnShortPage(long seq) {
        return shortPages.contains(IdPages.page(seq));
    }

    /** The event of this document has been found elsewhere, so that the document is not of nobody. */
    void found(EventId id) {
        boolean ignored = doubtful.remove(id);
    }

    /** @return where the ledger ends, as its events say */
    Head run() {
        raw.scan(keys.prefix(), this::types);
        end.begin();
        run.pruned().settle();
        pages();
        raw.scan(keys.documents(), this::documents);
        end.settle();
        return end.check();
    }

    private void types(List<String> names) {
        List<String> types = raw.types(names);
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            Optional<String> wanted = wanted(name);
            if (wanted.isEmpty()) {
                run.other(isOurs(name) ? 0 : 1);
            } else if (!wanted.get().equals(types.get(i)) && !types.get(i).equals("none")) {
                run.aside(
                        Kind.FOREIGN_VALUE,
                        name,
                        "holds a " + types.get(i) + ", a ledger has a " + wanted.get() + " there");
            } else if (!isName(name)) {
                run.aside(Kind.ORPHAN, name, "has the name of no event, session or page");
            }
        }
    }

    private Optional<String> wanted(String name) {
        return Optional.ofNullable(typeOfName.get(name))
                .or(() -> typeOfBeginning.entrySet().stream()
                        .filter(known -> name.startsWith(known.getKey()))
                        .map(Map.Entry::getValue)
                        .findFirst());
    }

    /** Those whose type does not matter. */
    private boolean isOurs(String name) {
        return name.startsWith(keys.aside())
                || name.startsWith(keys.fences())
                || List.of(keys.accessKeys(), keys.accessUses()).contains(name)
                || name.startsWith(keys.round(""))
                || name.equals(keys.barrier());
    }

    private boolean isName(String name) {
        Predicate<String> id = text -> EventId.parse(text).isPresent();
        return Keys.after(keys.documents(), name).map(id::test).orElse(true)
                && Keys.after(keys.prefix() + "payload:", name).map(id::test).orElse(true)
                && (!name.startsWith(keys.sealed()) || keys.ofSealed(name).isPresent())
                && Keys.after(keys.subjects(), name)
                        .or(() -> Keys.after(keys.erasures(), name))
                        .map(subject -> SubjectPseudonym.parse(subject).isPresent())
                        .orElse(true)
                && Keys.after(keys.prefix() + "ids:", name)
                        .map(KeyCheck::isNumber)
                        .orElse(true);
    }

    private static boolean isNumber(String text) {
        return text.matches("0|[1-9]\\d{0,14}");
    }

    /** Pages are whole from their first id on. */
    private void pages() {
        List<Long> numbers = new ArrayList<>();
        raw.scan(
                keys.prefix() + "ids:",
                names -> names.stream()
                        .filter(raw::isUsable)
                        .map(name -> Keys.after(keys.prefix() + "ids:", name).orElseThrow())
                        .filter(KeyCheck::isNumber)
                        .forEach(number -> numbers.add(Long.parseLong(number))));
        for (long page : numbers) {
            String key = keys.ids(page);
            long length = raw.redis().call(client -> client.strlen(key));
            String size = "has " + length + " bytes, a page has " + PAGE_BYTES;
            if (length < PAGE_BYTES) {
                boolean ignored = shortPages.add(page);
                run.mends(Kind.NUMBERS, key, size, FILLED, () -> raw.fillPage(key));
            } else if (length > PAGE_BYTES) {
                run.mends(Kind.NUMBERS, key, size, "cut", () -> {
                    byte[] whole = raw.redis().call(client -> client.getrange(Keys.bytes(key), 0, PAGE_BYTES - 1L));
                    raw.write(Command.SET, key, (Object) whole);
                });
            }
        }
    }

    private void documents(List<String> names) {
        List<EventId> ids = names.stream()
                .filter(raw::isUsable)
                .flatMap(name -> Keys.after(keys.documents(), name).flatMap(EventId::parse).stream())
                .toList();
        List<RecordedEvent> events = new ArrayList<>();
        raw.texts(ids).forEach((id, text) -> RawLedger.parse(id, text).ifPresentOrElse(events::add, () -> doubt(id)));
        List<@Nullable EventId> listed =
                raw.ids(events.stream().map(RecordedEvent::seq).toList());
        for (int i = 0; i < events.size(); i++) {
            RecordedEvent event = events.get(i);
            if (event.event().id().equals(listed.get(i))) {
                end.take(event);
            } else {
                unlisted(event);
            }
        }
    }

    /**
     * An event is where the pages say that it is; where they say nothing, or something that is elsewhere, the global stream
     * must say it, too, or say nothing, and the number must be one that has been given.
     */
    private void unlisted(RecordedEvent event) {
        // Another document of the same scan may have got the number meanwhile.
        EventId listed = raw.id(event.seq());
        Optional<RecordedEvent> entry =
                raw.entryAt(keys.global(), event.position()).flatMap(RawEntry::event);
        boolean isGone = listed == null && run.pruned().isSaidToBe(event.event().id());
        boolean isEvent = entry.isPresent()
                ? entry.get().equals(event)
                : !isGone
                        && (listed == null || isNobody(event.seq(), listed) || claims.isElsewhere(event, listed))
                        && end.isGiven(event)
                        && (run.isInStreamOfSession(event) || raw.isGenuine(event));
        if (isEvent) {
            end.take(event);
            writeId(event, listed);
        } else {
            doubt(event.event().id());
        }
    }

    /** Whether a page names something that there is not, where only documents could say otherwise. */
    private boolean isNobody(long seq, EventId listed) {
        return run.trimmed().isSaidOf(seq) && !raw.exists(keys.document(listed));
    }

    private void doubt(EventId id) {
        if (doubtful.size() < MOST_DOUBTFUL) {
            boolean ignored = doubtful.add(id);
        } else {
            raw.overfull();
        }
    }

    private void writeId(RecordedEvent event, @Nullable EventId listed) {
        EventId id = event.event().id();
        long seq = event.seq();
        String key = keys.ids(IdPages.page(seq));
        if (listed == null && !isOnShortPage(seq) && !raw.exists(key)) {
            boolean ignored = shortPages.add(IdPages.page(seq));
            run.mends(Kind.NUMBERS, key, "is missing", FILLED, () -> raw.fillPage(key));
        } else if (!isOnShortPage(seq)) {
            String there = listed == null ? "no event" : "event " + listed;
            run.mends(
                    Kind.NUMBERS,
                    key,
                    "has " + there + " at seq " + seq + ", which event " + id + " has",
                    "set",
                    () -> {});
        }
        raw.writeId(seq, id);
    }
}
