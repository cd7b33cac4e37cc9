// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.aws;

import java.io.IOException;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** What a failure of a call is, whatever the service; of what the service says only its codes are told. */
public final class AwsFailures {
    private static final int TIMED_OUT = 408;
    private static final int TOO_MANY = 429;
    private static final int SERVER_ERROR = 500;
    private static final int NOT_IMPLEMENTED = 501;

    private AwsFailures() {}

    /** The service's own word for it; empty where it has none. */
    public static String code(AwsServiceException failure) {
        AwsErrorDetails details = failure.awsErrorDetails();
        return details == null || details.errorCode() == null ? "" : details.errorCode();
    }

    /** Whether the same may succeed later, by the status alone. */
    public static boolean passes(int status) {
        return status == TIMED_OUT || status == TOO_MANY || (status >= SERVER_ERROR && status != NOT_IMPLEMENTED);
    }

    /** That there is no login by which to ask; empty where that is not the reason. */
    public static Optional<NoLoginException> noLogin(SdkException failure) {
        return cause(failure, NoLoginException.class);
    }

    /** Why there was no answer. */
    public static String noAnswer(SdkException failure) {
        String why = cause(failure, IOException.class)
                .map(io -> io.getClass().getSimpleName() + ": " + io.getMessage())
                .orElseGet(() -> String.valueOf(failure.getMessage()));
        return "it does not answer (" + why + ")";
    }

    private static <T> Optional<T> cause(Throwable failure, Class<T> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return Optional.of(type.cast(cause));
            }
        }
        return Optional.empty();
    }
}
