// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Json;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import io.contextgraph.privacy.key.KeyWrapper;
import io.contextgraph.privacy.key.KeyWrapperContract;
import io.contextgraph.privacy.key.WrappedKey;
import io.contextgraph.privacy.vault.VaultClient.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VaultTransitWrapperTest extends KeyWrapperContract {
    private static final byte[] BELONGING = {1, 2};

    private final VaultDouble vault = VaultDouble.start();
    private final VaultClient client = VaultBed.client(vault);

    VaultTransitWrapperTest() {
        ok("POST", "transit/keys/personal", "{}");
    }

    private void ok(String method, String path, String body) {
        Answer answer = client.once(method, path, Json.MAPPER.readTree(body));
        assertThat(answer.isOk()).isTrue();
    }

    @Override
    protected KeyWrapper connect() {
        return new VaultTransitWrapper(VaultBed.client(vault), "transit", "personal");
    }

    @Override
    protected void rotate() {
        ok("POST", "transit/keys/personal/rotate", "{}");
    }

    @AfterEach
    void stop() {
        vault.close();
    }

    @Test
    void aVersionThatIsNotAllowedAnyMoreIsAskedForByNumber() {
        WrappedKey wrapped = connect().wrap(new byte[32], BELONGING);
        rotate();
        ok("POST", "transit/keys/personal/config", "{\"min_decryption_version\":2}");
        refused(Reason.REFUSED, () -> connect().unwrap(wrapped, BELONGING));
        ok("POST", "transit/keys/personal/config", "{\"min_decryption_version\":1}");
        assertThat(connect().unwrap(wrapped, BELONGING)).isEqualTo(new byte[32]);
    }

    @Test
    void aNameThatIsNotThereIsNotMadeByAProbe() {
        KeyWrapper other = new VaultTransitWrapper(client, "transit", "perosnal");
        refused(Reason.REFUSED, other::probe);
        assertThat(vault.asked()).doesNotContain("POST transit/encrypt/perosnal");
        refused(Reason.REFUSED, new VaultTransitWrapper(client, "elsewhere", "personal")::probe);
        WrappedKey wrapped = connect().wrap(new byte[32], BELONGING);
        WrappedKey renamed = new WrappedKey("vault:transit/perosnal", 1, wrapped.ciphertext());
        refused(Reason.REFUSED, () -> other.unwrap(renamed, BELONGING));
    }

    /** Nothing is asked of it that Vault cannot do with associated data. */
    @Test
    void wrappingAnewDoesNotUseRewrap() {
        WrappedKey wrapped = connect().wrap(new byte[32], BELONGING);
        rotate();
        assertThat(connect().rewrap(wrapped, BELONGING).version()).isEqualTo(2);
        assertThat(vault.asked()).noneMatch(path -> path.contains("rewrap"));
        Answer theirs = client.once(
                "POST",
                "transit/rewrap/personal",
                Json.MAPPER.createObjectNode().put("ciphertext", wrapped.ciphertext()));
        assertThat(theirs.status()).isEqualTo(400);
    }
}
