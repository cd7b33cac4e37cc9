// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.app.ProductSettings;
import io.contextgraph.config.Setting;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.GraphException;
import io.contextgraph.http.problem.ProblemCode;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.personal.SubjectPseudonym;
import io.contextgraph.ledger.redis.client.IndexedField;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.testing.Events;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReferencePagesTest {
    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:|#)([^)#]+)");

    @Test
    void configurationPage() {
        StringBuilder page = new StringBuilder("""
                # Configuration

                Every setting has one name in three spellings. The last of these that sets it wins:

                1. the settings file, `contextgraph.properties` in the working folder, or the one that `--config` or `CG_CONFIG` names,
                2. the environment,
                3. a flag of the command.

                An unknown name is an error that names the nearest known one; all problems are reported together, with exit code 2.
                `contextgraph config` [shows what holds](operations.md#settings-in-force), and who set it. Some settings may change
                [while a server runs](operations.md#changing-settings-while-it-runs).
                Sizes take `kb`, `mb`, `gb` (each 1024 of the one before), durations `ms`, `s`, `m`, `h`, `d`.

                ## Secrets

                What is marked *secret*, and an address with a password, is shown nowhere, and never taken from a flag: everybody on
                the machine can read the command line of a program. It may stand in a file of its own, such as the orchestrator of containers
                mounts: `CG_NEO4J_PASSWORD_FILE=/run/secrets/neo4j` in the environment, `neo4j.password-file=/run/secrets/neo4j` in the settings
                file, and likewise `CG_REDIS_URL_FILE` and all others. The file has the secret on one line; it is read at the start. The secret and its
                file set in the same place is an error.

                ## All settings

                | file and flag | environment | default | must be | what it does |
                | --- | --- | --- | --- | --- |
                """);
        for (Setting<?> setting : ProductSettings.CATALOG.all()) {
            page.append("| `%s` | `%s` | %s | %s | %s |%n"
                    .formatted(
                            setting.key(),
                            setting.variable(),
                            setting.standard().isEmpty() ? "" : "`" + setting.standard() + "`",
                            setting.form().rule(),
                            (setting.secret() ? "*secret* " : "") + setting.description()));
        }
        GeneratedDocs.assertUpToDate("docs/configuration.md", page.toString());
    }

    @Test
    void errorsPage() {
        StringBuilder page = new StringBuilder("""
                # Errors

                HTTP answers carry these as `code` of a problem document (RFC 9457), the command line prints them before the message.
                Repeating a request is always safe: an append that failed may or may not have been taken, and its repetition answers
                with the first position.

                ## The server

                Each event of a batch or a stream is judged alone: the request succeeds, and each event that was refused carries one of these,
                or `ledger_corrupt` where what is stored for it or its session is damaged.

                | code | status | what it says | worth repeating later |
                | --- | --- | --- | --- |
                """);
        for (ProblemCode code : ProblemCode.values()) {
            page.append("| `%s` | %d | %s | %s |%n"
                    .formatted(code.code(), code.status(), code.meaning(), code.retryable() ? "yes" : "no"));
        }
        page.append("""

                ## The ledger

                | code | what it says | worth repeating later |
                | --- | --- | --- |
                """);
        for (LedgerException.Reason reason : LedgerException.Reason.values()) {
            page.append("| `%s` | %s | %s |%n"
                    .formatted(reason.code(), reason.meaning(), reason.retryable() ? "yes" : "no"));
        }
        page.append("""

                ## The graph

                | code | worth repeating later |
                | --- | --- |
                """);
        for (GraphException.Reason reason : GraphException.Reason.values()) {
            page.append("| `%s` | %s |%n".formatted(reason.code(), reason.retryable() ? "yes" : "no"));
        }
        page.append("""

                ## The command line

                With `--json` an error is one line of JSON on standard error: `code`, `exit_code`, `detail`, and `errors` with every fault where
                there may be several. Beside the codes above it knows these:

                | code | exit code | what it says |
                | --- | --- | --- |
                | `invalid_usage` | 2 | no such command, option or argument |
                | `invalid_settings` | 2 | settings that cannot be used |
                | `invalid_input` | 2 | an argument that breaks a rule |
                | `not_found` | 3 | there is no such event or session |
                | `operation_running` | 4 | another rebuild of the same graph is at work; of a server: other work on it |
                | `not_available` | 5 | Redis, Neo4j, the data folder or the port could not be had, a server cannot be asked; or there is no data yet |
                | `not_a_server` | 5 | what answers is no Context Graph server |
                | `other_version` | 5 | the server does not know what it is asked: its version is another |
                | `redirected` | 2 | the server says that it is elsewhere; redirects are not followed |
                | `operation_cancelled` | 4 | somebody has ended the work that the server did |
                | `operation_failed` | 5 | the work that the server did has failed |
                | `proof_failing` | 5, or 6 | the log, its keys or the archive cannot be read; 6 where the event is not what was signed for |
                | `event_unsealed`, `nothing_sealed` | 7 | no checkpoint covers the event, or anything, yet: try again in some seconds |
                | `internal_error` | 1 | a defect |
                """);
        GeneratedDocs.assertUpToDate("docs/errors.md", page.toString());
    }

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        List<String> broken = new ArrayList<>();
        try (Stream<Path> files = Files.walk(GeneratedDocs.root().resolve("docs"))) {
            List<Path> pages = Stream.concat(
                            files.filter(f -> f.toString().endsWith(".md")),
                            Stream.of("README.md", "CONTRIBUTING.md").map(GeneratedDocs.root()::resolve))
                    .toList();
            for (Path page : pages) {
                Matcher links = LINK.matcher(Files.readString(page));
                while (links.find()) {
                    Path target = page.resolveSibling(links.group(1)).normalize();
                    if (!Files.exists(target)) {
                        broken.add(page.getFileName() + " -> " + links.group(1));
                    }
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    /** The page names every package, so that nobody has to guess where something lives. */
    @Test
    void theArchitectureNamesEveryPackage() throws IOException {
        Path sources = GeneratedDocs.root().resolve("server/src/main/java/io/contextgraph");
        String page = Files.readString(GeneratedDocs.root().resolve("docs/architecture.md"));
        try (Stream<Path> files = Files.walk(sources)) {
            List<String> packages = files.filter(file -> file.endsWith("package-info.java"))
                    .map(file -> sources.relativize(file.getParent()).toString().replace('/', '.'))
                    .toList();
            assertThat(packages)
                    .isNotEmpty()
                    .allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
        }
    }

    @Test
    void theReadmeStaysTwoScreens() throws IOException {
        assertThat(Files.readAllLines(GeneratedDocs.root().resolve("README.md")))
                .hasSizeLessThanOrEqualTo(130);
    }

    /** Every name that a ledger can have in Redis is on the page of the data model. */
    @Test
    void theDataModelNamesEveryKey() throws ReflectiveOperationException, IOException {
        String model = Files.readString(GeneratedDocs.root().resolve("docs/data-model.md"));
        List<String> missing = new ArrayList<>();
        int looked = 0;
        for (Method method : Keys.class.getDeclaredMethods()) {
            if (!Modifier.isPublic(method.getModifiers())
                    || Modifier.isStatic(method.getModifiers())
                    || method.getReturnType() != String.class
                    || List.of("toString", "prefix", "indexes", "sealedIndexes").contains(method.getName())) {
                continue;
            }
            Object[] samples = Arrays.stream(method.getParameterTypes())
                    .map(ReferencePagesTest::sample)
                    .toArray();
            String key = (String) method.invoke(new Keys(""), samples);
            String word = "`" + key.replaceFirst(":.*", "") + ":";
            if (!model.contains("`" + key + "`") && !model.contains(word + "<") && !model.contains(word + "*`")) {
                missing.add(key);
            }
            looked++;
        }
        assertThat(missing).isEmpty();
        assertThat(looked).isGreaterThan(20);
    }

    private static Object sample(Class<?> type) {
        if (type == EventId.class) {
            return EventId.of("01234567-89ab-4000-8000-000000000001");
        }
        if (type == SessionId.class) {
            return new SessionId("s");
        }
        if (type == IndexedField.class) {
            return IndexedField.SESSION;
        }
        if (type == SubjectPseudonym.class) {
            return Events.pseudonym(1);
        }
        if (type == Event.class) {
            return Events.about(1, "s", 1, 1);
        }
        return type == long.class ? (Object) 1L : "s";
    }
}
