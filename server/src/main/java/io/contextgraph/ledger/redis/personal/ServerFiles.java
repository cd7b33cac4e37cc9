// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.personal;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.personal.PersistedFiles.Outcome;
import io.contextgraph.ledger.personal.PersistedFiles.Rewritten;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.RedisErrors;
import io.contextgraph.ledger.redis.client.Replies;
import io.contextgraph.ledger.redis.client.ServerFacts;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * The files of one Redis server.
 *
 * <p><b>Guarantees.</b> One that was being written already when it was asked for is written once more: it may have been begun
 * before what is to be missing from it was deleted.
 *
 * @param redis may have files written and look how that goes
 * @param name of the server, for people
 */
record ServerFiles(Redis redis, String name) {
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final String REWRITING = "aof_rewrite_in_progress";
    private static final String SCHEDULED = "aof_rewrite_scheduled";
    private static final String SAVING = "rdb_bgsave_in_progress";

    /** One of the sections that {@code INFO} has; empty where the server keeps it to itself. */
    Map<String, String> info(String section) {
        return ServerFacts.parse(Keys.text((byte[]) told(Command.INFO, section)));
    }

    private Object told(Command command, String... arguments) {
        return redis.<Object>pipelined(p -> p.sendCommand(command, arguments));
    }

    static long number(Map<String, String> info, String field) {
        String told = info.getOrDefault(field, "");
        return told.matches("\\d{1,18}") ? Long.parseLong(told) : 0;
    }

    Rewritten left(String why) {
        return new Rewritten(name, Outcome.LEFT, why, List.of());
    }

    /** Whether a replica has everything up to a place in what it is told. */
    boolean hasFollowed(long offset, Duration patience) {
        return await(
                System.nanoTime() + patience.toNanos(),
                () -> number(info("replication"), "slave_repl_offset") >= offset);
    }

    Rewritten appendOnly(Duration patience) {
        if ("0".equals(info("persistence").get("aof_enabled"))) {
            return new Rewritten(name, Outcome.NONE, "appendonly is no", List.of());
        }
        return written(Command.BGREWRITEAOF, "aof_last_bgrewrite_status", patience)
                .map(this::left)
                .orElseGet(
                        () -> new Rewritten(name, Outcome.WRITTEN, place("appenddirname", "appendonlydir"), List.of()));
    }

    Rewritten snapshot(Duration patience) {
        return written(Command.BGSAVE, "rdb_last_bgsave_status", patience)
                .map(this::left)
                .orElseGet(() -> new Rewritten(name, Outcome.WRITTEN, place("dbfilename", "dump.rdb"), older()));
    }

    /** Has a file written; why it is not. */
    private Optional<String> written(Command command, String status, Duration patience) {
        long until = System.nanoTime() + patience.toNanos();
        String late = "it was not written within " + patience.toSeconds() + " s: give " + command.name()
                + " on this server, and see that it ends";
        try {
            do {
                if (!await(until, this::isIdle)) {
                    return Optional.of(late);
                }
            } while (!began(command));
            if (!await(until, this::isIdle)) {
                return Optional.of(late);
            }
            String told = info("persistence").getOrDefault(status, "unknown");
            return told.equals("ok")
                    ? Optional.empty()
                    : Optional.of(status + " is " + told + ": see the log of this server, and give " + command.name());
        } catch (LedgerException failed) {
            return Optional.of(failed.getMessage() + ": give " + command.name() + " on this server");
        }
    }

    private boolean isIdle() {
        Map<String, String> now = info("persistence");
        return number(now, REWRITING) + number(now, SCHEDULED) + number(now, SAVING) == 0;
    }

    /** False where another file is being written, which somebody else has asked for. */
    private boolean began(Command command) {
        try {
            Object ignored = told(command);
            return true;
        } catch (LedgerException refused) {
            if (refused.getCause() instanceof JedisDataException said
                    && !RedisErrors.isDenied(refused)
                    && String.valueOf(said.getMessage()).contains("progress")) {
                return false;
            }
            throw refused;
        }
    }

    private static boolean await(long until, BooleanSupplier what) {
        while (!what.getAsBoolean()) {
            if (System.nanoTime() - until > 0 || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        return true;
    }

    /** Where a file is, as far as the server says it. */
    private String place(String setting, String usual) {
        return setting("dir")
                .map(folder -> folder + "/" + setting(setting).orElse(usual))
                .orElse("the server does not say where");
    }

    private Optional<String> setting(String setting) {
        try {
            Object told = told(Command.CONFIG, "GET", setting);
            return Optional.ofNullable(Replies.map(told).get(setting)).map(Replies::text);
        } catch (LedgerException kept) {
            return Optional.empty();
        }
    }

    /** Others beside the snapshot, where this is the machine that has them. */
    private List<String> older() {
        String host = name.substring(0, name.lastIndexOf(':'));
        Optional<String> folder = setting("dir");
        String own = setting("dbfilename").orElse("");
        List<String> found = new ArrayList<>();
        try {
            if (folder.isEmpty()
                    || own.isEmpty()
                    || !InetAddress.getByName(host).isLoopbackAddress()) {
                return found;
            }
            try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of(folder.get()), "*.rdb*")) {
                for (Path file : files) {
                    if (!file.getFileName().toString().equals(own) && Files.isRegularFile(file)) {
                        found.add(file.toString());
                    }
                }
            }
        } catch (IOException notHere) {
            return found;
        }
        found.sort(null);
        return found;
    }
}
