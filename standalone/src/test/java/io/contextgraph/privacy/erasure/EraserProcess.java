// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.contextgraph.app.Backends.Neo4jAddress;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.CommandBreaker;
import io.contextgraph.testing.CommandBreaker.Moment;
import io.contextgraph.testing.CommandNames;
import io.contextgraph.testing.SmallJvm;
import io.contextgraph.testing.StruckSteps;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A process of its own that erases one person, and is killed (SIGKILL) at a command to Redis, or ends at a step of its own, without
 * a chance to do anything more.
 */
final class EraserProcess implements AutoCloseable {
    private static final String READY = "ready";
    private static final String DONE = "done: ";
    private static final String SEPARATOR = "\t";

    private final CommandBreaker breaker;
    private final Process process;
    private final BufferedReader said;
    private final BufferedWriter told;
    private Set<String> steps = Set.of();

    private EraserProcess(CommandBreaker breaker, Process process) {
        this.breaker = breaker;
        this.process = process;
        this.said = process.inputReader(UTF_8);
        this.told = process.outputWriter(UTF_8);
    }

    /**
     * Where it ends.
     *
     * @param command whether that is a command to Redis, by number or name; else a step by name
     * @param besides what happens besides, as it is killed
     */
    record Strike(boolean command, int at, String name, Moment moment, Runnable besides) {
        /** It comes to its end. */
        static Strike none() {
            return new Strike(false, 0, "", Moment.BEFORE, () -> {});
        }
    }

    /** Started, and soon waiting for the word. */
    static EraserProcess start(ErasureDesk.Where where, URI redis) {
        CommandBreaker breaker = CommandBreaker.to(redis.getPort(), words -> CommandNames.of(words, where.prefix()));
        ProcessBuilder builder = SmallJvm.of(
                EraserProcess.class,
                where.engine().name(),
                where.prefix(),
                where.folder().toString(),
                where.neo4j().uri(),
                where.neo4j().user());
        // A password does not belong on a command line.
        String ignored = builder.environment()
                .put("ERASER_REDIS", breaker.inFrontOf(redis).toString());
        ignored =
                builder.environment().put("ERASER_NEO4J_PASSWORD", where.neo4j().password());
        try {
            return new EraserProcess(breaker, builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Has it erase a person until it dies, or to its end.
     *
     * @return where it ended; empty where it came to its end
     */
    Optional<String> erase(String person, Strike strike) {
        try {
            List<String> all = new ArrayList<>();
            await(READY, all);
            breaker.arm(
                    strike.command()
                            ? new CommandBreaker.Blow(strike.at(), strike.name(), strike.moment(), () -> {
                                kill();
                                strike.besides().run();
                            })
                            : new CommandBreaker.Blow(0, "", Moment.BEFORE, () -> {}));
            told.write(String.join(
                            SEPARATOR,
                            person,
                            strike.command() ? "" : strike.name(),
                            strike.moment().name())
                    + "\n");
            told.flush();
            return ended(all);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void await(String wanted, List<String> all) throws IOException {
        String line = said.readLine();
        while (line != null && !line.equals(wanted)) {
            all.add(line);
            line = said.readLine();
        }
        if (line == null) {
            throw new AssertionError("the process has ended: " + String.join("\n", all));
        }
    }

    private Optional<String> ended(List<String> all) throws IOException {
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            if (line.startsWith(StruckSteps.AT)) {
                return Optional.of(line.substring(StruckSteps.AT.length()));
            }
            if (line.startsWith(DONE)) {
                steps = Set.of(line.substring(DONE.length()).split(SEPARATOR));
                return Optional.empty();
            }
            all.add(line);
        }
        kill();
        return Optional.of(
                breaker.struck().orElseThrow(() -> new AssertionError("it has ended: " + String.join("\n", all))));
    }

    /** The steps of one that came to its end. */
    Set<String> steps() {
        return steps;
    }

    /** What it asked of Redis, by name. */
    Set<String> commands() {
        return breaker.passed();
    }

    /** How often it asked Redis. */
    int asked() {
        return breaker.count();
    }

    private void kill() {
        Process ignored = process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        kill();
        breaker.close();
    }

    public static void main(String[] arguments) throws IOException {
        ErasureDesk.Where where = new ErasureDesk.Where(
                Engine.valueOf(arguments[0]),
                arguments[1],
                Path.of(arguments[2]),
                new Neo4jAddress(
                        arguments[3], arguments[4], System.getenv().getOrDefault("ERASER_NEO4J_PASSWORD", "")));
        StruckSteps steps = new StruckSteps();
        try (ErasureDesk desk =
                ErasureDesk.open(where, URI.create(System.getenv().getOrDefault("ERASER_REDIS", "")), steps)) {
            System.out.println(READY);
            String line = new BufferedReader(new InputStreamReader(System.in, UTF_8)).readLine();
            if (line != null) {
                List<String> words = List.of(line.split(SEPARATOR, -1));
                steps.arm(words.get(1), Moment.valueOf(words.get(2)));
                ErasureOutcome ignored = desk.eraser().erase(desk.names(words.getFirst()));
                System.out.println(DONE + String.join(SEPARATOR, steps.passed()));
            }
        }
    }
}
