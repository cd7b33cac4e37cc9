// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.Response;

/**
 * A script of the ledger, in Lua.
 *
 * <p><b>Guarantees.</b> Redis may forget scripts at any time (restart, failover, {@code SCRIPT FLUSH}): whoever calls
 * one loads it again on {@code NOSCRIPT}, {@value #MAX_LOADS} times without getting on, and repeats what failed with it.
 */
public final class Script {
    /** How often in a row it is loaded for nothing before that is an error. */
    public static final int MAX_LOADS = 10;

    private static final String FOLDER = "/io/contextgraph/ledger/redis/";

    private final String source;
    private final byte[] sha;

    /** @param files one after the other: a script that is too long to be read in one go is joined from fragments */
    public Script(String... files) {
        this(Arrays.stream(files).map(Script::text).toList());
    }

    /** @param texts of its fragments */
    public Script(List<String> texts) {
        source = String.join("\n", texts);
        try {
            sha = Keys.bytes(
                    HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(Keys.bytes(source))));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }

    /** What a file holds. */
    public static String text(String file) {
        try (InputStream in = Script.class.getResourceAsStream(FOLDER + file)) {
            if (in == null) {
                throw new IllegalStateException("missing resource: " + file);
            }
            return Keys.text(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As Redis is given it. */
    public String source() {
        return source;
    }

    public Response<Object> queue(Pipeline pipeline, List<byte[]> keys, List<byte[]> args) {
        return pipeline.evalsha(sha, keys, args);
    }

    /** Puts a call into the buffer of a connection, whose user reads the answer. */
    public void send(Connection connection, List<byte[]> keys, List<byte[]> args) {
        List<byte[]> all = new ArrayList<>(keys.size() + args.size() + 2);
        all.add(sha);
        all.add(Keys.bytes(Integer.toString(keys.size())));
        all.addAll(keys);
        all.addAll(args);
        connection.sendCommand(Protocol.Command.EVALSHA, all.toArray(byte[][]::new));
    }

    /** Puts the call that loads it into the buffer of a connection, whose user reads the answer. */
    public void sendLoad(Connection connection) {
        connection.sendCommand(Protocol.Command.SCRIPT, "LOAD", source);
    }

    /** Runs a script that only reads: rights to read are enough. */
    Response<Object> queueReadOnly(Pipeline pipeline, List<byte[]> keys, List<byte[]> args) {
        return pipeline.evalshaReadonly(sha, keys, args);
    }

    /** Before the calls of the same pipeline. */
    public void queueLoad(Pipeline pipeline) {
        Response<String> ignored = pipeline.scriptLoad(source, "");
    }
}
