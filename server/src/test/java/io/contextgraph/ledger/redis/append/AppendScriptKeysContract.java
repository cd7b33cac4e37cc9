// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.append;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.Original;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendOutcome.Appended;
import io.contextgraph.ledger.AppendOutcome.Duplicate;
import io.contextgraph.ledger.AppendOutcome.Refused;
import io.contextgraph.ledger.AppendOutcome.UnexpectedSessionSeq;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.redis.LedgerAudit;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Script;
import io.contextgraph.testing.Events;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Which keys the append script is told and touches, however far others have brought the ledger meanwhile. */
abstract class AppendScriptKeysContract extends ScriptedContract {
    private static final int PAGE = Keys.IDS_PER_PAGE;

    /** Ends the script at a command with a key that it was not told; which arguments are keys is what Redis says. */
    private static final String WATCH = """

            local told, plain_call, plain_pcall = {}, call, pcall
            for i = 1, #KEYS do
              told[KEYS[i]] = true
            end
            local function watched(run)
              return function(...)
                local touched = select('#', ...) > 1 and plain_pcall('COMMAND', 'GETKEYS', ...) or {}
                if touched.err and not find(touched.err, 'no key arguments', 1, true) then
                  error('UNKNOWN ' .. touched.err)
                end
                for i = 1, #touched do
                  if not told[touched[i]] then
                    error('UNDECLARED ' .. touched[i])
                  end
                end
                return run(...)
              end
            end
            call, pcall = watched(plain_call), watched(plain_pcall)
            """;

    AppendScriptKeysContract(Engine engine) {
        super(engine);
    }

    private Script watched(Map<String, String> instead) {
        Map<String, String> all = new HashMap<>(instead);
        all.put("contract", AppendScript.text("contract") + WATCH);
        return AppendScript.with(engine, all);
    }

    private static List<Append> events(long from, long to, String session) {
        return LongStream.rangeClosed(from, to)
                .mapToObj(n -> Append.of(Events.event(n, session)))
                .toList();
    }

    private static List<AppendOutcome> append(Appender appender, List<Append> events) {
        return appender.append(events, Durability.MEMORY).outcomes();
    }

    /** Another server brings the ledger so far. */
    private void fill(long from, long to) {
        for (long first = from; first <= to; first += 1000) {
            List<Append> events = events(first, Math.min(to, first + 999), "another");
            assertThat(ledger.ledger().log().append(events, Durability.MEMORY).outcomes())
                    .hasOnlyElementsOfType(Appended.class);
        }
    }

    @Test
    void whatTheScriptTouchesItWasTold() {
        Appender appender = ledger.appender(watched(Map.of()));
        List<Append> all = new ArrayList<>(events(1, 1, "session"));
        Original original = new Original(new Position(1_767_225_600_000L, 7), 12, 3, Events.BASE, Optional.empty());
        all.add(Append.imported(Events.full(2, "session"), Optional.of(original)));
        all.add(Append.of(Events.about(90_100, "session", 1, 1)));
        all.add(Append.of(Events.about(90_101, "of a person", 2, 1)));
        all.add(Append.of(Events.personal(90_102, "session")));
        for (int i = 0; i < Events.HOSTILE_NAMES.size(); i++) {
            all.add(Append.of(Events.full(3 + i, Events.HOSTILE_NAMES.get(i))));
        }
        List<AppendOutcome> outcomes = new ArrayList<>(append(appender, all));
        assertThat(outcomes.remove(4)).isInstanceOf(AppendOutcome.Personal.class);
        assertThat(outcomes).hasOnlyElementsOfType(Appended.class);
        Append ignored = all.remove(4);
        assertThat(append(appender, all)).hasOnlyElementsOfType(Duplicate.class);
        assertThat(jedis.set(ledger.keys().fence(Events.pseudonym(1)), "1")).isEqualTo("OK");
        assertThat(append(appender, List.of(Append.of(Events.about(90_103, "session", 1, 1)))))
                .hasOnlyElementsOfType(AppendOutcome.Fenced.class);
        assertThat(appender.trial(List.of(new SessionId("session"), new SessionId("none"))))
                .hasOnlyElementsOfType(UnexpectedSessionSeq.class);

        fill(all.size() + 1L, PAGE - 5);
        assertThat(append(appender, events(PAGE - 4, PAGE + 5, "session"))).hasOnlyElementsOfType(Appended.class);

        // Where the newest entry is gone, or a stream has had ids that are ahead, more is looked at.
        assertThat(jedis.xtrim(ledger.keys().global(), 0, false)).isPositive();
        assertThat(append(appender, events(PAGE + 6, PAGE + 6, "session"))).hasOnlyElementsOfType(Appended.class);
        jedis.hset(ledger.keys().session(new SessionId("damaged")), "count", "many");
        assertThat(append(appender, events(PAGE + 7, PAGE + 7, "damaged"))).hasOnlyElementsOfType(Refused.class);
    }

    /** A watch that sees nothing would prove nothing. */
    @Test
    void aKeyThatTheScriptWasNotToldIsSeen() {
        Appender appender = ledger.appender(
                watched(Map.of("clock", AppendScript.text("clock") + "\ncall('STRLEN', prefix .. 'ids:7')\n")));
        assertThatThrownBy(() -> append(appender, events(1, 1, "session")))
                .hasMessageContaining("UNDECLARED " + ledger.keys().ids(7));
    }

