// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.aws;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.contextgraph.privacy.key.DataKeySettings;
import io.contextgraph.privacy.key.DataKeys;
import io.contextgraph.privacy.key.InMemoryKeyStore;
import io.contextgraph.privacy.key.KeyRotation;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import io.contextgraph.privacy.key.KeyWrapper;
import io.contextgraph.privacy.key.KeyWrapperContract;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.privacy.key.SubjectKey;
import io.contextgraph.privacy.key.WrappedKey;
import io.contextgraph.testing.MotoServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class KmsKeyWrapperIT extends KeyWrapperContract {
    private static final byte[] BELONGING = {1, 2};
    private static final byte[] DATA_KEY = "0123456789abcdef0123456789abcdef".getBytes(UTF_8);

    private static MotoServer server;
    private static KmsBed bed;

    private final SortedMap<Integer, String> keys = new TreeMap<>();
    private final List<KmsKeyWrapper> connected = new ArrayList<>();

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        server = MotoServer.start(KmsKeyWrapperIT.class);
        bed = new KmsBed(server.endpoint());
    }

    @AfterAll
    static void stop() {
        bed.close();
        server.close();
    }

    private void add() {
        String ignored = keys.put(keys.size() + 1, bed.create());
    }

    @Override
    protected KeyWrapper connect() {
        if (keys.isEmpty()) {
            add();
        }
        KmsKeyWrapper wrapper = new KmsKeyWrapper(bed.settings(keys));
        connected.add(wrapper);
        return wrapper;
    }

    @Override
    protected void rotate() {
        add();
        connected.forEach(wrapper -> wrapper.renew(bed.settings(keys)));
    }

    private String key(int version) {
        return Objects.requireNonNull(keys.get(version));
    }

    private static void refused(Reason reason, String says, ThrowingCallable call) {
        assertThatExceptionOfType(KeyServiceException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.reason()).isEqualTo(reason))
                .withMessageContaining(says);
    }

    /** All data keys go over to a new key of KMS; what was sealed is not touched, and opens without the old one. */
    @Test
    void afterARotationTheOldKeyIsNeededNoMore() {
        Pseudonym subject = Pseudonym.of("p1_" + "0".repeat(32));
        InMemoryKeyStore store = new InMemoryKeyStore();
        byte[] sealed;
        try (DataKeys dataKeys = new DataKeys(connect(), store, DataKeySettings.DEFAULT)) {
            sealed = usable(dataKeys.forSealing(List.of(subject))).key().seal("text".getBytes(UTF_8), BELONGING);
        }
        bed.disable(key(1));
        try (DataKeys dataKeys = new DataKeys(connect(), store, DataKeySettings.DEFAULT)) {
            refused(Reason.REFUSED, "aws kms enable-key", () -> dataKeys.forOpening(subject, 1));
        }
        rotate();
        refused(Reason.REFUSED, "aws kms enable-key", () -> new KeyRotation(connect(), store).run());
        bed.enable(key(1));
        assertThat(new KeyRotation(connect(), store).run()).isEqualTo(new KeyRotation.Report(1, 0));
        assertThat(new KeyRotation(connect(), store).run()).isEqualTo(new KeyRotation.Report(0, 1));
        bed.scheduleDeletion(key(1));
        try (DataKeys dataKeys = new DataKeys(connect(), store, DataKeySettings.DEFAULT)) {
            assertThat(usable(dataKeys.forOpening(subject, 1)).key().open(sealed, BELONGING))
                    .hasValueSatisfying(text -> assertThat(text).asString(UTF_8).isEqualTo("text"));
        }
    }

    private static SubjectKey.Usable usable(SubjectKey key) {
        return (SubjectKey.Usable) key;
    }

    @Test
    void aKeyThatIsAboutToBeDeletedIsAskedBack() {
        WrappedKey wrapped = connect().wrap(DATA_KEY, BELONGING);
        bed.scheduleDeletion(key(1));
        refused(Reason.REFUSED, "cancel-key-deletion", () -> connect().unwrap(wrapped, BELONGING));
        refused(Reason.REFUSED, "cancel-key-deletion", () -> connect().wrap(DATA_KEY, BELONGING));
        refused(Reason.REFUSED, "cancel-key-deletion", () -> connect().probe());
    }

    @Test
    void aNumberThatIsGoneIsAskedFor() {
        WrappedKey wrapped = connect().wrap(DATA_KEY, BELONGING);
        rotate();
        String first = keys.remove(1);
        refused(Reason.REFUSED, "by key 1 of AWS KMS", () -> connect().unwrap(wrapped, BELONGING));
        refused(Reason.REFUSED, "by key 1 of AWS KMS", () -> connect().rewrap(wrapped, BELONGING));
        String ignored = keys.put(1, first);
        assertThat(connect().unwrap(wrapped, BELONGING)).isEqualTo(DATA_KEY);
    }

    /** Whoever may write where wrapped keys are kept cannot have one unwrapped that a key of theirs has wrapped. */
    @Test
    void anotherKeyUnderTheSameNumberIsNotTakenForIt() {
        WrappedKey wrapped = connect().wrap(DATA_KEY, BELONGING);
        String first = key(1);
        String ignored = keys.put(1, bed.create());
        refused(
                Reason.REFUSED,
                "another key than the one that has this number",
                () -> connect().unwrap(wrapped, BELONGING));
        ignored = keys.put(1, first);
        assertThat(connect().unwrap(wrapped, BELONGING)).isEqualTo(DATA_KEY);
    }

    @Test
    void aKeyThatIsNotThereIsRefused() {
        String ignored = keys.put(1, "1234abcd-12ab-34cd-56ef-1234567890ab");
        refused(Reason.REFUSED, "no such key", () -> connect().probe());
    }

    /** What the caller overwrites is all that this process has of it. */
    @Test
    void whatWasUnwrappedIsTheCallersAlone() {
        WrappedKey wrapped = connect().wrap(DATA_KEY, BELONGING);
        KeyWrapper wrapper = connect();
        byte[] first = wrapper.unwrap(wrapped, BELONGING);
        Arrays.fill(first, (byte) 0);
        assertThat(wrapper.unwrap(wrapped, BELONGING)).isEqualTo(DATA_KEY);
    }

    @Test
    void itSaysWhichKeyWhere() {
        rotate();
        assertThat(connect().describe())
                .isEqualTo("key 2 (" + key(2) + ") of AWS KMS in eu-central-1 at " + server.endpoint());
        assertThat(bed.settings(keys).toString()).doesNotContain("secret");
    }
}
