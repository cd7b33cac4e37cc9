// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ops;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** The body of an answer that is kept whole as long as it is not too large. */
public final class BoundedBody implements BodySubscriber<byte[]> {
    private final BodySubscriber<byte[]> kept = BodySubscribers.ofByteArray();
    private final CompletableFuture<byte[]> result = new CompletableFuture<>();
    private final int maxBytes;
    private Flow.@Nullable Subscription subscription;
    private long bytes;

    private BoundedBody(int maxBytes) {
        this.maxBytes = maxBytes;
        CompletionStage<Boolean> ignored = kept.getBody()
                .handle((body, failure) ->
                        failure == null ? result.complete(body) : result.completeExceptionally(failure));
    }

    /** Fails with {@link IOException} as soon as there are more bytes. */
    public static HttpResponse.BodyHandler<byte[]> of(int maxBytes) {
        return head -> new BoundedBody(maxBytes);
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return result;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        kept.onSubscribe(given);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        bytes += buffers.stream().mapToLong(ByteBuffer::remaining).sum();
        if (bytes <= maxBytes) {
            kept.onNext(buffers);
            return;
        }
        Flow.Subscription running = subscription;
        if (running != null) {
            running.cancel();
        }
        boolean ignored = result.completeExceptionally(
                new IOException("the answer has more than " + maxBytes + " bytes: ask for less at once"));
    }

    @Override
    public void onError(Throwable failure) {
        kept.onError(failure);
    }

    @Override
    public void onComplete() {
        if (bytes <= maxBytes) {
            kept.onComplete();
        }
    }
}
