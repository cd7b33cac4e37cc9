// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.aws;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.utils.AttributeMap;

/**
 * The JDK's client of HTTP, in the form that the SDK has of it. That form throws an {@link UncheckedIOException} for some
 * connections that break off or are cut when their time is over; the SDK tries again, and knows a failure of its own, only
 * where it is an {@link IOException}.
 */
final class SteadyHttpClient implements SdkHttpClient {
    private final SdkHttpClient client;

    private SteadyHttpClient(SdkHttpClient client) {
        this.client = client;
    }

    /** Makes one for each client of a service, which closes it. */
    static final class Builder implements SdkHttpClient.Builder<Builder> {
        private final UrlConnectionHttpClient.Builder builder;

        Builder(Duration timeout) {
            this.builder =
                    UrlConnectionHttpClient.builder().connectionTimeout(timeout).socketTimeout(timeout);
        }

        @Override
        public SdkHttpClient buildWithDefaults(AttributeMap defaults) {
            return new SteadyHttpClient(builder.buildWithDefaults(defaults));
        }
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        ExecutableHttpRequest prepared = client.prepareRequest(request);
        return new ExecutableHttpRequest() {
            @Override
            public HttpExecuteResponse call() throws IOException {
                try {
                    return prepared.call();
                } catch (UncheckedIOException brokenOff) {
                    throw new IOException(brokenOff.getMessage(), brokenOff);
                }
            }

            @Override
            public void abort() {
                prepared.abort();
            }
        };
    }

    @Override
    public String clientName() {
        return client.clientName();
    }

    @Override
    public void close() {
        client.close();
    }
}
