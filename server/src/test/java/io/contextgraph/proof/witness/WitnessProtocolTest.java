// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.witness;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.contextgraph.projection.ManualClock;
import io.contextgraph.proof.note.LogCheckpoint;
import io.contextgraph.proof.note.SignedNote;
import io.contextgraph.proof.note.VerifierKey;
import io.contextgraph.proof.tree.Tile;
import io.contextgraph.proof.tree.TileException;
import io.contextgraph.proof.tree.Tree;
import io.contextgraph.proof.tree.TreeGrowth;
import io.contextgraph.proof.tree.TreeHasher;
import io.contextgraph.signing.SigningKey;
import io.contextgraph.testing.SilentServer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What comes of each answer of a witness. */
class WitnessProtocolTest {
    private static final String ORIGIN = "logs.example/test/e1";
    private static final SigningKey KEY = SigningKey.generate();
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration SOON = Duration.ofSeconds(2);

    private final Map<Tile, byte[]> tiles = new HashMap<>();
    private final TreeGrowth growth = new TreeGrowth();
    private final ManualClock clock = new ManualClock();
    private final ListAppender<ILoggingEvent> said = new ListAppender<>();
    private TestWitness witness;
    private HttpWitnesses witnesses;

    @BeforeEach
    void begin() throws IOException {
        witness = trusting("w.example/one");
        witnesses = restarted();
        said.start();
        logger().addAppender(said);
    }

    @AfterEach
    void end() {
        logger().detachAppender(said);
        witnesses.close();
        witness.close();
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(KnownWitness.class);
    }

    private static TestWitness trusting(String name) throws IOException {
        TestWitness witness = new TestWitness(name);
        witness.trust(ORIGIN, List.of(new VerifierKey(ORIGIN, VerifierKey.Kind.LOG, KEY.shown())));
        return witness;
    }

    /** One that remembers nothing. */
    private HttpWitnesses restarted() {
        return asking(PATIENCE, witness.witness());
    }

    private HttpWitnesses asking(Duration timeout, Witness... those) {
        return new HttpWitnesses(List.of(those), timeout, clock);
    }

    private SignedNote grown(int to) {
        while (growth.size() < to) {
            growth.add(new TreeHasher().leaf(("entry " + growth.size()).getBytes(UTF_8)), tiles::put);
        }
        growth.partials(tiles::put);
        return SignedNote.of(new LogCheckpoint(ORIGIN, growth.size(), growth.root()).text(), ORIGIN, List.of(KEY));
    }

    private Tree tree() {
        return new Tree(
                tile -> {
                    byte[] found = tiles.get(tile);
                    if (found == null) {
                        throw new TileException("no " + tile.path());
                    }
                    return found;
                },
                growth.size());
    }

    private SignedNote asked(SignedNote note) {
        return note.with(witnesses.cosign(note, tree()));
    }

    private void assertCosigned(SignedNote note) {
        SignedNote all = asked(note);
        assertThat(all.lines()).hasSize(2);
        assertThat(all.witnessedBy(witness.key())).contains(Instant.ofEpochSecond(TestWitness.SECONDS));
        assertThat(witnesses.lack(note)).isTrue();
        assertThat(witnesses.lack(all)).isFalse();
        LogCheckpoint checkpoint = LogCheckpoint.parse(note.text());
        assertThat(witness.seen(checkpoint.origin())).contains(checkpoint);
    }

    /** Without it, for this reason. */
    private void assertRefused(SignedNote note, String why) {
        long before = witnesses.state().failures();
        assertThat(asked(note)).isEqualTo(note);
        assertThat(witnesses.state().failures()).isEqualTo(before + 1);
        assertThat(witnesses.state().problems()).singleElement().asString().contains(why);
    }

    private void assertRefused(UnaryOperator<TestWitness.Reply> answer, String why) {
        witness.say(answer);
        assertRefused(grown(300), why);
        witness.say(UnaryOperator.identity());
        assertCosigned(grown(301));
    }

    @Test
    void itIsShownWhatHasGrownSinceItLooked() {
        for (int size : List.of(1, 2, 3, 255, 256, 257, 700, 701)) {
            assertCosigned(grown(size));
        }
        assertThat(witness.olds()).containsExactly(0L, 1L, 2L, 3L, 255L, 256L, 257L, 700L);
        assertThat(witnesses.state()).isEqualTo(new Witnessing(8, 0, Optional.empty(), List.of(), Optional.empty()));
        assertThat(said.list).isEmpty();
    }

