// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.append;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.Event;
import io.contextgraph.event.Json;
import io.contextgraph.event.Payload;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendOutcome.Appended;
import io.contextgraph.ledger.AppendOutcome.Duplicate;
import io.contextgraph.ledger.AppendOutcome.Fenced;
import io.contextgraph.ledger.AppendOutcome.Refused;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.personal.SealedEventsContract;
import io.contextgraph.ledger.personal.SubjectPseudonym;
import io.contextgraph.ledger.redis.LedgerAudit;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.LedgerHeader;
import io.contextgraph.ledger.redis.client.Noticed;
import io.contextgraph.testing.Events;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What the append script makes of sealed payloads, also when it is called by a client that goes round the API. */
abstract class SealedScriptContract extends ScriptedContract {
    private static final LedgerHeader HEADER = LedgerHeader.chosen(LedgerHeader.Share.WHOLE);
    private static final SubjectPseudonym PERSON = Events.pseudonym(1);
    private static final Event EVENT = Events.about(1, "session", 1, 3);

    SealedScriptContract(Engine engine) {
        super(engine);
    }

    private AppendOutcome append(Event event) {
        return append(List.of(event)).getFirst();
    }

    private List<AppendOutcome> append(List<Event> events) {
        return ledger.ledger()
                .log()
                .append(events.stream().map(Append::of).toList(), Durability.MEMORY)
                .outcomes();
    }

    /** The keys of a call with one event. */
    private List<String> names(Event event) {
        Keys keys = ledger.keys();
        List<String> names = new ArrayList<>(List.of(
                keys.global(),
                keys.ledger(),
                keys.sessions(),
                keys.types(),
                keys.originals(),
                keys.round(UUID.randomUUID().toString()),
                keys.gone()));
        if (engine == Engine.SORTED_SET) {
            names.add(keys.all());
        }
        names.addAll(List.of(keys.ids(0), keys.ids(1)));
        AppendItem item = item(event);
        for (byte[] name : item.names()) {
            names.add(Keys.text(name));
        }
        for (byte[] name : item.personalNames()) {
            names.add(Keys.text(name));
        }
        return names;
    }

    private AppendItem item(Event event) {
        return new AppendItem(ledger.keys(), engine, new Noticed(), Append.of(event));
    }

    private Object eval(List<String> names, Event event) {
        List<byte[]> arguments = new ArrayList<>(EventCodec.arguments(engine.configName(), "", HEADER.argument()));
        arguments.addAll(item(event).arguments());
        return jedis.eval(
                Keys.bytes(AppendScript.of(engine).source()),
                names.stream().map(Keys::bytes).toList(),
                arguments);
    }

    private Map<String, String> content() {
        Map<String, String> content = new TreeMap<>();
        for (String key : jedis.keys(ledger.settings().prefix() + "*")) {
            byte[] dump = jedis.dump(key);
            content.put(key, dump == null ? "" : UUID.nameUUIDFromBytes(dump).toString());
        }
        return content;
    }

    private String text(String key) {
        return engine == Engine.SORTED_SET
                ? jedis.get(key)
                : Keys.text((byte[]) jedis.sendCommand(() -> Keys.bytes("JSON.GET"), key));
    }

    @Test
    void aSealedPayloadIsStoredUnderItsPseudonymAndNowhereElse() {
        Keys keys = ledger.keys();
        assertThat(append(List.of(EVENT, Events.full(2, "session")))).hasOnlyElementsOfType(Appended.class);
        String sealed = EVENT.payload().map(Payload::json).orElseThrow();
        assertThat(Json.MAPPER.readTree(text(keys.sealed(PERSON, EVENT.id()))))
                .isEqualTo(
                        Json.MAPPER.readTree("{\"pseudonym\":\"" + PERSON + "\",\"seq\":1,\"sealed\":" + sealed + "}"));
        assertThat(jedis.exists(keys.payload(EVENT.id()))).isFalse();
        assertThat(Json.MAPPER
                        .readTree(text(keys.document(EVENT.id())))
                        .get("data_subject_id")
                        .stringValue())
                .isEqualTo(PERSON.value());
        assertThat(Json.MAPPER.readTree(text(keys.document(Events.id(2)))).has("data_subject_id"))
                .isFalse();
        assertThat(jedis.hget(keys.ledger(), LedgerHeader.PERSONAL)).isEqualTo("1");
        assertThat(jedis.zcard(keys.subject(PERSON))).isEqualTo(engine == Engine.SORTED_SET ? 1 : 0);
        assertThat(LedgerAudit.assertWhole(ledger.settings()).seq()).isEqualTo(2);
    }

    @Test
    void aLedgerWithoutPersonsSaysNothingOfThem() {
        assertThat(append(Events.full(1, "session"))).isInstanceOf(Appended.class);
        assertThat(jedis.hexists(ledger.keys().ledger(), LedgerHeader.PERSONAL)).isFalse();
    }

