// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.archive.ArchiveException;
import io.contextgraph.cli.console.Console;
import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.cli.console.Trouble;
import io.contextgraph.cli.workspace.Surroundings;
import io.contextgraph.config.ConfigurationException;
import io.contextgraph.config.Setting;
import io.contextgraph.config.SettingsCatalog;
import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.Nearest;
import io.contextgraph.graph.GraphException;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.epoch.EpochEndedException;
import io.contextgraph.ledger.epoch.PositionPrunedException;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.remote.RemoteException;
import io.contextgraph.remote.ServerAddress;
import io.contextgraph.storage.StorageException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The command line: knows all commands and what their failures mean. */
public final class Cli {
    private static final Logger LOG = LoggerFactory.getLogger(Cli.class);

    /** Shown in every command's help; the others only where a server is started. */
    static final List<String> EVERYWHERE = List.of("data.dir", "redis.url", "neo4j.uri");

    /** Names the server to ask. */
    static final String SERVER = "--server";

    /** What cannot be asked of a server: it starts one, mends the stores, or is about who may use them. */
    static final Set<String> ON_STORES =
            Set.of("serve", "project", "demo", "ledger", "archives", "redis-acl", "keys", "privacy");

    /** What is asked of nobody. */
    static final Set<String> ON_ITS_OWN = Set.of("config", "size");

    private Cli() {}

    /** Runs one command and answers with its {@link ExitCode}. */
    public static int run(Surroundings surroundings, String... arguments) {
        CommandLine root = commandLine(surroundings);
        // Help for a command that there is not would be that of the program, and a success.
        Optional<String> unknown = Arrays.stream(arguments)
                .limit(1)
                .filter(first ->
                        !first.startsWith("-") && !root.getSubcommands().containsKey(first))
                .findFirst();
        if (unknown.isPresent()) {
            String near = Nearest.to(
                            unknown.get(), List.copyOf(root.getSubcommands().keySet()))
                    .map(known -> "; did you mean " + known + "?")
                    .orElse("");
            return misused(root, surroundings.console(), arguments, "no such command: " + unknown.get() + near);
        }
        return root.execute(arguments);
    }

    /** Wrong words: a line for programs, the message and the help for people. */
    private static int misused(CommandLine command, Console console, String[] arguments, String message) {
        if (Arrays.asList(arguments).contains("--json")) {
            console.err()
                    .println(Trouble.of(ExitCode.USAGE, "invalid_usage", Console.safe(message))
                            .toJson());
        } else {
            console.note(Console.safe(message));
            command.usage(console.err());
        }
        return ExitCode.USAGE;
    }

    static CommandLine commandLine(Surroundings surroundings) {
        CommandLine root = new CommandLine(new Root());
        List<Command> commands = List.of(
                new DemoCommand(surroundings),
                new ServingCommand.Serve(surroundings),
                new ServingCommand.Project(surroundings),
                new ImportCommand(surroundings),
                new ExportCommand(surroundings),
                new EventsCommand(surroundings),
                new EventCommand(surroundings),
                new SessionsCommand(surroundings),
                new SessionCommand(surroundings),
                new TraceCommand(surroundings),
                new ContextCommand(surroundings),
                new VerifyCommand(surroundings),
                new RepairCommand(surroundings),
                new RebuildCommand(surroundings),
                new ParkedCommand(surroundings),
                new RetentionCommand(surroundings),
                new LedgerCommand(surroundings),
                new AuditCommand(surroundings),
                new ProofCommand.Prove(surroundings),
                new ProofCommand.Checkpoint(surroundings),
                new BackupCommand(surroundings),
                new ArchivesCommand(surroundings),
                new DoctorCommand(surroundings),
                new ConfigCommand(surroundings),
                new SizeCommand(surroundings),
                new RedisAclCommand(surroundings),
                new KeysCommand(surroundings),
                new PrivacyCommand(surroundings),
                new VersionCommand(surroundings));
        for (Command command : commands) {
            CommandLine line = new CommandLine(command);
            line.getCommandSpec().mixinStandardHelpOptions(false);
            addSettings(
                    surroundings.catalog(),
                    line.getCommandSpec(),
                    command instanceof ServingCommand || command instanceof DemoCommand);
            addServer(line.getCommandSpec());
            root.addSubcommand(line);
        }
        root.addSubcommand(new CommandLine.HelpCommand());
        finish(root, surroundings.console());
        root.getSubcommands().values().forEach(line -> finish(line, surroundings.console()));
        return root;
    }

    private static void finish(CommandLine line, Console console) {
        line.setOut(console.out());
        line.setErr(console.err());
        line.setParameterExceptionHandler((wrong, arguments) ->
                misused(wrong.getCommandLine(), console, arguments, String.valueOf(wrong.getMessage())));
        line.setExecutionExceptionHandler(
                (failure, command, parsed) -> explain(failure).tell(command, console));
        line.getCommandSpec()
                .usageMessage()
                .exitCodeListHeading("%nExit codes:%n")
                .exitCodeList(ExitCode.DESCRIPTIONS);
        if (console.isTerminal()) {
            line.setUsageHelpWidth(Math.max(80, Math.min(120, console.columns())));
        }
    }

