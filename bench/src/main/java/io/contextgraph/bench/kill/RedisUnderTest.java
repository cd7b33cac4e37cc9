// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.kill;

import io.contextgraph.bench.server.Ports;
import io.contextgraph.bench.server.PowerCut;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.standalone.AppendOnlyTail;
import io.contextgraph.standalone.redis.RedisPrograms;
import io.contextgraph.standalone.redis.RedisServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * How Redis is started: its append-only file on and often rewritten, so that kills meet rewriting, too.
 *
 * @param program the server
 * @param folder its data and its log
 * @param port on loopback
 * @param appendFsync when it syncs
 * @param powerCut the library that keeps back what is not synced
 * @param options further arguments
 */
record RedisUnderTest(
        RedisServer program,
        Path folder,
        int port,
        String password,
        KillPlan.AppendFsync appendFsync,
        Optional<Path> powerCut,
        List<String> options)
        implements Supervised.Launcher {
    private static final String FIRST_WITH_WAITAOF = "7.2";

    static RedisUnderTest in(Path folder, KillPlan plan, Engine engine, KillPlan.AppendFsync appendFsync)
            throws IOException {
        Files.createDirectories(folder);
        return new RedisUnderTest(
                program(engine)
                        .orElseThrow(() -> new IOException("no Redis " + FIRST_WITH_WAITAOF + " or newer "
                                + (engine == Engine.SEARCH ? "with JSON and Search " : "") + "is here")),
                folder,
                Ports.free(),
                UUID.randomUUID().toString(),
                appendFsync,
                plan.powerCuts() ? Optional.of(PowerCut.library(folder)) : Optional.empty(),
                plan.redisOptions());
    }

    /** A server that can confirm {@code fsync} and run this engine, and is fetched where that helps. */
    static Optional<RedisServer> program(Engine engine) throws IOException {
        RedisPrograms programs = RedisPrograms.here(
                Path.of(System.getProperty("java.io.tmpdir"), "contextgraph-bundled"),
                RedisPrograms.fetchesByDefault());
        return programs.first(
                        server -> RedisServer.compareVersions(server.version(), FIRST_WITH_WAITAOF) >= 0
                                && (engine == Engine.SORTED_SET || server.hasSearch()),
                        System.err::println)
                .map(server -> engine == Engine.SORTED_SET ? server.withoutModules() : server);
    }

    URI url() {
        return URI.create("redis://:" + password + "@127.0.0.1:" + port);
    }

    @Override
    public Process launch() throws IOException {
        Optional<String> ignored = AppendOnlyTail.cut(program, folder);
        List<String> command = new ArrayList<>(List.of(program.program().toString()));
        program.modules().forEach(module -> command.addAll(List.of("--loadmodule", module.toString())));
        command.addAll(List.of("--port", Integer.toString(port), "--bind", "127.0.0.1", "--dir", folder.toString()));
        command.addAll(List.of("--requirepass", password, "--save", "", "--maxmemory", "2gb"));
        command.addAll(List.of("--appendonly", "yes", "--aof-load-truncated", "no"));
        command.addAll(List.of("--appendfsync", appendFsync.name().toLowerCase(Locale.ROOT)));
        command.addAll(List.of("--auto-aof-rewrite-min-size", "1mb", "--auto-aof-rewrite-percentage", "30"));
        command.addAll(options);
        ProcessBuilder builder = new ProcessBuilder(command);
        powerCut.ifPresent(library -> builder.environment().put("LD_PRELOAD", library.toString()));
        return builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("redis.log").toFile()))
                .start();
    }
}