    @Test
    void keysMustFitTheSubject() {
        List<String> names = names(EVENT);
        for (int i = 0; i < names.size(); i++) {
            List<String> wrong = new ArrayList<>(names);
            wrong.set(i, names.get(i) + "x");
            assertThatThrownBy(() -> eval(wrong, EVENT)).as(names.get(i)).hasMessageStartingWith("INVALID");
        }
        assertThatThrownBy(() -> eval(names.subList(0, names.size() - 1), EVENT))
                .hasMessageStartingWith("INVALID");
        List<String> more = new ArrayList<>(names);
        more.add(ledger.keys().fence(PERSON));
        assertThatThrownBy(() -> eval(more, EVENT)).hasMessageStartingWith("INVALID number of keys");
        List<String> inPlain = new ArrayList<>(names);
        Collections.replaceAll(
                inPlain, ledger.keys().sealed(PERSON, EVENT.id()), ledger.keys().payload(EVENT.id()));
        assertThatThrownBy(() -> eval(inPlain, EVENT)).hasMessageStartingWith("INVALID event 1: keys");
        List<String> nobody = names(Events.full(1, "session"));
        nobody.add(ledger.keys().fence(PERSON));
        assertThatThrownBy(() -> eval(nobody, Events.full(1, "session")))
                .hasMessageStartingWith("INVALID number of keys");
        assertThat(content()).isEmpty();
        assertThat(String.valueOf(eval(names, EVENT))).isNotEmpty();
        assertThat(LedgerAudit.assertWhole(ledger.settings()).seq()).isEqualTo(1);
    }

    @Test
    void whatIsNotSealedHasNoPlaceUnderAPseudonym() {
        for (String payload : SealedEventsContract.notSealed()) {
            Event wrong = EVENT.withPayload(Optional.of(new Payload(payload)));
            assertThatThrownBy(() -> eval(names(EVENT), wrong)).as(payload).hasMessageStartingWith("INVALID event 1: ");
            Object reply = ((List<?>) ((List<?>) eval(names(wrong), wrong)).getFirst()).getFirst();
            assertThat(Keys.text((byte[]) reply)).as(payload).isEqualTo("personal");
        }
        assertThat(content()).isEmpty();
    }

    @Test
    void aKeyOfTheWrongTypeStopsTheEventBeforeItsFirstWrite() {
        Keys keys = ledger.keys();
        List<String> names = new ArrayList<>(List.of(keys.sealed(PERSON, EVENT.id()), keys.fence(PERSON)));
        if (engine == Engine.SORTED_SET) {
            names.add(keys.subject(PERSON));
        }
        for (String name : names) {
            jedis.lpush(name, "poison");
            Map<String, String> before = content();
            assertThat(append(EVENT))
                    .as(name)
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused -> assertThat(refused.reason()).isEqualTo(Reason.CORRUPT));
            assertThat(content()).as(name).isEqualTo(before);
            jedis.del(name);
        }
        for (String damaged : List.of("", "x", "0", "-1", "1.5", "03", "1e3")) {
            jedis.set(keys.fence(PERSON), damaged);
            assertThat(append(EVENT)).as(damaged).isInstanceOf(Refused.class);
        }
        jedis.del(keys.fence(PERSON));
        assertThat(content()).isEmpty();
    }

    @Test
    void aDamagedCountStopsWhatIsPersonalAlone() {
        assertThat(append(EVENT)).isInstanceOf(Appended.class);
        jedis.hset(ledger.keys().ledger(), LedgerHeader.PERSONAL, "many");
        Map<String, String> before = content();
        assertThatThrownBy(() -> append(Events.about(2, "session", 1, 3)))
                .isInstanceOfSatisfying(
                        LedgerException.class,
                        error -> assertThat(error.reason()).isEqualTo(Reason.CORRUPT));
        assertThat(content()).isEqualTo(before);
        assertThat(append(Events.full(3, "session"))).isInstanceOf(Appended.class);
    }

    @Test
    void behindTheFenceNothingOfASubjectIsWritten() {
        assertThat(append(EVENT)).isInstanceOf(Appended.class);
        jedis.set(ledger.keys().fence(PERSON), "4");
        assertThat(append(List.of(
                        EVENT,
                        Events.about(2, "session", 1, 3),
                        Events.about(3, "new", 1, 4),
                        Events.about(4, "session", 1, 5),
                        Events.about(5, "session", 2, 1),
                        Events.full(6, "session"))))
                .satisfiesExactly(
                        outcome -> assertThat(outcome).isInstanceOf(Duplicate.class),
                        outcome -> assertThat(outcome).isEqualTo(new Fenced(Events.id(2), 4)),
                        outcome -> assertThat(outcome).isEqualTo(new Fenced(Events.id(3), 4)),
                        outcome -> assertThat(outcome).isInstanceOf(Appended.class),
                        outcome -> assertThat(outcome).isInstanceOf(Appended.class),
                        outcome -> assertThat(outcome).isInstanceOf(Appended.class));
        assertThat(jedis.exists(
                        ledger.keys().document(Events.id(2)), ledger.keys().sealed(PERSON, Events.id(2))))
                .isZero();
        assertThat(LedgerAudit.assertWhole(ledger.settings()).seq()).isEqualTo(4);
    }

    @Test
    void aSealedPayloadThatIsNotReadableIsFoundOutByReading() {
        assertThat(append(EVENT)).isInstanceOf(Appended.class);
        String key = ledger.keys().sealed(PERSON, EVENT.id());
        String other = text(key).replace("\"sealed\":1", "\"sealed\":2");
        if (engine == Engine.SORTED_SET) {
            jedis.set(key, other);
        } else {
            Object ignored = jedis.sendCommand(() -> Keys.bytes("JSON.SET"), key, "$", other);
        }
        assertThatThrownBy(() -> ledger.ledger().log().find(EVENT.id()))
                .isInstanceOfSatisfying(
                        LedgerException.class,
                        error -> assertThat(error.reason()).isEqualTo(Reason.CORRUPT))
                .hasMessageContaining("the sealed payload of event " + EVENT.id());
    }
}
