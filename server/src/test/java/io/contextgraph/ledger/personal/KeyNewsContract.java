// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.personal;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.testing.Events;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link KeyNews} must do. */
public abstract class KeyNewsContract {
    private static final SubjectPseudonym ONE = Events.pseudonym(1);
    private static final SubjectPseudonym TWO = Events.pseudonym(2);
    private static final SubjectPseudonym LAST = Events.pseudonym(99);

    private final BlockingQueue<SubjectPseudonym> heard = new LinkedBlockingQueue<>();
    private final BlockingQueue<SubjectPseudonym> alsoHeard = new LinkedBlockingQueue<>();

    private final List<KeyNews.Listening> listening = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private KeyNews here;

    @SuppressWarnings("NullAway.Init")
    private KeyNews there;

    /** The news of a ledger that has none yet. */
    protected abstract KeyNews fresh();

    /** The same as another process has them. */
    protected abstract KeyNews another(KeyNews same);

    protected abstract void close(KeyNews news);

    @BeforeEach
    final void open() {
        here = fresh();
        there = another(here);
    }

    @AfterEach
    final void close() {
        listening.forEach(KeyNews.Listening::close);
        close(there);
        close(here);
    }

    /** Tells until somebody has heard of it: a message may be lost before whoever listens is connected. */
    private static void awaitEar(KeyNews news, BlockingQueue<SubjectPseudonym> ear) throws InterruptedException {
        SubjectPseudonym first = null;
        while (first == null) {
            news.tell(List.of(LAST));
            first = ear.poll(50, TimeUnit.MILLISECONDS);
        }
        // What was told again meanwhile.
        while (first != null) {
            first = ear.poll(100, TimeUnit.MILLISECONDS);
        }
    }

    private static List<SubjectPseudonym> next(BlockingQueue<SubjectPseudonym> ear, int count)
            throws InterruptedException {
        List<SubjectPseudonym> found = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            SubjectPseudonym name = ear.poll(30, TimeUnit.SECONDS);
            assertThat(name).as("heard after " + found).isNotNull();
            found.add(name);
        }
        return found;
    }

    @Test
    void everybodyHearsWhatIsTold() throws InterruptedException {
        listening.add(here.listen(heard::add));
        listening.add(there.listen(alsoHeard::add));
        awaitEar(here, heard);
        awaitEar(here, alsoHeard);
        heard.clear();
        here.tell(List.of(ONE, TWO));
        there.tell(List.of(LAST));
        assertThat(next(heard, 3)).containsExactlyInAnyOrder(ONE, TWO, LAST);
        assertThat(next(alsoHeard, 3)).containsExactlyInAnyOrder(ONE, TWO, LAST);
    }

    @Test
    void whoListensNoLongerHearsNothing() throws InterruptedException {
        KeyNews.Listening first = here.listen(heard::add);
        awaitEar(there, heard);
        first.close();
        heard.clear();
        listening.add(here.listen(alsoHeard::add));
        awaitEar(there, alsoHeard);
        there.tell(List.of(ONE));
        assertThat(next(alsoHeard, 1)).containsExactly(ONE);
        assertThat(heard).isEmpty();
    }

    @Test
    void nobodyNeedsToListen() {
        here.tell(List.of(ONE));
        KeyNews.Listening unheard = there.listen(heard::add);
        unheard.close();
        here.tell(List.of(TWO));
        assertThat(heard).doesNotContain(TWO);
    }
}