    @Test
    void whoeverRemembersNothingIsToldWhereItWas() {
        assertCosigned(grown(300));
        witnesses.close();
        witnesses = restarted();
        assertCosigned(grown(517));
        assertThat(witness.olds()).containsExactly(0L, 0L, 300L);
        witnesses.close();
        witnesses = restarted();
        // The same once more.
        assertCosigned(grown(517));
        assertThat(witness.olds()).endsWith(0L, 517L);
        assertThat(witnesses.state().failures()).isZero();
    }

    @Test
    void anotherLogBeginsAtItsBeginning() {
        assertCosigned(grown(5));
        String other = "logs.example/test/e2";
        witness.trust(other, List.of(new VerifierKey(other, VerifierKey.Kind.LOG, KEY.shown())));
        SignedNote note =
                SignedNote.of(new LogCheckpoint(other, growth.size(), growth.root()).text(), other, List.of(KEY));
        assertCosigned(note);
        assertThat(witness.olds()).containsExactly(0L, 0L);
    }

    @Test
    void oneThatHasSeenALongerLogIsHeard() {
        SignedNote note = grown(10);
        witness.saw(new LogCheckpoint(ORIGIN, 11, growth.root()));
        assertRefused(note, "has seen a longer log");
        assertThat(witness.olds()).containsExactly(0L);
        assertThat(witnesses.state().dispute()).isPresent();
        assertThat(said.list).singleElement().satisfies(event -> {
            assertThat(event.getLevel()).isEqualTo(Level.ERROR);
            assertThat(event.getFormattedMessage()).contains("it has seen 11 events", "covers 10", "audit");
        });
    }

