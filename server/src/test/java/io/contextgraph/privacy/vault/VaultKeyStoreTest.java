// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.contextgraph.privacy.key.Erasures;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import io.contextgraph.privacy.key.WrappedKeyStore;
import io.contextgraph.privacy.key.WrappedKeyStoreContract;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VaultKeyStoreTest extends WrappedKeyStoreContract {
    private static final Instant AT = Instant.parse("2026-03-01T12:00:00Z");

    private final VaultDouble vault = VaultDouble.start();

    @Override
    protected WrappedKeyStore connect() {
        VaultClient client = VaultBed.client(vault);
        return vault.kv().everything().isEmpty()
                ? VaultKeyStore.create(client, "secret", "contextgraph")
                : VaultKeyStore.open(client, "secret", "contextgraph");
    }

    @Test
    void noStoreIsMadeByMistake() {
        VaultClient client = VaultBed.client(vault);
        refused(Reason.REFUSED, "no store of keys", () -> VaultKeyStore.open(client, "secret", "elsewhere"));
        refused(Reason.REFUSED, "no store of keys", () -> VaultKeyStore.open(client, "other", "contextgraph"));
        refused(Reason.REFUSED, "already", () -> VaultKeyStore.create(client, "secret", "contextgraph"));
        refused(Reason.REFUSED, "KV version 2", () -> VaultKeyStore.create(client, "other", "contextgraph"));
        assertThat(vault.kv().everything()).doesNotContain("elsewhere");
    }

    @Test
    void aMountThatLetsThingsVanishIsRefused() {
        VaultClient client = VaultBed.client(vault);
        vault.kv().deleteVersionAfter("768h0m0s");
        refused(Reason.REFUSED, "delete_version_after", () -> VaultKeyStore.create(client, "secret", "elsewhere"));
        refused(Reason.REFUSED, "delete_version_after", () -> VaultKeyStore.open(client, "secret", "contextgraph"));
        vault.forbid(path -> path.equals("GET secret/config"));
        assertThat(connect().find(id(1))).isEmpty();
    }

    /** The engine was taken away and mounted anew while a server runs. */
    @Test
    void aMountThatWasEmptiedIsNoEmptyStore() {
        WrappedKeyStore store = connect();
        vault.kv().clear();
        Erasures none = Erasures.none(pseudonym(1));
        refused(Reason.REFUSED, "no store of keys", () -> store.erasures().revision());
        refused(Reason.REFUSED, "no store of keys", () -> store.erasures().add(none, none.next(AT)));
    }

    @AfterEach
    void stop() {
        vault.close();
    }

    private void create(int number, String text) {
        assertThat(connect().create(id(number), wrapped(text))).isEqualTo(wrapped(text));
    }

    @Test
    void whatIsDestroyedIsInNoVersion() {
        create(1, "a-wrapped-key-1");
        assertThat(connect().replace(id(1), wrapped("a-wrapped-key-1"), wrapped("a-wrapped-key-2")))
                .isTrue();
        assertThat(vault.kv().everything()).contains("a-wrapped-key-1", "a-wrapped-key-2");
        connect().destroy(id(1));
        assertThat(vault.kv().everything()).doesNotContain("a-wrapped-key", id(1).toString());
    }

    /** Broken off behind each request, answered or not. */
    @Test
    void aDestructionThatBreaksOffIsEndedByTheNext() {
        for (String step : List.of("GET secret/metadata", "PUT secret/destroy", "DELETE secret/metadata")) {
            for (boolean done : new boolean[] {false, true}) {
                create(1, "a-wrapped-key");
                vault.failOnce(path -> path.startsWith(step), done);
                connect().destroy(id(1));
                assertThat(vault.kv().everything()).doesNotContain("a-wrapped-key");
            }
        }
        for (String step : List.of("PUT secret/destroy", "DELETE secret/metadata")) {
            create(1, "a-wrapped-key");
            vault.forbid(path -> path.startsWith(step));
            refused(Reason.REFUSED, "policy", () -> connect().destroy(id(1)));
            vault.forbid(path -> false);
            connect().destroy(id(1));
            assertThat(connect().find(id(1))).isEmpty();
            assertThat(vault.kv().everything()).doesNotContain("a-wrapped-key");
        }
    }

    /** An answer that is lost after the write: whoever tries again gets what it wrote. */
    @Test
    void aWriteWhoseAnswerIsLostIsNotDoneTwice() {
        WrappedKeyStore store = connect();
        vault.failOnce(path -> path.startsWith("POST secret/data"), true);
        refused(Reason.UNAVAILABLE, "", () -> store.create(id(1), wrapped("first")));
        assertThat(connect().create(id(1), wrapped("second"))).isEqualTo(wrapped("first"));
        vault.failOnce(path -> path.startsWith("POST secret/data"), false);
        refused(Reason.UNAVAILABLE, "", () -> connect().create(id(2), wrapped("first")));
        assertThat(connect().create(id(2), wrapped("second"))).isEqualTo(wrapped("second"));
    }

    /** A process that ends between its steps: until somebody comes by, nothing counts as known. */
    @Test
    void anErasureThatBreaksOffIsHiddenFromNobody() {
        Erasures none = Erasures.none(pseudonym(1));
        WrappedKeyStore store = connect();
        String before = store.erasures().revision();
        vault.failOnce(path -> path.startsWith("POST secret/data/contextgraph/erasures"), true);
        refused(Reason.UNAVAILABLE, "", () -> store.erasures().add(none, none.next(AT)));
        assertThat(store.erasures().find(pseudonym(1)).isOpen()).isFalse();
        String first = store.erasures().revision();
        assertThat(first).isNotEqualTo(before);
        assertThat(store.erasures().revision()).isNotEqualTo(first);
        // Another erasure does not take the mark away, an hour does.
        Erasures other = Erasures.none(pseudonym(2));
        assertThat(store.erasures().add(other, other.next(AT))).isTrue();
        assertThat(store.erasures().revision()).isNotEqualTo(store.erasures().revision());
        VaultErasureLedger later = new VaultErasureLedger(
                new VaultDocuments(VaultBed.client(vault), "secret", "contextgraph"),
                () -> Instant.now().plus(Duration.ofMinutes(61)));
        Erasures third = Erasures.none(pseudonym(3));
        assertThat(later.add(third, third.next(AT))).isTrue();
        assertThat(store.erasures().revision()).isEqualTo(store.erasures().revision());
    }

    @Test
    void whatSomebodyDeletedIsNotTakenForNeverThere() {
        Erasures none = Erasures.none(pseudonym(1));
        assertThat(connect().erasures().add(none, none.next(AT))).isTrue();
        VaultClient client = VaultBed.client(vault);
        String path =
                "secret/data/contextgraph/erasures/" + pseudonym(1).digits().substring(0, 2) + "/" + pseudonym(1);
        assertThat(client.once("DELETE", path, null).isOk()).isTrue();
        refused(Reason.DAMAGED, "undelete", () -> connect().erasures().find(pseudonym(1)));
        assertThat(client.once("DELETE", "secret/data/contextgraph/revision", null)
                        .isOk())
                .isTrue();
        refused(Reason.DAMAGED, "undelete", () -> connect().erasures().revision());
    }

    /** A new key in its place would make unreadable what was sealed, although Vault still has the old one. */
    @Test
    void aKeyThatSomebodyDeletedIsNotMadeAgain() {
        create(1, "key");
        String name = "contextgraph/keys/" + pseudonym(1).digits().substring(0, 2) + "/" + id(1);
        VaultClient client = VaultBed.client(vault);
        assertThat(client.once("DELETE", "secret/data/" + name, null).isOk()).isTrue();
        refused(Reason.DAMAGED, "undelete", () -> connect().find(id(1)));
        refused(Reason.DAMAGED, "undelete", () -> connect().create(id(1), wrapped("another")));
        refused(Reason.DAMAGED, "undelete", () -> connect().replace(id(1), wrapped("key"), wrapped("another")));
        connect().destroy(id(1));
        assertThat(connect().find(id(1))).isEmpty();
        create(1, "another");
    }

    @Test
    void aVaultThatIsSealedOrAwayIsUnavailable() {
        WrappedKeyStore store = connect();
        vault.seal(true);
        refused(Reason.UNAVAILABLE, "503 (Vault is sealed)", () -> store.find(id(1)));
        refused(Reason.UNAVAILABLE, "503", () -> store.create(id(1), wrapped("key")));
        vault.seal(false);
        assertThat(store.find(id(1))).isEmpty();
        VaultClient wrongToken = VaultBed.client(vault.address(), "another", Duration.ofSeconds(20));
        refused(Reason.REFUSED, "permission denied", () -> VaultKeyStore.open(wrongToken, "secret", "contextgraph"));
        vault.close();
        refused(Reason.UNAVAILABLE, "cannot be reached", () -> store.find(id(1)));
        refused(Reason.UNAVAILABLE, "cannot be reached", () -> store.list(Optional.empty(), 10));
    }

    private static void refused(Reason reason, String says, ThrowingCallable call) {
        assertThatExceptionOfType(KeyServiceException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.reason()).isEqualTo(reason))
                .withMessageContaining(says);
    }
}
