// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.aws;

import io.contextgraph.aws.AwsAccess;
import io.contextgraph.privacy.key.ExactBase64;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import io.contextgraph.privacy.key.KeyWrapper;
import io.contextgraph.privacy.key.WrappedKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Supplier;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.KmsClientBuilder;

/**
 * Wraps by keys of AWS KMS, which never leave it.
 *
 * <p><b>Shape.</b> The ciphertext is that of KMS, in base64. What it belongs to is the encryption context, in base64 under
 * {@value #CONTEXT}; CloudTrail keeps it with each use, so that it has pseudonyms. Versions are the numbers of
 * {@link KmsSettings#keys}: what KMS rotates inside of a key it unwraps by itself.
 *
 * <p><b>Guarantees.</b> Each request names its key: what a key of somebody else has wrapped is not unwrapped. A data key is
 * wrapped anew within KMS, and is not in this process meanwhile.
 *
 * <p><b>Errors.</b> {@link KeyServiceException}: UNAVAILABLE where KMS does not answer or has too much to do, after
 * {@link KmsSettings#timeout} and {@link KmsSettings#attempts}; REFUSED where the key is disabled, about to be deleted, not
 * there or not allowed; DAMAGED where it is not what that key has wrapped with this context.
 *
 * <p><b>Source.</b> AWS KMS API: Encrypt, Decrypt, ReEncrypt.
 */
public final class KmsKeyWrapper implements KeyWrapper {
    /** Name of the wrapping key. */
    static final String NAME = "aws-kms";

    static final String CONTEXT = "contextgraph";

    private static final byte[] TRIAL = {1, 2, 3};

    private final String place;
    private final KmsClient client;
    private volatile SortedMap<Integer, String> keys;

    public KmsKeyWrapper(KmsSettings settings) {
        this.place = settings.toString();
        this.keys = settings.keys();
        this.client = client(settings);
    }

    private static KmsClient client(KmsSettings settings) {
        KmsClientBuilder builder = KmsClient.builder()
                .region(Region.of(settings.region()))
                .credentialsProvider(AwsAccess.login(settings.login(), "the login for KMS"))
                .httpClientBuilder(AwsAccess.http(settings.timeout()))
                .overrideConfiguration(AwsAccess.limits(settings.timeout(), settings.attempts()));
        return (settings.endpoint().isPresent()
                        ? builder.endpointOverride(settings.endpoint().get())
                        : builder)
                .build();
    }

    /** Goes on with other keys: after one was added, or when an old one is to go. */
    public void renew(KmsSettings newer) {
        keys = newer.keys();
    }

    @Override
    public WrappedKey wrap(byte[] dataKey, byte[] associatedData) {
        SortedMap<Integer, String> now = keys;
        int newest = now.lastKey();
        SdkBytes sealed = asked(
                "wrap by " + name(now, newest),
                () -> client.encrypt(encrypt -> encrypt.keyId(now.get(newest))
                                .plaintext(SdkBytes.fromByteArrayUnsafe(dataKey))
                                .encryptionContext(context(associatedData)))
                        .ciphertextBlob());
        return wrapped(newest, sealed);
    }

    private static Map<String, String> context(byte[] associatedData) {
        return Map.of(CONTEXT, Base64.getEncoder().encodeToString(associatedData));
    }

    private static WrappedKey wrapped(int version, SdkBytes sealed) {
        return new WrappedKey(NAME, version, Base64.getEncoder().encodeToString(sealed.asByteArrayUnsafe()));
    }

    private static String name(SortedMap<Integer, String> keys, int version) {
        return "key " + version + " (" + keys.get(version) + ")";
    }

    private <T> T asked(String what, Supplier<T> call) {
        try {
            return call.get();
        } catch (SdkException e) {
            throw KmsErrors.of(e, "cannot " + what + " of " + place + ": ");
        }
    }

    @Override
    public byte[] unwrap(WrappedKey wrapped, byte[] associatedData) {
        SortedMap<Integer, String> now = keys;
        String key = keyOf(wrapped, now);
        SdkBytes sealed = decoded(wrapped, now);
        // The array of the answer itself: what its caller overwrites is nowhere else.
        return asked(
                "unwrap by " + name(now, wrapped.version()),
                () -> client.decrypt(decrypt ->
                                decrypt.keyId(key).ciphertextBlob(sealed).encryptionContext(context(associatedData)))
                        .plaintext()
                        .asByteArrayUnsafe());
    }

    private String keyOf(WrappedKey wrapped, SortedMap<Integer, String> now) {
        if (!wrapped.wrapper().equals(NAME)) {
            throw new KeyServiceException(
                    Reason.REFUSED,
                    "a data key was wrapped by " + wrapped.wrapper() + ", and this is " + place
                            + ": set the wrapper that was used");
        }
        String key = now.get(wrapped.version());
        if (key == null) {
            throw new KeyServiceException(
                    Reason.REFUSED,
                    "a data key was wrapped by key " + wrapped.version() + " of " + place
                            + ", and no key has that number now: name it again under its number");
        }
        return key;
    }

    private SdkBytes decoded(WrappedKey wrapped, SortedMap<Integer, String> now) {
        try {
            byte[] sealed = ExactBase64.decode(wrapped.ciphertext());
            if (sealed.length > 0) {
                return SdkBytes.fromByteArrayUnsafe(sealed);
            }
        } catch (IllegalArgumentException ignored) {
            // As one that is empty.
        }
        throw new KeyServiceException(
                Reason.DAMAGED,
                "a wrapped data key cannot be unwrapped by " + name(now, wrapped.version()) + " of " + place
                        + ": it was altered; bring back what it was");
    }

    @Override
    public WrappedKey rewrap(WrappedKey wrapped, byte[] associatedData) {
        SortedMap<Integer, String> now = keys;
        String key = keyOf(wrapped, now);
        int newest = now.lastKey();
        if (wrapped.version() == newest) {
            return wrapped;
        }
        SdkBytes sealed = decoded(wrapped, now);
        SdkBytes anew = asked(
                "wrap by " + name(now, newest) + " what was wrapped by " + name(now, wrapped.version()),
                () -> client.reEncrypt(reEncrypt -> reEncrypt
                                .sourceKeyId(key)
                                .ciphertextBlob(sealed)
                                .sourceEncryptionContext(context(associatedData))
                                .destinationKeyId(now.get(newest))
                                .destinationEncryptionContext(context(associatedData)))
                        .ciphertextBlob());
        return wrapped(newest, anew);
    }

    @Override
    public void probe() {
        byte[] opened = unwrap(wrap(TRIAL, TRIAL), TRIAL);
        if (!Arrays.equals(opened, TRIAL)) {
            throw new KeyServiceException(Reason.DAMAGED, describe() + " does not give back what it wrapped");
        }
    }

    @Override
    public String describe() {
        SortedMap<Integer, String> now = keys;
        return name(now, now.lastKey()) + " of " + place;
    }

    @Override
    public void close() {
        client.close();
    }
}
