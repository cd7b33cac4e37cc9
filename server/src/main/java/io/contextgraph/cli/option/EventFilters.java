// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli.option;

import io.contextgraph.event.EventId;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.SessionId;
import io.contextgraph.event.Times;
import io.contextgraph.event.TypeFilter;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options by which commands select events. */
public final class EventFilters {
    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--session", paramLabel = "ID", description = "Events of this session.")
    private @Nullable String session;

    @Option(names = "--agent", paramLabel = "ID", description = "Events of this agent.")
    private @Nullable String agent;

    @Option(names = "--trace", paramLabel = "ID", description = "Events of this trace.")
    private @Nullable String trace;

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description = "Events of this type (tool.execute) or prefix (tool.*).")
    private @Nullable String type;

    @Option(names = "--tool", paramLabel = "NAME", description = "Events that used this tool.")
    private @Nullable String tool;

    @Option(names = "--status", paramLabel = "STATUS", description = "pending, running, completed, failed or timeout.")
    private @Nullable String status;

    @Option(names = "--parent", paramLabel = "EVENT", description = "Events caused by this one.")
    private @Nullable String parent;

    @Option(names = "--from", paramLabel = "TIME", description = "Not before this time (RFC 3339).")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "TIME", description = "Before this time (RFC 3339).")
    private @Nullable String to;

    @Option(names = "--min-importance", paramLabel = "N", description = "Importance hint of at least this, 1 to 10.")
    private @Nullable Integer minImportance;

    /** Everything that every given filter matches. */
    public EventQuery.Builder query() {
        return EventQuery.builder()
                .sessionId(session == null ? null : new SessionId(session))
                .agentId(agent)
                .traceId(trace)
                .type(parsed("--type", type, TypeFilter::parse))
                .toolName(tool)
                .status(parsed("--status", status, EventStatus::parse))
                .parentId(parsed("--parent", parent, EventId::parse))
                .from(time("--from", from))
                .to(time("--to", to))
                .minImportance(minImportance);
    }

    private @Nullable Instant time(String flag, @Nullable String text) {
        return parsed(flag, text, Times::parse);
    }

    private <T> @Nullable T parsed(String flag, @Nullable String text, Function<String, Optional<T>> parse) {
        if (text == null) {
            return null;
        }
        return parse.apply(text)
                .orElseThrow(() -> new CommandLine.ParameterException(
                        spec.commandLine(), "cannot use the value of " + flag + ": " + text));
    }
}
