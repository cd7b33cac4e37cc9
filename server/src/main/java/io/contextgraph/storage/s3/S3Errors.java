// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.storage.s3;

import io.contextgraph.aws.AwsFailures;
import io.contextgraph.storage.StorageException;
import io.contextgraph.storage.StorageException.Reason;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** What a failure of a bucket means, and what to do about it; of what the server says only its codes are told. */
public final class S3Errors {
    public static final int NOT_FOUND = 404;
    public static final int FORBIDDEN = 403;
    public static final int CONFLICT = 409;
    public static final int PRECONDITION_FAILED = 412;

    private static final int TOO_MANY = 429;
    private static final int SERVER_ERROR = 500;
    private static final int NOT_IMPLEMENTED = 501;
    private static final int TIMED_OUT = 408;

    private static final String NO_BUCKET = "NoSuchBucket";
    private static final String BAD_KEYS = "the keys are wrong: look at s3.login";
    private static final String BAD_REGION = "it is in another region: look at s3.region and s3.endpoint";

    private static final Map<String, String> KNOWN = Map.ofEntries(
            Map.entry("InvalidAccessKeyId", BAD_KEYS),
            Map.entry("SignatureDoesNotMatch", BAD_KEYS),
            Map.entry("InvalidToken", BAD_KEYS),
            Map.entry("ExpiredToken", "the keys have expired"),
            Map.entry("RequestTimeTooSkewed", "the clock of this machine is wrong"),
            Map.entry("PermanentRedirect", BAD_REGION),
            Map.entry("AuthorizationHeaderMalformed", BAD_REGION),
            Map.entry(NO_BUCKET, "there is no such bucket; make it, or look at the name"),
            Map.entry("QuotaExceeded", "its quota is used up"));

    private static final Set<String> ABOUT_KEYS = Set.of(
            "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken", "RequestTimeTooSkewed");

    private S3Errors() {}

    /** What it is for whoever asked. */
    public static StorageException of(SdkException failure, String what) {
        if (failure instanceof S3Exception answered) {
            return answered(answered, what);
        }
        return AwsFailures.noLogin(failure)
                .map(none -> new StorageException(Reason.REFUSED, what + none.getMessage(), failure))
                .orElseGet(
                        () -> new StorageException(Reason.UNAVAILABLE, what + AwsFailures.noAnswer(failure), failure));
    }

    private static StorageException answered(S3Exception failure, String what) {
        int status = failure.statusCode();
        String code = AwsFailures.code(failure);
        String known = KNOWN.get(code);
        String told = what + (known == null ? meaning(status) : known) + " (" + status + (code.isEmpty() ? "" : " ")
                + code + ")";
        if (isMissing(failure)) {
            return new StorageException(Reason.MISSING, told, failure);
        }
        boolean passes = AwsFailures.passes(status) || status == CONFLICT;
        return new StorageException(passes ? Reason.UNAVAILABLE : Reason.REFUSED, told, failure);
    }

    private static String meaning(int status) {
        return switch (status) {
            case FORBIDDEN ->
                "the keys have no right to it: they need s3:ListBucket, s3:GetObject, s3:PutObject and s3:DeleteObject";
            case NOT_FOUND -> "it is not there";
            case NOT_IMPLEMENTED -> "the server lacks what is needed: writing only where nothing is (If-None-Match)";
            case TOO_MANY, TIMED_OUT -> "the server has too much to do";
            default -> status >= SERVER_ERROR ? "the server has failed" : "the server refuses it";
        };
    }

    /** Whether the file is not there; a bucket that is not there is something else. */
    public static boolean isMissing(S3Exception failure) {
        return failure.statusCode() == NOT_FOUND && !AwsFailures.code(failure).equals(NO_BUCKET);
    }

    /** Whether whoever asked is known, and still must not: by a lock of the object, or a rule of the bucket. */
    public static boolean isForbidden(S3Exception failure) {
        return failure.statusCode() == FORBIDDEN && !ABOUT_KEYS.contains(AwsFailures.code(failure));
    }
}
