// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.audit.AuditTrail;
import io.contextgraph.cli.console.Console;
import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.cli.console.ProgressBars;
import io.contextgraph.cli.console.Trouble;
import io.contextgraph.cli.option.PartitionOption;
import io.contextgraph.cli.workspace.Surroundings;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.config.EffectiveSettings;
import io.contextgraph.config.Setting;
import io.contextgraph.config.Settings;
import io.contextgraph.event.Json;
import io.contextgraph.graph.GraphException;
import io.contextgraph.graph.GraphReader;
import io.contextgraph.graph.Subgraph;
import io.contextgraph.ledger.mend.LedgerMender;
import io.contextgraph.proof.ProofKeys;
import io.contextgraph.remote.ServerAddress;
import io.contextgraph.wire.NodeJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Predicate;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** What all commands share: where they write, how they get their settings and their stores. */
abstract class Command implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--config", paramLabel = "FILE", description = "Settings file (default: contextgraph.properties).")
    private @Nullable Path configFile;

    private final Surroundings surroundings;

    Command(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** Runs, and answers with an {@link ExitCode}. */
    @Override
    public abstract Integer call() throws Exception;

    final Console console() {
        return surroundings.console();
    }

    final Clock clock() {
        return surroundings.clock();
    }

    final Path home() {
        return surroundings.home();
    }

    final Settings settings() {
        return settings(Map.of());
    }

    /** @param more what options of a command set, by key */
    final Settings settings(Map<String, String> more) {
        Optional<ServerAddress> ignored = server();
        Settings settings = surroundings.catalog().load(flags(more), storeVariables(), Optional.ofNullable(configFile));
        surroundings.logs().begin(settings, isServer());
        return settings;
    }

    /** Takes over what of the settings of a server that runs is about its log. */
    final void reloadLog(Settings settings) {
        surroundings.logs().reload(settings);
    }

    /** Whether whoever runs it reads what it tells in its log. */
    boolean isServer() {
        return false;
    }

    /** What holds of all settings, whether it can be used or not. */
    final EffectiveSettings effectiveSettings() {
        Optional<ServerAddress> ignored = server();
        return surroundings.catalog().examine(flags(Map.of()), storeVariables(), Optional.ofNullable(configFile));
    }

    private Map<String, String> flags(Map<String, String> more) {
        Map<String, String> flags = new LinkedHashMap<>(more);
        for (Setting<?> setting : surroundings.catalog().all()) {
            String value = given(setting.flag());
            if (value != null) {
                flags.put(setting.key(), value);
            }
        }
        return flags;
    }

    private Map<String, String> storeVariables() {
        Map<String, String> variables = new LinkedHashMap<>(surroundings.variables());
        boolean ignored = variables.keySet().removeAll(ServerAddress.VARIABLES);
        return variables;
    }

    /** What of this command no server can be asked for, in its words; empty where one can. */
    Optional<String> onStores() {
        return Optional.of(spec.name()).filter(name -> Cli.ON_STORES.contains(name) || Cli.ON_ITS_OWN.contains(name));
    }

    /** The server that the command asks instead of working on the stores, where one is named. */
    final Optional<ServerAddress> server() {
        String flag = given(Cli.SERVER);
        Optional<String> onStores = onStores();
        if (onStores.isPresent()) {
            if (flag != null) {
                String why = Cli.ON_ITS_OWN.contains(onStores.get())
                        ? " asks nobody: leave "
                        : " works on the stores, on a machine that may reach them: leave ";
                throw usage(onStores.get() + why + Cli.SERVER + " out");
            }
            return Optional.empty();
        }
        String url = flag != null ? flag : surroundings.variables().getOrDefault(ServerAddress.SERVER, "");
        if (url.isBlank()) {
            return Optional.empty();
        }
        for (String key : Cli.EVERYWHERE) {
            String store = "--" + key;
            if (given(store) != null) {
                throw usage(store + " names a store, and " + (flag != null ? Cli.SERVER : ServerAddress.SERVER)
                        + " a server: leave one of them out");
            }
        }
        boolean plain = spec.commandLine().getParseResult().hasMatchedOption(ServerAddress.PLAIN);
        return Optional.of(ServerAddress.of(url, surroundings.variables(), plain));
    }

    private @Nullable String given(String flag) {
        return spec.commandLine().getParseResult().matchedOptionValue(flag, (String) null);
    }

    /** The file with the keys that sign checkpoints. */
    final ProofKeys proofKeys() {
        return surroundings.proofKeys().apply(settings());
    }

    final Surroundings.RedisUsers redisUsers() {
        return surroundings.redisUsers();
    }

    /** Opens the stores, or the server that is named. */
    final Workspace open(Workspace.Needs needs) throws IOException {
        Optional<ServerAddress> server = server();
        if (server.isPresent()) {
            return surroundings.servers().open(server.get());
        }
        return open(needs, settings());
    }

    /** Opens the stores of these settings. */
    final Workspace open(Workspace.Needs needs, Settings settings) throws IOException {
        try (StartProgress progress = new StartProgress(console())) {
            return surroundings.workspaces().open(settings, needs, progress);
        }
    }

    /** Opens the stores of these settings, unless {@code stopped}, which waits, says that this is not wanted any more. */
    final Workspace open(Workspace.Needs needs, Settings settings, Predicate<Duration> stopped) throws IOException {
        StartProgress unlessStopped = new StartProgress(console()) {
            @Override
            public boolean stoppedWithin(Duration rest) {
                return stopped.test(rest);
            }
        };
        try (unlessStopped) {
            return surroundings.workspaces().open(settings, needs, unlessStopped);
        }
    }

    /** Opens a partition of the ledger, in whatever state it is. */
    final LedgerMender openToMend(PartitionOption partition) throws IOException {
        try (StartProgress progress = new StartProgress(console())) {
            return surroundings.menders().open(settings(), partition::among, progress);
        }
    }

    /** Opens what is kept of a partition of ledgers. */
    final Workspace.BackupDesk openBackups(Settings settings, PartitionOption partition) {
        return surroundings.backups().open(settings, partition::among);
    }

    /** The id of a person, as it was given; of - the first line of standard input, where no list of processes has it. */
    static String idOf(String given) throws IOException {
        if (!given.equals("-")) {
            return given;
        }
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        return Optional.ofNullable(input.readLine()).orElse("");
    }

    /** What is recorded of something administrative that is done with a command. */
    static AuditTrail.Request request(String action, Map<String, String> details) {
        Map<String, String> all = new LinkedHashMap<>(details);
        all.put("via", "command line");
        return new AuditTrail.Request(
                operator(), "command:" + ProcessHandle.current().pid(), action, all);
    }

    /** Who runs the command, as records name it. */
    static String operator() {
        return "operator:" + System.getProperty("user.name", "unknown").replaceAll("[^!-~]", "_");
    }

    /** Opens ledger and graph, and brings the graph up to the ledger. */
    final Workspace openGraph() throws IOException {
        Workspace workspace = open(Workspace.Needs.LEDGER_AND_GRAPH);
        try {
            long missing = ProgressBars.watch(console(), "projecting", workspace::catchUp);
            if (missing > 0) {
                console().note("note: the graph is " + missing + " events behind the ledger");
            }
            return workspace;
        } catch (RuntimeException | Error e) {
            workspace.close();
            throw e;
        }
    }

    /** What the graph says of events that are gone; empty where it does not answer, or there is none. */
    final <T> Optional<T> fromGraph(Function<GraphReader, T> question) {
        try (Workspace workspace = open(Workspace.Needs.LEDGER_AND_GRAPH)) {
            return Optional.of(question.apply(workspace.graph()));
        } catch (GraphException | IOException away) {
            console().note("the graph does not answer, so that summaries are left out: " + away.getMessage());
            return Optional.empty();
        }
    }

    final void printJson(JsonNode node) {
        console().out().println(Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(node));
    }

    /** Events of the graph with their payloads, in order. */
    static ArrayNode nodes(Subgraph part, Instant scoredAt, Workspace workspace) {
        NodeJson form = NodeJson.of(part, scoredAt, workspace.ledger());
        ArrayNode nodes = Json.MAPPER.createArrayNode();
        part.nodes().forEach(node -> nodes.add(form.of(node)));
        return nodes;
    }

    final CommandLine.ParameterException usage(String message) {
        return new CommandLine.ParameterException(spec.commandLine(), message);
    }

    /** Says that something is not done now. */
    final int refused(String code, String message) {
        return failed(ExitCode.REFUSED, code, message);
    }

    /** Says why it ends with a code. */
    final int failed(int exitCode, String code, String message) {
        return Trouble.of(exitCode, code, message).tell(spec.commandLine(), console());
    }

    /** Says that something does not exist. */
    final int notFound(String message) {
        return Trouble.of(ExitCode.NOT_FOUND, "not_found", message).tell(spec.commandLine(), console());
    }

    /**
     * Tells a person how a start goes: what is done on a terminal only, so that scripts are not told of good starts; what
     * everybody must know everywhere; a bar for what is fetched.
     *
     * <p><b>Threads.</b> Safe for threads: parts start beside each other.
     */
    static class StartProgress implements Workspace.StartReport, AutoCloseable {
        private static final int MEGABYTE = 1_000_000;

        private final Console console;
        private @Nullable ProgressBar bar;

        StartProgress(Console console) {
            this.console = console;
        }

        @Override
        public void say(String line) {
            if (console.isTerminal()) {
                notice(line);
            }
        }

        @Override
        public synchronized void notice(String line) {
            console.note(line);
        }

        @Override
        public synchronized void fetched(long done, long total) {
            if (bar == null) {
                bar = ProgressBars.bar(console, "fetching Redis, MB", total / MEGABYTE, " MB");
            }
            bar.stepTo(done / MEGABYTE);
            if (done >= total) {
                close();
            }
        }

        @Override
        public synchronized void close() {
            if (bar != null) {
                bar.close();
                bar = null;
            }
        }
    }
}
