// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.event.Json;
import io.contextgraph.projection.Difference;
import io.contextgraph.projection.Verification;
import io.contextgraph.projection.Verifier;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code verify}: is the graph what the ledger says? */
@CommandLine.Command(
        name = "verify",
        description = {
            "Compares ledger and graph, and names each event, property and edge that differs.",
            "",
            "Sessions are added up on both sides, from a digest that stands beside each event in the graph; those that differ",
            "are compared event by event. What somebody has changed past the digests shows only with --deep."
        })
final class VerifyCommand extends Command {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Option(names = "--deep", description = "Compares all sessions event by event, however long it takes.")
    private boolean deep;

    @Option(names = "--max", paramLabel = "N", description = "Most differences to name (default: ${DEFAULT-VALUE}).")
    private int max = 100;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    VerifyCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        try (Workspace workspace = openGraph()) {
            List<Difference> named = new ArrayList<>();
            Verification result;
            Verifier.Depth depth = deep ? Verifier.Depth.EXACT : Verifier.Depth.DIGEST;
            try (ProgressBar bar =
                    Progress.bar(console(), "verifying", workspace.log().head().seq(), " events")) {
                result = workspace.verifier().verify(depth, PATIENCE, bar::stepTo, difference -> {
                    if (named.size() < max) {
                        named.add(difference);
                    }
                });
            }
            if (json) {
                printJson(toJson(result, named));
            } else {
                print(result, named);
            }
            return result.equal() ? ExitCode.OK : ExitCode.FINDINGS;
        }
    }

    private void print(Verification result, List<Difference> named) {
        if (!named.isEmpty()) {
            Table table = new Table("DIFFERENCE", "SESSION", "EVENT", "DETAIL");
            named.forEach(d -> table.add(d.kind().wireName(), d.session(), d.node(), d.detail()));
            table.print(console());
        }
        long differences = result.differences().values().stream()
                .mapToLong(Long::longValue)
                .sum();
        String verdict = result.equal() ? "equal" : differences + " differences";
        console()
                .out()
                .printf(
                        "ledger and graph: %s (%d events in %d sessions, as of %s)%n",
                        verdict,
                        result.events(),
                        result.sessions(),
                        result.asOf().position());
        if (result.behind() > 0) {
            console().note("the graph was " + result.behind() + " events behind: verify again when it has caught up");
        }
        if (result.unsettled() > 0) {
            console().note(result.unsettled() + " sessions changed while they were compared: verify again");
        }
    }

    private static ObjectNode toJson(Verification result, List<Difference> named) {
        ObjectNode answer = Json.MAPPER.createObjectNode();
        answer.put("equal", result.equal());
        answer.put("as_of", result.asOf().position().toString());
        answer.put("events", result.events());
        answer.put("sessions", result.sessions());
        answer.put("behind", result.behind());
        answer.put("unsettled_sessions", result.unsettled());
        answer.put("exact_sessions", result.exactly());
        ObjectNode counts = answer.putObject("counts");
        result.differences().forEach((kind, count) -> counts.put(kind.wireName(), count));
        ArrayNode differences = answer.putArray("differences");
        named.forEach(d -> differences
                .addObject()
                .put("kind", d.kind().wireName())
                .put("session_id", d.session().value())
                .put("event_id", d.node())
                .put("detail", d.detail()));
        return answer;
    }
}
