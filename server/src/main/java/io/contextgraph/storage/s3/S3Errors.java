// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.storage.s3;

import io.contextgraph.storage.StorageException;
import io.contextgraph.storage.StorageException.Reason;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** What a failure of a bucket means, and what to do about it; of what the server says only its codes are told. */
final class S3Errors {
    static final int NOT_FOUND = 404;
    static final int FORBIDDEN = 403;
    static final int CONFLICT = 409;
    static final int PRECONDITION_FAILED = 412;

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
    static StorageException of(SdkException failure, String what) {
        if (failure instanceof S3Exception answered) {
            return answered(answered, what);
        }
        Optional<StorageException> own = causes(failure, StorageException.class);
        if (own.isPresent()) {
            return new StorageException(own.get().reason(), what + own.get().getMessage(), failure);
        }
        String why = causes(failure, IOException.class)
                .map(io -> io.getClass().getSimpleName() + ": " + io.getMessage())
                .orElseGet(() -> String.valueOf(failure.getMessage()));
        return new StorageException(Reason.UNAVAILABLE, what + "it does not answer (" + why + ")", failure);
    }

    private static <T> Optional<T> causes(Throwable failure, Class<T> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return Optional.of(type.cast(cause));
            }
        }
        return Optional.empty();
    }

    private static StorageException answered(S3Exception failure, String what) {
        int status = failure.statusCode();
        String code = code(failure);
        String known = KNOWN.get(code);
        String told = what + (known == null ? meaning(status) : known) + " (" + status + (code.isEmpty() ? "" : " ")
                + code + ")";
        boolean passes = status == TIMED_OUT
                || status == TOO_MANY
                || status == CONFLICT
                || (status >= SERVER_ERROR && status != NOT_IMPLEMENTED);
        if (isMissing(failure)) {
            return new StorageException(Reason.MISSING, told, failure);
        }
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
    static boolean isMissing(S3Exception failure) {
        return failure.statusCode() == NOT_FOUND && !code(failure).equals(NO_BUCKET);
    }

    /** Whether whoever asked is known, and still must not: by a lock of the object, or a rule of the bucket. */
    static boolean isForbidden(S3Exception failure) {
        return failure.statusCode() == FORBIDDEN && !ABOUT_KEYS.contains(code(failure));
    }

    private static String code(S3Exception failure) {
        AwsErrorDetails details = failure.awsErrorDetails();
        return details == null || details.errorCode() == null ? "" : details.errorCode();
    }
}
