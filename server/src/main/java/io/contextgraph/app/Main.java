// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.app.log.LogOutput;
import io.contextgraph.app.log.LogSettings;
import io.contextgraph.cli.Cli;
import io.contextgraph.cli.console.Console;
import io.contextgraph.cli.workspace.Surroundings;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/** The program: reads the command line, builds what the command needs, runs it, closes it. */
public final class Main {
    /** Width of the terminal; set by the start script where standard output is one. */
    private static final String COLUMNS = "contextgraph.columns";

    /** The folder of the distribution, which holds the sample. */
    private static final String HOME = "contextgraph.home";

    /**
     * How the JDK waits for the sockets of virtual threads: by threads of its own (1), which Java 21 always does. By virtual threads,
     * as later ones do, one more is woken for each read.
     */
    private static final String POLLER_MODE = "jdk.pollerMode";

    /** What runs until it is told to stop, and whose words are those of its log. */
    private static final List<String> STAYING = List.of("serve", "project");

    private Main() {}

    /** Runs against the configured Redis and Neo4j; brings none of its own. */
    public static void main(String[] arguments) {
        System.exit(run(Backends.Factory.none(), arguments));
    }

    /**
     * Runs one command to its end.
     *
     * @param backends starts a Redis and a Neo4j where none is configured
     * @return the exit code, see {@link io.contextgraph.cli.console.ExitCode}
     */
    public static int run(Backends.Factory backends, String... arguments) {
        if (System.getProperty(POLLER_MODE) == null) {
            // Read once, with the first socket.
            String ignored = System.setProperty(POLLER_MODE, "1");
        }
        Clock clock = Clock.systemUTC();
        LogOutput logs = new LogOutput(System.err, clock);
        if (LogSettings.isJson(System.getenv().getOrDefault(LogSettings.FORMAT.variable(), ""))) {
            // From the first line on; elsewhere it is known when the settings are.
            logs.asJson(arguments.length > 0 && STAYING.contains(arguments[0]));
        }
        Console console = new Console(writer(FileDescriptor.out), logs.writer(), Integer.getInteger(COLUMNS, 0));
        Surroundings surroundings = new Surroundings(
                console,
                System.getenv(),
                ProductSettings.CATALOG,
                (settings, needs, report) -> {
                    if (needs.isService()) {
                        logs.levels(LogSettings.from(settings));
                    } else {
                        logs.warnings();
                    }
                    return LocalWorkspace.open(settings, needs, backends, clock, report);
                },
                server -> {
                    logs.warnings();
                    return RemoteWorkspace.open(server);
                },
                (settings, partition, report) -> {
                    logs.warnings();
                    return Stores.openToMend(settings, backends, partition, report);
                },
                (settings, partition) -> {
                    logs.warnings();
                    return new StoredBackups(settings, partition, backends, clock);
                },
                new RedisUsers(),
                ProofParts::keys,
                logs,
                clock,
                Path.of(System.getProperty(HOME, "")).toAbsolutePath());
        int code = Cli.run(surroundings, arguments);
        console.out().flush();
        console.err().flush();
        return code;
    }

    /** UTF-8, whatever the locale says: events are. */
    private static PrintWriter writer(FileDescriptor target) {
        return new PrintWriter(new OutputStreamWriter(new FileOutputStream(target), StandardCharsets.UTF_8), true);
    }
}
