// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.kill;

import com.google.protobuf.InvalidProtocolBufferException;
import io.contextgraph.bench.kill.Findings.Kind;
import io.contextgraph.bench.kill.History.Taken;
import io.contextgraph.bench.kill.History.Track;
import io.contextgraph.bench.load.SpanEvents;
import io.contextgraph.bench.load.SpanRequests;
import io.contextgraph.ledger.Durability;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Sends traces over OTLP one after the other, over HTTP in both forms and over gRPC: new ones, and some of its old ones again;
 * and repeats what was not answered until it is.
 */
final class Exporter extends Act {
    private static final Durability LEVEL = Durability.FSYNC;
    private static final long MOST_TRACES = 100_000;
    private static final int BACK_OFF_MILLIS = 400;
    private static final int MAX_PAUSE_MILLIS = 200;
    private static final int TIMEOUT_SECONDS = 20;
    private static final String TRACES = "/v1/traces";

    /** Where gRPC says why it refuses; where there is nobody, nobody says it. */
    private static final Metadata.Key<byte[]> DETAILS =
            Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

    /** The ways to export. */
    private enum Way {
        PROTOBUF,
        JSON,
        GRPC
    }

    private final Client client;
    private final Servers servers;
    private final Story story;
    private final History history;
    private final Totals totals;
    private final Findings findings;
    private final SplittableRandom random;
    private final Map<Integer, ManagedChannel> channels = new HashMap<>();
    private final long first;
    private long next;

    Exporter(
            int number,
            Client client,
            Servers servers,
            Story story,
            History history,
            Totals totals,
            Findings findings) {
        this.client = client;
        this.servers = servers;
        this.story = story;
        this.history = history;
        this.totals = totals;
        this.findings = findings;
        this.random = new SplittableRandom(story.seed() * 7 + number);
        this.first = number * MOST_TRACES;
        this.next = first;
    }

    @Override
    public void run() {
        try {
            while (!isStopped()) {
                boolean again = next > first && random.nextInt(8) == 0;
                deliver(again ? random.nextLong(first, next) : next++);
                Thread.sleep(random.nextInt(MAX_PAUSE_MILLIS));
            }
        } catch (InterruptedException giveUp) {
            Thread.currentThread().interrupt();
        } finally {
            channels.values().forEach(ManagedChannel::shutdownNow);
        }
    }

    private void deliver(long trace) throws InterruptedException {
        List<Long> numbers = story.exported(trace);
        history.sentTogether(numbers);
        long sent = System.nanoTime();
        List<Track> tracks =
                numbers.stream().map(number -> history.sent(number, sent)).toList();
        while (!isTaken(SpanEvents.request(trace))) {
            totals.repeated(numbers.size());
            Thread.sleep(random.nextInt(BACK_OFF_MILLIS));
        }
        Taken taken = new Taken(LEVEL, System.nanoTime());
        for (Track track : tracks) {
            if (track.taken().isEmpty()) {
                track.add(taken);
                totals.acknowledged(LEVEL, false);
                history.synced(story.event(track.number).sessionId(), story.id(track.number));
            }
        }
        totals.exports.incrementAndGet();
    }

    /** Whether all of it was acknowledged; otherwise it must be sent again. */
    private boolean isTaken(byte[] request) throws InterruptedException {
        try {
            return switch (Way.values()[random.nextInt(Way.values().length)]) {
                case PROTOBUF -> {
                    HttpResponse<byte[]> answer = client.post(TRACES, "application/x-protobuf", request);
                    yield answer.statusCode() == 200
                            ? isWhole(ExportTraceServiceResponse.parseFrom(answer.body()))
                            : isRefused(answer);
                }
                case JSON -> {
                    byte[] json = SpanRequests.json(request).toString().getBytes(StandardCharsets.UTF_8);
                    HttpResponse<byte[]> answer = client.post(TRACES, "application/json", json);
                    String said = new String(answer.body(), StandardCharsets.UTF_8);
                    yield answer.statusCode() == 200
                            ? isWhole(said, said.strip().equals("{}"))
                            : isRefused(answer);
                }
                case GRPC -> isTakenByGrpc(ExportTraceServiceRequest.parseFrom(request));
            };
        } catch (InvalidProtocolBufferException other) {
            findings.add(Kind.UNEXPECTED_ANSWER, "an export was answered with what is no message: " + other);
            return true;
        } catch (IOException cutOff) {
            return false;
        }
    }

    private boolean isTakenByGrpc(ExportTraceServiceRequest request) throws InterruptedException {
        Servers.Turn turn = servers.next();
        ManagedChannel channel = channels.computeIfAbsent(
                turn.grpcPort(),
                port -> NettyChannelBuilder.forAddress(turn.address().getHost(), port)
                        .usePlaintext()
                        .build());
        // What it learned of the one that stood there before says nothing of the one that does now.
        channel.resetConnectBackoff();
        try {
            return isWhole(TraceServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                    .export(request));
        } catch (StatusRuntimeException failed) {
            Metadata trailers = failed.getTrailers();
            if (trailers == null || !trailers.containsKey(DETAILS)) {
                turn.cut("an export over gRPC", failed);
                return false;
            }
            return switch (failed.getStatus().getCode()) {
                case UNAVAILABLE -> {
                    totals.postponed.incrementAndGet();
                    yield false;
                }
                default -> {
                    findings.add(Kind.UNEXPECTED_ANSWER, "an export over gRPC: " + failed.getStatus());
                    yield true;
                }
            };
        }
    }

    private boolean isWhole(ExportTraceServiceResponse answer) {
        return isWhole(answer.toString(), answer.equals(ExportTraceServiceResponse.getDefaultInstance()));
    }

    private boolean isWhole(String answer, boolean whole) {
        if (!whole) {
            findings.add(Kind.UNEXPECTED_ANSWER, "an export was not taken whole: " + answer);
        }
        return true;
    }

    /** What does not ask to come again never comes. */
    private boolean isRefused(HttpResponse<byte[]> answer) {
        if (answer.statusCode() == 503) {
            return false;
        }
        findings.add(
                Kind.UNEXPECTED_ANSWER,
                "an export: status " + answer.statusCode() + " " + new String(answer.body(), StandardCharsets.UTF_8));
        return true;
    }
}