    /** Every setting is a flag of every command, by the one rule of names. */
    private static void addSettings(SettingsCatalog catalog, CommandSpec spec, boolean showAll) {
        spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Shows this help.")
                .build());
        for (Setting<?> setting : catalog.all()) {
            String standard = setting.standard().isEmpty() ? "" : " Default: " + setting.standard() + ".";
            spec.addOption(OptionSpec.builder(setting.flag())
                    .type(String.class)
                    .paramLabel("VALUE")
                    .hidden(setting.secret() || (!showAll && !EVERYWHERE.contains(setting.key())))
                    .description(setting.description().replace("%", "%%") + standard)
                    .build());
        }
    }

    /** Every command knows the flags, to refuse them where they make no sense. */
    private static void addServer(CommandSpec spec) {
        boolean onStores = ON_STORES.contains(spec.name()) || ON_ITS_OWN.contains(spec.name());
        spec.addOption(OptionSpec.builder(SERVER)
                .type(String.class)
                .paramLabel("URL")
                .hidden(onStores)
                .description("Asks this server instead of working on the stores (" + ServerAddress.SERVER
                        + "). Its key is that of "
                        + ServerAddress.KEY + ", or of the file " + ServerAddress.KEY_FILE
                        + "; the authorities of its certificate"
                        + " those of the file " + ServerAddress.AUTHORITIES + ".")
                .build());
        spec.addOption(OptionSpec.builder(ServerAddress.PLAIN)
                .hidden(onStores)
                .description("Lets the key go over plain HTTP to another machine.")
                .build());
    }

    /** What went wrong, in words for the person who typed the command. */
    private static Trouble explain(Exception failure) {
        LOG.debug("command failed", failure);
        return switch (failure) {
            case ConfigurationException settings ->
                new Trouble(ExitCode.USAGE, "invalid_settings", "these settings cannot be used:", settings.problems());
            case InvalidInputException invalid ->
                new Trouble(
                        ExitCode.USAGE,
                        "invalid_input",
                        "",
                        invalid.faults().stream()
                                .map(fault ->
                                        fault.pointer().replaceFirst("^/", "").replace('_', '-') + " "
                                                + fault.message())
                                .toList());
            case IllegalArgumentException invalid -> told(ExitCode.USAGE, "invalid_input", invalid.getMessage());
            case EpochEndedException ended -> told(ExitCode.USAGE, EpochEndedException.CODE, ended.getMessage());
            case PositionPrunedException pruned ->
                told(ExitCode.USAGE, PositionPrunedException.CODE, pruned.getMessage());
            case RemoteException problem ->
                told(exitCode(problem.status(), problem.code()), problem.code(), problem.getMessage());
            case LedgerException away -> away(away.reason().code(), away);
            case GraphException away -> away(away.reason().code(), away);
            case StorageException away -> told(ExitCode.UNAVAILABLE, "storage_unavailable", away.getMessage());
            case ArchiveException wrong -> told(ExitCode.FINDINGS, "archive_damaged", wrong.getMessage());
            case KeyServiceException keys -> told(ExitCode.UNAVAILABLE, "key_service_unavailable", keys.getMessage());
            case IOException away -> told(ExitCode.UNAVAILABLE, "not_available", away.getMessage());
            default -> {
                LOG.error("unexpected failure", failure);
                yield told(ExitCode.FAILED, "internal_error", "failed unexpectedly: " + failure);
            }
        };
    }

    /** What an answer of a server comes to. */
    private static int exitCode(int status, String code) {
        return switch (status) {
            case 404 -> code.equals("other_version") ? ExitCode.UNAVAILABLE : ExitCode.NOT_FOUND;
            case 409 -> ExitCode.REFUSED;
            case 410 ->
                code.equals(EpochEndedException.CODE) || code.equals(PositionPrunedException.CODE)
                        ? ExitCode.USAGE
                        : ExitCode.NOT_FOUND;
            case 429 -> ExitCode.UNAVAILABLE;
            case 502, 503, 504 -> ExitCode.UNAVAILABLE;
            default -> status < 500 ? ExitCode.USAGE : ExitCode.FAILED;
        };
    }

    private static Trouble away(String code, Exception away) {
        return told(ExitCode.UNAVAILABLE, code, code + ": " + away.getMessage());
    }

    private static Trouble told(int exitCode, String code, @Nullable String message) {
        return Trouble.of(exitCode, code, Console.safe(String.valueOf(message)));
    }

    /** The program itself: without a command it shows what there is. */
    @CommandLine.Command(
            name = "contextgraph",
            description = "An event store for AI agents: what happened, why, and from which source.",
            synopsisSubcommandLabel = "COMMAND")
    private static final class Root implements Runnable {
        @CommandLine.Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        @CommandLine.Option(
                names = {"-h", "--help"},
                usageHelp = true,
                description = "Shows this help.")
        @SuppressWarnings("unused")
        private boolean help;

        @Override
        public void run() {
            throw new CommandLine.ParameterException(spec.commandLine(), "name a command, such as: contextgraph demo");
        }
    }
}