    private List<Long> numbers(List<AppendOutcome> outcomes) {
        return outcomes.stream()
                .map(outcome -> ((Appended) outcome).receipt().seq())
                .toList();
    }

    /** How often the script has asked for other pages. */
    private int asked() {
        Matcher asked = Pattern.compile("errorstat_PAGE:count=(\\d+)").matcher(jedis.info("errorstats"));
        return asked.find() ? Integer.parseInt(asked.group(1)) : 0;
    }

    @Test
    void aBatchMayCrossAPage() {
        Appender appender = ledger.appender(watched(Map.of()));
        fill(1, PAGE - 510);
        List<AppendOutcome> outcomes = append(appender, events(PAGE - 509, PAGE + 490, "session"));
        assertThat(numbers(outcomes))
                .isEqualTo(
                        LongStream.rangeClosed(PAGE - 509, PAGE + 490).boxed().toList());
        assertThat(jedis.strlen(ledger.keys().ids(0))).isEqualTo((long) PAGE * Keys.ID_BYTES);
        assertThat(jedis.strlen(ledger.keys().ids(1))).isEqualTo((long) PAGE * Keys.ID_BYTES);
        assertThat(LedgerAudit.assertWhole(ledger.settings()).seq()).isEqualTo(PAGE + 490);
    }

    @Test
    void aPageThatIsFullIsFollowedByTheNext() {
        Appender appender = ledger.appender(watched(Map.of()));
        fill(1, PAGE - 1);
        for (int n = PAGE; n <= PAGE + 2; n++) {
            assertThat(numbers(append(appender, events(n, n, "session")))).containsExactly((long) n);
            Appender another = ledger.appender(watched(Map.of()));
            assertThat(append(another, events(n, n, "session"))).hasOnlyElementsOfType(Duplicate.class);
        }
        assertThat(LedgerAudit.assertWhole(ledger.settings()).seq()).isEqualTo(PAGE + 2);
    }

    /** Fifty runs that are sent at once: none may pass those before it. */
    @Test
    void aRoundKeepsItsOrderWhereAnotherServerHasGoneOnByPages() {
        Appender appender = ledger.appender(watched(Map.of()));
        assertThat(append(appender, events(1, 1, "session"))).hasOnlyElementsOfType(Appended.class);
        long last = 1;
        int asked = asked();
        for (int time = 1; time <= 2; time++) {
            fill(last + 1, last + 2 * PAGE);
            last += 2 * PAGE;
            List<Append> events = events(last + 1, last + 1000, "session");
            assertThat(numbers(append(appender, events)))
                    .isEqualTo(LongStream.rangeClosed(last + 1, last + 1000)
                            .boxed()
                            .toList());
            assertThat(asked()).isEqualTo(asked + time);
            last += 1000;
        }
        List<RecordedEvent> read = ledger.ledger().order().read(last - 1000, 1000);
        assertThat(read)
                .extracting(recorded -> recorded.event().id())
                .isEqualTo(LongStream.rangeClosed(last - 999, last)
                        .mapToObj(Events::id)
                        .toList());
        assertThat(LedgerAudit.assertWhole(ledger.settings()).seq()).isEqualTo(last);
    }

    @Test
    void aLedgerThatHasBecomeShorterIsGoneOnWith() {
        Appender appender = ledger.appender(watched(Map.of()));
        fill(1, PAGE + 1);
        assertThat(append(appender, events(PAGE + 2, PAGE + 2, "session"))).hasOnlyElementsOfType(Appended.class);
        for (String key : jedis.keys(ledger.settings().prefix() + "*")) {
            assertThat(jedis.del(key)).isEqualTo(1);
        }
        assertThat(numbers(append(appender, events(1, 1, "session")))).containsExactly(1L);
        assertThat(numbers(append(appender, events(2, 2, "session")))).containsExactly(2L);
    }

    @Test
    void aTrialFindsThePagesToo() {
        fill(1, PAGE + 1);
        Appender appender = ledger.appender(watched(Map.of()));
        assertThat(appender.trial(List.of(new SessionId("another"))))
                .singleElement()
                .isInstanceOfSatisfying(
                        UnexpectedSessionSeq.class,
                        trial -> assertThat(trial.actual()).isEqualTo(PAGE + 1));
    }

    @Test
    void pagesThatNeverFitAreAnErrorThatMayPass() {
        Appender appender = ledger.appender(
                AppendScript.with(engine, Map.of("head", "do return redis.error_reply('PAGE 5') end\nlocal seq")));
        int asked = asked();
        assertThatThrownBy(() -> append(appender, events(1, 1, "session")))
                .isInstanceOfSatisfying(
                        LedgerException.class,
                        error -> assertThat(error.reason()).isEqualTo(Reason.UNAVAILABLE));
        // The first time the script was not there.
        assertThat(asked()).isEqualTo(asked + Script.MAX_LOADS);
        assertThatThrownBy(() -> appender.trial(List.of(new SessionId("session"))))
                .isInstanceOfSatisfying(
                        LedgerException.class,
                        error -> assertThat(error.reason()).isEqualTo(Reason.UNAVAILABLE));
        assertThat(asked()).isEqualTo(asked + 2 * Script.MAX_LOADS + 1);
        assertThat(ledger.ledger().order().head().seq()).isZero();
    }
}
