// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.aws;

import io.contextgraph.aws.AwsFailures;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * What a failure of KMS means, and what to do about it; of what KMS says only its codes are told.
 *
 * <p><b>Source.</b> AWS KMS API, errors of Encrypt, Decrypt and ReEncrypt, and common errors.
 */
final class KmsErrors {
    private static final Set<String> PASSING = Set.of(
            "ThrottlingException",
            "LimitExceededException",
            "RequestLimitExceeded",
            "KMSInternalException",
            "DependencyTimeoutException",
            "KeyUnavailableException",
            "InternalFailure",
            "ServiceUnavailable");

    private static final String DAMAGED = "InvalidCiphertextException";

    private static final String BAD_KEYS = "the keys by which KMS is asked are wrong: look at the login for KMS";
    private static final String EXPIRED = "the keys by which KMS is asked have expired";

    private static final Map<String, String> REFUSALS = Map.ofEntries(
            Map.entry("DisabledException", "the key is disabled: enable it (aws kms enable-key)"),
            Map.entry(
                    "KMSInvalidStateException",
                    "the key is about to be deleted, or its material is not there: stop that (aws kms"
                            + " cancel-key-deletion), then enable it (aws kms enable-key)"),
            Map.entry("NotFoundException", "there is no such key: look at its name and at the region"),
            Map.entry("InvalidArnException", "there is no such key: look at its name and at the region"),
            Map.entry(
                    "InvalidKeyUsageException", "the key is of another kind: it must be a symmetric one that encrypts"),
            Map.entry(
                    "IncorrectKeyException",
                    "it was wrapped by another key than the one that has this number now: give each key of KMS a number of"
                            + " its own, and the number back to the one that had it"),
            Map.entry(
                    "AccessDeniedException",
                    "the policy of the key, or the rights of whoever asks, do not allow it: kms:Encrypt, kms:Decrypt,"
                            + " kms:ReEncryptFrom and kms:ReEncryptTo are needed; or there is no such key in this"
                            + " region"),
            Map.entry("UnrecognizedClientException", BAD_KEYS),
            Map.entry("InvalidClientTokenId", BAD_KEYS),
            Map.entry("InvalidSignatureException", BAD_KEYS + ", and at the clock of this machine"),
            Map.entry("IncompleteSignature", BAD_KEYS),
            Map.entry("MissingAuthenticationToken", BAD_KEYS),
            Map.entry("ExpiredTokenException", EXPIRED),
            Map.entry("ExpiredToken", EXPIRED));

    private KmsErrors() {}

    /** What it is for whoever asked. */
    static KeyServiceException of(SdkException failure, String what) {
        if (failure instanceof AwsServiceException answered) {
            return answered(answered, what);
        }
        return AwsFailures.noLogin(failure)
                .map(none -> new KeyServiceException(Reason.REFUSED, what + none.getMessage(), failure))
                .orElseGet(() ->
                        new KeyServiceException(Reason.UNAVAILABLE, what + AwsFailures.noAnswer(failure), failure));
    }

    private static KeyServiceException answered(AwsServiceException failure, String what) {
        int status = failure.statusCode();
        String code = AwsFailures.code(failure);
        String answer = " (" + status + (code.isEmpty() ? "" : " ") + code + ")";
        if (PASSING.contains(code) || AwsFailures.passes(status)) {
            return new KeyServiceException(
                    Reason.UNAVAILABLE, what + "KMS has too much to do, or has failed" + answer, failure);
        }
        if (code.equals(DAMAGED)) {
            return new KeyServiceException(
                    Reason.DAMAGED,
                    what
                            + "it was altered, is of another subject, or was wrapped by another key; bring back what it was"
                            + answer,
                    failure);
        }
        return new KeyServiceException(
                Reason.REFUSED, what + REFUSALS.getOrDefault(code, "KMS refuses it") + answer, failure);
    }
}
