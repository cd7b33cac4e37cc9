// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.aws;

import io.contextgraph.config.Login;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.SdkHttpClient;

/** How a client of a service is made: by the JDK's client of HTTP, with one login and with time that ends. */
public final class AwsAccess {
    private AwsAccess() {}

    /**
     * The key and secret that are set, or what the environment, the files or the role of the machine say.
     *
     * @param setting where a login is set, for the message that there is none
     */
    public static AwsCredentialsProvider login(Optional<Login> login, String setting) {
        return login.map(AwsAccess::fixed).orElseGet(() -> found(setting));
    }

    private static AwsCredentialsProvider fixed(Login login) {
        return StaticCredentialsProvider.create(AwsBasicCredentials.create(login.user(), login.password()));
    }

    private static AwsCredentialsProvider found(String setting) {
        AwsCredentialsProvider chain = DefaultCredentialsProvider.builder().build();
        return () -> {
            try {
                return chain.resolveCredentials();
            } catch (SdkClientException none) {
                throw new NoLoginException(
                        "there are no keys: set " + setting
                                + ", or give them to this process as Amazon's SDK finds them",
                        none);
            }
        };
    }

    /** @param timeout for a connection, and between two packets */
    public static SdkHttpClient.Builder<?> http(Duration timeout) {
        return new SteadyHttpClient.Builder(timeout);
    }

    /**
     * Time that ends, whatever the other side does.
     *
     * @param timeout for one request, from its first byte to the last one of its answer
     * @param attempts most for one call, each with its own time
     */
    public static ClientOverrideConfiguration limits(Duration timeout, int attempts) {
        return ClientOverrideConfiguration.builder()
                .apiCallAttemptTimeout(timeout)
                .apiCallTimeout(timeout.multipliedBy(attempts))
                .retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                        .maxAttempts(attempts)
                        .build())
                .build();
    }
}
