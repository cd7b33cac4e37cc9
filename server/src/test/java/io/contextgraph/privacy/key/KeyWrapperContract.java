// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.contextgraph.privacy.key.KeyServiceException.Reason;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link KeyWrapper} does. */
public abstract class KeyWrapperContract {
    private static final byte[] BELONGING = "whose it is".getBytes(UTF_8);

    private KeyWrapper wrapper;

    /** One by the wrapping key as it is now, as another process has it; the key is there for one test. */
    protected abstract KeyWrapper connect();

    /** Gives the wrapping key a newer version; who is connected already knows of it. */
    protected abstract void rotate();

    @BeforeEach
    void connectOnce() {
        wrapper = connect();
    }

    @AfterEach
    void close() {
        wrapper.close();
    }

    private static byte[] key() {
        return RandomKey.bytes();
    }

    @Test
    void whatIsWrappedIsUnwrappedByAnyOther() {
        byte[] key = key();
        WrappedKey wrapped = wrapper.wrap(key, BELONGING);
        assertThat(wrapped.version()).isEqualTo(1);
        assertThat(wrapped.wrapper()).isNotBlank();
        assertThat(wrapper.unwrap(wrapped, BELONGING)).isEqualTo(key);
        try (KeyWrapper other = connect()) {
            assertThat(other.unwrap(wrapped, BELONGING)).isEqualTo(key);
        }
    }

    @Test
    void wrappingTheSameTwiceGivesTwo() {
        byte[] key = key();
        assertThat(wrapper.wrap(key, BELONGING)).isNotEqualTo(wrapper.wrap(key, BELONGING));
    }

    @Test
    void whatBelongsToAnotherIsRefused() {
        WrappedKey wrapped = wrapper.wrap(key(), BELONGING);
        for (String other : List.of("", "whose it iS", "whose it is ")) {
            refused(Reason.DAMAGED, () -> wrapper.unwrap(wrapped, other.getBytes(UTF_8)));
        }
    }

    @Test
    void whatWasAlteredIsRefused() {
        WrappedKey wrapped = wrapper.wrap(key(), BELONGING);
        String text = wrapped.ciphertext();
        for (int at : new int[] {text.length() / 2, text.length() - 5}) {
            char other = text.charAt(at) == 'A' ? 'B' : 'A';
            String altered = text.substring(0, at) + other + text.substring(at + 1);
            refused(
                    Reason.DAMAGED,
                    () -> wrapper.unwrap(new WrappedKey(wrapped.wrapper(), wrapped.version(), altered), BELONGING));
        }
        for (String cut : List.of("", text.substring(0, text.length() / 2), "?" + text)) {
            refused(
                    Reason.DAMAGED,
                    () -> wrapper.unwrap(new WrappedKey(wrapped.wrapper(), wrapped.version(), cut), BELONGING));
        }
    }

    @Test
    void whatAnotherWrappedIsRefusedByName() {
        WrappedKey wrapped = wrapper.wrap(key(), BELONGING);
        refused(
                Reason.REFUSED,
                () -> wrapper.unwrap(
                        new WrappedKey("another/wrapper", wrapped.version(), wrapped.ciphertext()), BELONGING));
    }

    @Test
    void aNewerVersionWrapsAndTheOlderStillUnwraps() {
        byte[] key = key();
        WrappedKey before = wrapper.wrap(key, BELONGING);
        assertThat(wrapper.rewrap(before, BELONGING)).isEqualTo(before);
        rotate();
        WrappedKey after = wrapper.wrap(key, BELONGING);
        assertThat(after.version()).isEqualTo(2);
        assertThat(wrapper.unwrap(before, BELONGING)).isEqualTo(key);
        assertThat(wrapper.unwrap(after, BELONGING)).isEqualTo(key);
        WrappedKey again = wrapper.rewrap(before, BELONGING);
        assertThat(again.version()).isEqualTo(2);
        assertThat(again.wrapper()).isEqualTo(before.wrapper());
        assertThat(wrapper.unwrap(again, BELONGING)).isEqualTo(key);
        assertThat(wrapper.rewrap(again, BELONGING)).isEqualTo(again);
        refused(Reason.DAMAGED, () -> wrapper.rewrap(before, "another".getBytes(UTF_8)));
    }

    @Test
    void itTellsHowItIs() {
        wrapper.probe();
        assertThat(wrapper.describe()).isNotBlank();
    }

    @Test
    void whatIsGivenIsNotChanged() {
        byte[] key = key();
        byte[] copy = key.clone();
        WrappedKey ignored = wrapper.wrap(key, BELONGING);
        assertThat(key).isEqualTo(copy);
    }

    protected static void refused(Reason reason, ThrowingCallable call) {
        assertThatExceptionOfType(KeyServiceException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.reason()).isEqualTo(reason));
    }
}
