// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.testing.RunningRedis;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisMonitor;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/** Watches which keys scripts touch, and which they were told. */
final class ScriptWatch implements AutoCloseable {
    private static final String FROM_SCRIPT = " lua] ";
    private static final int MOST_FAULTS = 20;

    private final Jedis monitored;
    private final Jedis asked;
    private final Jedis marking;
    private final String last = UUID.randomUUID().toString();
    private final CompletableFuture<String> end = new CompletableFuture<>();

    /** Where the keys of a command stand, by its name and how many words it has. */
    private final Map<String, List<Integer>> places = new HashMap<>();

    private final Set<String> scripts = ConcurrentHashMap.newKeySet();
    private final List<String> faults = new ArrayList<>();
    private List<String> told = List.of();
    private String script = "";

    ScriptWatch(RunningRedis redis) {
        monitored = new Jedis(redis.url());
        asked = new Jedis(redis.url());
        marking = new Jedis(redis.url());
        CompletableFuture<String> begun = new CompletableFuture<>();
        Thread ignored = Thread.ofPlatform().daemon().start(() -> {
            try {
                monitored.monitor(new JedisMonitor() {
                    @Override
                    public void onCommand(String line) {
                        begun.complete(line);
                        saw(line);
                    }
                });
            } catch (JedisException closed) {
                end.completeExceptionally(closed);
            }
        });
        while (!begun.isDone()) {
            String answer = marking.ping();
            assertThat(answer).isEqualTo("PONG");
        }
    }

    private void saw(String line) {
        int words = line.indexOf("] ") + 2;
        if (line.contains(last)) {
            end.complete(line);
        } else if (line.startsWith("EVALSHA", words + 1)) {
            List<String> call = words(line.substring(words));
            int count = Integer.parseInt(call.get(2));
            script = call.get(1);
            told = call.subList(3, 3 + count);
            scripts.add(script);
        } else if (line.contains(FROM_SCRIPT) && line.indexOf(FROM_SCRIPT) + FROM_SCRIPT.length() == words) {
            List<String> command = words(line.substring(words));
            for (int place : places(command)) {
                if (!told.contains(command.get(place)) && faults.size() < MOST_FAULTS) {
                    faults.add(script + " was not told " + command.get(place) + " of " + command.getFirst());
                }
            }
        }
    }

    /** As Redis says it. */
    private List<Integer> places(List<String> command) {
        String kind = command.getFirst().toLowerCase(Locale.ROOT) + " " + command.size();
        List<Integer> known = places.get(kind);
        if (known == null) {
            // Words of their own, so that those that come back say where they stood.
            List<String> words = new ArrayList<>(command);
            try {
                List<byte[]> asking = new ArrayList<>(List.of("GETKEYS".getBytes(ISO_8859_1)));
                words.forEach(word -> asking.add(word.getBytes(ISO_8859_1)));
                List<?> keys = (List<?>) asked.sendCommand(Command.COMMAND, asking.toArray(byte[][]::new));
                Set<String> named = ConcurrentHashMap.newKeySet();
                keys.forEach(key -> named.add(new String((byte[]) key, ISO_8859_1)));
                known = IntStream.range(1, words.size())
                        .filter(i -> named.contains(words.get(i)))
                        .boxed()
                        .toList();
            } catch (JedisDataException refused) {
                if (!String.valueOf(refused.getMessage()).contains("no key arguments")) {
                    faults.add("keys of " + command.getFirst() + ": " + refused.getMessage());
                }
                known = List.of();
            }
            places.put(kind, known);
        }
        return known;
    }

    /** The words of a command, each byte a character. */
    private static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        int at = 0;
        while (at < line.length()) {
            ByteArrayOutputStream word = new ByteArrayOutputStream();
            at++;
            while (line.charAt(at) != '"') {
                char c = line.charAt(at);
                if (c == '\\' && line.charAt(at + 1) == 'x') {
                    word.write(Integer.parseInt(line.substring(at + 2, at + 4), 16));
                    at += 4;
                } else if (c == '\\') {
                    word.write(
                            switch (line.charAt(at + 1)) {
                                case 'n' -> '\n';
                                case 'r' -> '\r';
                                case 't' -> '\t';
                                case 'a' -> 7;
                                case 'b' -> '\b';
                                default -> line.charAt(at + 1);
                            });
                    at += 2;
                } else {
                    word.write(c);
                    at++;
                }
            }
            words.add(word.toString(ISO_8859_1));
            at += 2;
        }
        return words;
    }

    /** Which scripts ran, by their names in Redis. */
    Set<String> scripts() {
        return scripts;
    }

    /** What scripts touched without having been told of it, until now. */
    List<String> faults() throws Exception {
        String ignored = marking.echo(last);
        ignored = end.get(60, TimeUnit.SECONDS);
        return faults;
    }

    @Override
    public void close() {
        monitored.disconnect();
        asked.close();
        marking.close();
    }
}