    @Test
    void oneThatHasSeenAnotherLogIsHeard() {
        assertCosigned(grown(10));
        TreeGrowth other = new TreeGrowth();
        for (int n = 0; n < 10; n++) {
            other.add(new TreeHasher().leaf(("other " + n).getBytes(UTF_8)), tiles::put);
        }
        witness.saw(new LogCheckpoint(ORIGIN, other.size(), other.root()));
        assertRefused(grown(12), "is not the one that it has seen");
        assertThat(witnesses.state().dispute()).isPresent();
        assertThat(said.list)
                .singleElement()
                .extracting(ILoggingEvent::getLevel)
                .isEqualTo(Level.ERROR);
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 301, 302, 307, 308, 400, 401, 405, 413, 429, 500, 503})
    void anyOtherAnswerIsNone(int status) {
        assertRefused(reply -> TestWitness.Reply.of(status), "answers " + status);
        assertThat(witness.olds()).hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void oneThatDoesNotKnowTheLogOrItsKeyIsNamed() {
        assertRefused(reply -> TestWitness.Reply.of(404), "does not know this log");
        witness.trust(
                ORIGIN,
                List.of(new VerifierKey(
                        ORIGIN, VerifierKey.Kind.LOG, SigningKey.generate().shown())));
        assertRefused(grown(400), "knows other keys");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "7", "7 \n", "07\n", "-1\n", "7\n7\n", "seven\n", "9999999999999999999\n"})
    void aConflictMustNameTheSize(String body) {
        assertRefused(reply -> new TestWitness.Reply(409, "text/x.tlog.size", body), "409 without the size");
    }

    @Test
    void aConflictOfAnotherTypeNamesNothing() {
        assertRefused(reply -> new TestWitness.Reply(409, "text/plain", "0\n"), "409 without the size");
    }

    @Test
    void oneIsAskedTwiceAndNotMore() {
        witness.say(reply -> new TestWitness.Reply(409, "text/x.tlog.size; charset=utf-8", "3\n"));
        assertRefused(grown(10), "names another size each time");
        assertThat(witness.olds()).containsExactly(0L, 3L);
    }

    @Test
    void whatDoesNotVerifyIsNotTaken() throws IOException {
        try (TestWitness other = new TestWitness(witness.key().name())) {
            String text = grown(300).text();
            for (String body : List.of(
                    "",
                    "\n",
                    "garbage",
                    "\u0000\u0001",
                    "\u2014 " + witness.key().name() + " AAAA\n",
                    // Of another key under this name, of another text, of no time, and of one that cannot be.
                    other.cosigned(text, TestWitness.SECONDS),
                    witness.cosigned(text + "more\n", TestWitness.SECONDS),
                    witness.cosigned(text, 0),
                    witness.cosigned(text, -1),
                    witness.cosigned(text, Long.MAX_VALUE))) {
                witness.say(reply -> new TestWitness.Reply(200, "text/plain", body));
                assertRefused(grown(300), "without a cosignature");
            }
        }
        assertThat(said.list).hasSize(1);
    }

    @Test
    void whatOthersHaveSignedBesideItDoesNotMatter() throws IOException {
        try (TestWitness other = new TestWitness("w.example/two")) {
            String text = grown(300).text();
            witness.say(reply -> new TestWitness.Reply(
                    200,
                    "text/plain",
                    "garbage\n" + other.cosigned(text, 1) + "\u2014 w.example/ml-dsa " + "A".repeat(3248) + "\n"
                            + witness.cosigned(text + "x\n", 1) + reply.body() + reply.body()));
            assertCosigned(grown(300));
        }
    }

    @Test
    void aHugeAnswerIsNotRead() {
        witness.say(reply -> new TestWitness.Reply(200, "text/plain", reply.body() + "x".repeat(10 << 20)));
        assertRefused(grown(300), "cannot be asked");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nslow"})
    void whoeverIsSlowIsNotWaitedFor(String says) throws IOException {
        try (SilentServer slow = new SilentServer(says);
                HttpWitnesses both = asking(
                        SOON,
                        witness.witness(),
                        Witness.parse(new VerifierKey("slow.example", VerifierKey.Kind.WITNESS, KEY.shown()) + " "
                                + slow.address()))) {
            SignedNote note = grown(300);
            long begun = System.nanoTime();
            SignedNote all = note.with(both.cosign(note, tree()));
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(PATIENCE);
            assertThat(all.witnessedBy(witness.key())).isPresent();
            assertThat(both.state().problems()).containsExactly("witness slow.example does not answer within 2000 ms");
            assertThat(both.state().aloneSince()).isEmpty();
            assertThat(both.state().cosignatures()).isEqualTo(1);
            assertThat(both.state().failures()).isEqualTo(1);
        }
    }

    @Test
    void whoeverIsAwayIsSaidOnceAndSinceWhen() {
        witness.close();
        Instant since = clock.instant();
        for (int size = 1; size <= 5; size++) {
            assertRefused(grown(size), "cannot be asked");
            clock.advance(Duration.ofSeconds(5));
        }
        assertThat(witnesses.state().aloneSince()).contains(since);
        assertThat(said.list)
                .singleElement()
                .extracting(ILoggingEvent::getLevel)
                .isEqualTo(Level.WARN);
    }

    @Test
    void eachChangeIsSaid() {
        witness.say(reply -> TestWitness.Reply.of(404));
        assertRefused(grown(1), "does not know");
        assertRefused(grown(2), "does not know");
        witness.say(reply -> TestWitness.Reply.of(500));
        assertRefused(grown(3), "answers 500");
        witness.say(UnaryOperator.identity());
        assertCosigned(grown(4));
        assertCosigned(grown(5));
        assertThat(witnesses.state().problems()).isEmpty();
        assertThat(witnesses.state().aloneSince()).isEmpty();
        witness.say(reply -> TestWitness.Reply.of(500));
        assertRefused(grown(6), "answers 500");
        assertThat(said.list.stream().filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN)))
                .hasSize(3);
    }

    @Test
    void ofSeveralEachIsShownItsOwnAndAllAreInTheirOrder() throws IOException {
        try (TestWitness other = trusting("w.example/two");
                HttpWitnesses both = asking(PATIENCE, witness.witness(), other.witness())) {
            assertCosigned(grown(100));
            SignedNote note = grown(300);
            SignedNote all = note.with(both.cosign(note, tree()));
            assertThat(all.lines().stream().map(SignedNote.Line::name))
                    .containsExactly(ORIGIN, "w.example/one", "w.example/two");
            assertThat(all.witnessedBy(other.key())).isPresent();
            assertThat(other.olds()).containsExactly(0L);
            assertThat(witness.olds()).containsExactly(0L, 0L, 100L);
        }
    }

    @Test
    void whatCannotBeProvenStopsNothing() {
        assertCosigned(grown(300));
        SignedNote note = grown(600);
        tiles.keySet().removeIf(tile -> tile.level() == 0 && tile.isFull());
        assertRefused(note, "cannot be shown that the log has grown");
    }

    @Test
    void whoeverIsToEndDoesNotWait() {
        witness.say(reply -> TestWitness.Reply.of(500));
        Thread.currentThread().interrupt();
        assertThat(witnesses.cosign(grown(3), tree())).isEmpty();
        assertThat(Thread.interrupted()).isTrue();
    }
}
