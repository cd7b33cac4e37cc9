// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.contextgraph.proof.witness.Witnesses;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.StoredFile;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What the log of a server says while nothing can be signed. */
class SealerRunnerTest extends WitnessedLog {
    private final ListAppender<ILoggingEvent> said = new ListAppender<>();

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(SealerRunner.class);
    }

    @BeforeEach
    void begin() {
        said.start();
        logger().addAppender(said);
        given(1, 300);
        seal();
        given(301, 310);
    }

    @AfterEach
    void end() {
        boolean ignored = logger().detachAppender(said);
    }

    private void seal() {
        try (LedgerSealer sealer = sealer(Witnesses.NONE)) {
            drain(sealer);
        }
    }

    private String file(String ending) {
        return storage().list("").stream()
                .map(StoredFile::name)
                .filter(name -> name.endsWith(ending))
                .findFirst()
                .orElseThrow();
    }

    /** Steps twice, which comes to nothing, and says why once. */
    private String warned() {
        try (LedgerSealer sealer = sealer(Witnesses.NONE)) {
            SealerRunner runner = new SealerRunner(sealer);
            assertThat(runner.stepped()).isFalse();
            clock.advance(Duration.ofMinutes(1));
            assertThat(runner.stepped()).isFalse();
            assertThat(runner.failures()).isEqualTo(2);
        }
        assertThat(said.list).hasSize(1);
        ILoggingEvent line = said.list.getFirst();
        assertThat(line.getLevel()).isEqualTo(Level.WARN);
        assertThat(line.getThrowableProxy()).isNull();
        assertThat(line.getFormattedMessage()).startsWith("proof: nothing is signed now: ");
        return line.getFormattedMessage();
    }

    @Test
    void aTileThatIsMissingIsNoDefect() {
        assertThat(storage().delete(file("tile/0/001.p/44"))).isEqualTo(Storage.Deletion.GONE);
        assertThat(warned()).contains("tile/0/001.p/44", "bring its files back from a copy");
    }

    @Test
    void aTileThatWasCutIsNoDefect() {
        String tile = file("tile/0/001.p/44");
        assertThat(storage().delete(tile)).isEqualTo(Storage.Deletion.GONE);
        storage().put(tile, new byte[31]);
        assertThat(warned()).contains("tile/0/001.p/44", "has not the 1408 bytes that it must have");
    }

    @Test
    void whatSomebodyHasLeftAmongTheMarksIsNoHindrance() {
        storage().put(name().marks() + "notes.txt", new byte[0]);
        seal();
        assertThat(newest().text()).contains("\n310\n");
    }

    @Test
    void aClaimThatNoKeyOfThisServerHasSignedIsNamed() {
        String claim = name().folder() + "claims/000000000000000300";
        storage()
                .put(
                        claim,
                        newest().encoded()
                                .replaceFirst("\n\u2014 ([^ ]+) .*", "\n\u2014 $1 AAAAAAAAAAA=")
                                .getBytes(UTF_8));
        assertThat(warned()).contains(claim, "stop all servers of the ledger, take it away, and start them");
    }
}
