// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import io.contextgraph.testing.Architecture;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The borders of the design, held by a machine. */
class ArchitectureTest {
    private static final JavaClasses PRODUCT = Architecture.product();

    /** Who may use whom, in the order in which packages build on each other; a package that is not here fails. */
    private static final Map<String, Set<String>> ALLOWED = allowed();

    private static Map<String, Set<String>> allowed() {
        Map<String, Set<String>> allowed = new LinkedHashMap<>();
        allowed.put("event", Set.of());
        allowed.put("message", Set.of("event"));
        allowed.put("dialect", Set.of("event", "message"));
        allowed.put("config", Set.of("event"));
        allowed.put("ops", Set.of());
        allowed.put("aws", Set.of("config"));
        allowed.put("storage", Set.of("config", "ops"));
        allowed.put("storage.folder", Set.of("ops", "storage"));
        allowed.put("storage.s3", Set.of("config", "aws", "storage"));
        allowed.put("tls", Set.of("config", "ops"));
        allowed.put("tracing", Set.of("config", "ops", "tls"));
        allowed.put("access", Set.of("event", "config", "ops"));
        allowed.put("ledger.trim", Set.of("event", "ledger"));
        allowed.put("ledger.prune", Set.of("event", "ledger", "ledger.trim"));
        allowed.put("ledger.personal", Set.of("event", "ledger"));
        allowed.put("ledger.seal", Set.of("event", "ledger", "ledger.trim"));
        allowed.put(
                "ledger",
                Set.of(
                        "ledger.partition",
                        "event",
                        "config",
                        "ledger.trim",
                        "ledger.prune",
                        "ledger.personal",
                        "ledger.seal"));
        allowed.put(
                "archive",
                Set.of(
                        "ledger.partition",
                        "event",
                        "config",
                        "ops",
                        "storage",
                        "ledger.personal",
                        "ledger.forward",
                        "ledger",
                        "ledger.trim",
                        "ledger.prune"));
        allowed.put(
                "ledger.partition",
                Set.of("event", "ledger", "ledger.trim", "ledger.prune", "ledger.personal", "ledger.seal"));
        allowed.put(
                "ledger.router",
                Set.of(
                        "event",
                        "ledger",
                        "ledger.partition",
                        "ledger.trim",
                        "ledger.prune",
                        "ledger.personal",
                        "ledger.seal"));
        allowed.put("ledger.epoch", Set.of("ledger.partition", "event", "ledger", "ledger.prune"));
        allowed.put("ledger.mend", Set.of("event", "ledger"));
        allowed.put("ledger.snapshot", Set.of("ledger"));
        allowed.put(
                "ledger.memory",
                Set.of(
                        "ledger.partition",
                        "event",
                        "ledger",
                        "ledger.trim",
                        "ledger.prune",
                        "ledger.personal",
                        "ledger.seal"));
        allowed.put("ledger.redis.socket", Set.of("ops"));
        allowed.put("ledger.redis.cluster", Set.of("config", "ledger"));
        allowed.put(
                "ledger.redis.client",
                Set.of(
                        "event",
                        "config",
                        "ledger",
                        "ledger.prune",
                        "ledger.personal",
                        "ledger.redis.cluster",
                        "ledger.redis.socket",
                        "tls"));
        allowed.put(
                "ledger.redis.search",
                Set.of(
                        "ledger.partition",
                        "event",
                        "ledger",
                        "ledger.trim",
                        "ledger.prune",
                        "ledger.personal",
                        "ledger.redis.client"));
        allowed.put(
                "ledger.redis.append",
                Set.of("event", "ledger", "ledger.personal", "ledger.redis.client", "ledger.redis.search"));
        allowed.put(
                "ledger.redis.seal",
                Set.of(
                        "ledger",
                        "ledger.seal",
                        "ledger.trim",
                        "ledger.redis.client",
                        "ledger.redis.search",
                        "ledger.redis.trim"));
        allowed.put("ledger.redis.feed", Set.of("event", "ledger", "ledger.redis.client", "ledger.redis.search"));
        allowed.put(
                "ledger.redis.trim",
                Set.of("event", "ledger", "ledger.trim", "ledger.redis.client", "ledger.redis.search"));
        allowed.put(
                "ledger.redis.prune",
                Set.of(
                        "event",
                        "ledger",
                        "ledger.trim",
                        "ledger.personal",
                        "ledger.prune",
                        "ledger.redis.client",
                        "ledger.redis.search",
                        "ledger.redis.trim"));
        allowed.put(
                "ledger.redis.tiers",
                Set.of("event", "ledger", "ledger.trim", "ledger.redis.client", "ledger.redis.search"));
        allowed.put(
                "ledger.redis.personal",
                Set.of(
                        "event",
                        "ops",
                        "ledger",
                        "ledger.personal",
                        "ledger.redis.client",
                        "ledger.redis.cluster",
                        "ledger.redis.search"));
        allowed.put(
                "ledger.redis.access",
                Set.of(
                        "access",
                        "event",
                        "config",
                        "ops",
                        "ledger",
                        "ledger.redis.client",
                        "ledger.redis.cluster",
                        "ledger.redis.search"));
        allowed.put(
                "ledger.redis.mend",
                Set.of(
                        "event",
                        "ledger",
                        "ledger.mend",
                        "ledger.personal",
                        "ledger.prune",
                        "ledger.redis.client",
                        "ledger.redis.search"));
        allowed.put("ledger.redis.snapshot", Set.of("ops", "ledger", "ledger.snapshot", "ledger.redis.client"));
        allowed.put(
                "ledger.redis",
                Set.of(
                        "ledger.partition",
                        "ledger.snapshot",
                        "ledger.redis.snapshot",
                        "event",
                        "config",
                        "ops",
                        "ledger",
                        "ledger.trim",
                        "ledger.prune",
                        "access",
                        "ledger.redis.cluster",
                        "ledger.redis.client",
                        "ledger.redis.search",
                        "ledger.redis.append",
                        "ledger.redis.feed",
                        "ledger.redis.tiers",
                        "ledger.personal",
                        "ledger.redis.personal",
                        "ledger.redis.trim",
                        "ledger.redis.prune",
                        "ledger.seal",
                        "ledger.redis.seal",
                        "ledger.redis.access"));
        allowed.put(
                "ledger.redis.partition",
                Set.of("event", "config", "ledger", "ledger.redis.client", "ledger.redis.cluster", "ledger.router"));
        allowed.put("signing", Set.of());
        allowed.put("proof.tree", Set.of());
        allowed.put("proof.note", Set.of("signing", "proof.tree"));
        allowed.put("proof.witness", Set.of("ops", "storage", "proof.note", "proof.tree"));
        allowed.put("privacy.key", Set.of("event"));
        allowed.put("privacy.local", Set.of("event", "ops", "privacy.key"));
        allowed.put("privacy.vault", Set.of("event", "ops", "privacy.key"));
        allowed.put("privacy.aws", Set.of("config", "aws", "privacy.key"));
        allowed.put("privacy.s3", Set.of("event", "aws", "storage", "storage.s3", "privacy.key"));
        allowed.put("privacy", Set.of("event", "privacy.key"));
        allowed.put(
                "ledger.forward",
                Set.of(
                        "ledger.partition",
                        "event",
                        "ops",
                        "tracing",
                        "ledger",
                        "ledger.prune",
                        "ledger.seal",
                        "ledger.trim",
                        "ledger.personal"));
        allowed.put(
                "privacy.sealing",
                Set.of(
                        "ledger.partition",
                        "event",
                        "ledger",
                        "ledger.forward",
                        "ledger.personal",
                        "privacy",
                        "privacy.key"));
        allowed.put(
                "privacy.subject",
                Set.of(
                        "ledger.partition",
                        "event",
                        "archive",
                        "ledger",
                        "ledger.personal",
                        "privacy",
                        "privacy.key",
                        "privacy.sealing"));
        allowed.put(
                "privacy.setup",
                Set.of(
                        "config",
                        "ops",
                        "signing",
                        "storage",
                        "storage.s3",
                        "privacy.aws",
                        "privacy.erasure",
                        "privacy.key",
                        "privacy.local",
                        "privacy.s3",
                        "privacy.sealing",
                        "privacy.vault"));
        allowed.put("checkpoint", Set.of("ledger.partition", "event", "ops", "ledger"));
        allowed.put(
                "proof",
                Set.of(
                        "ledger.partition",
                        "event",
                        "config",
                        "ops",
                        "storage",
                        "archive",
                        "ledger",
                        "ledger.prune",
                        "ledger.seal",
                        "ledger.trim",
                        "privacy.key",
                        "privacy.local",
                        "signing",
                        "proof.note",
                        "proof.tree",
                        "proof.witness"));
        allowed.put("graph.summary", Set.of("event"));
        allowed.put("graph", Set.of("event", "ops", "tracing", "graph.summary"));
        allowed.put("graph.memory", Set.of("event", "graph", "graph.summary"));
        allowed.put("graph.neo4j", Set.of("event", "config", "ops", "graph", "graph.summary", "tls"));
        allowed.put("intake", Set.of("event", "config", "ledger"));
        allowed.put("operation", Set.of("event", "ledger"));
        allowed.put(
                "proof.audit",
                Set.of(
                        "ledger.partition",
                        "event",
                        "config",
                        "storage",
                        "archive",
                        "graph",
                        "ledger",
                        "ledger.mend",
                        "ledger.prune",
                        "ledger.seal",
                        "ledger.trim",
                        "operation",
                        "privacy.erasure",
                        "privacy.key",
                        "proof",
                        "proof.note",
                        "proof.tree",
                        "signing"));
        allowed.put(
                "restoring",
                Set.of(
                        "ledger.partition",
                        "event",
                        "config",
                        "storage",
                        "archive",
                        "graph",
                        "ledger",
                        "ledger.personal",
                        "ledger.trim",
                        "ledger.prune",
                        "operation"));
        allowed.put(
                "forgetting",
                Set.of(
                        "ledger.partition",
                        "event",
                        "config",
                        "archive",
                        "graph",
                        "ledger",
                        "ledger.trim",
                        "ledger.prune"));
        allowed.put(
                "retention",
                Set.of(
                        "ledger.partition",
                        "forgetting",
                        "restoring",
                        "event",
                        "config",
                        "ops",
                        "storage",
                        "archive",
                        "proof",
                        "graph",
                        "graph.summary",
                        "ledger",
                        "ledger.trim",
                        "ledger.prune",
                        "ledger.seal",
                        "operation"));
        allowed.put("projection", Set.of("event", "config", "ops", "ledger", "graph"));
        allowed.put(
                "audit",
                Set.of(
                        "ledger.partition",
                        "event",
                        "ledger",
                        "ledger.prune",
                        "graph",
                        "graph.memory",
                        "projection",
                        "operation"));
        allowed.put(
                "privacy.erasure",
                Set.of(
                        "ledger.partition",
                        "ops",
                        "storage",
                        "archive",
                        "event",
                        "ledger",
                        "ledger.personal",
                        "ledger.prune",
                        "privacy.key",
                        "privacy.local",
                        "signing",
                        "graph",
                        "operation",
                        "audit"));
        allowed.put(
                "backup",
                Set.of("event", "config", "ops", "storage", "ledger", "ledger.snapshot", "operation", "audit"));
        allowed.put("view", Set.of("event", "message", "dialect", "ledger", "ledger.personal"));
        allowed.put(
                "wire",
                Set.of(
                        "ledger.partition",
                        "event",
                        "ops",
                        "ledger",
                        "ledger.prune",
                        "graph",
                        "graph.summary",
                        "operation",
                        "audit",
                        "view"));
        allowed.put("capture.text", Set.of("event"));
        allowed.put("capture.record", Set.of("event", "ledger", "intake", "privacy.key", "capture.text"));
        allowed.put(
                "capture.known",
                Set.of("ledger.partition", "event", "ledger", "ledger.personal", "intake", "capture.record"));
        allowed.put("capture.chat", Set.of("event", "capture.text", "capture.record"));
        allowed.put("capture.session", Set.of("event", "capture.text", "capture.record"));
        allowed.put("capture.otlp", Set.of("event", "dialect", "capture.text", "capture.record"));
        allowed.put(
                "capture.format",
                Set.of(
                        "event",
                        "config",
                        "capture.text",
                        "capture.record",
                        "capture.chat",
                        "capture.session",
                        "capture.otlp"));
        allowed.put(
                "capture.file",
                Set.of(
                        "ledger.partition",
                        "capture.known",
                        "event",
                        "ledger",
                        "ledger.prune",
                        "ledger.epoch",
                        "intake",
                        "ops",
                        "capture.text",
                        "capture.record",
                        "capture.otlp",
                        "capture.format"));
        allowed.put(
                "capture.live",
                Set.of(
                        "ledger.partition",
                        "capture.known",
                        "event",
                        "config",
                        "ops",
                        "tracing",
                        "ledger",
                        "intake",
                        "capture.text",
                        "capture.record",
                        "capture.otlp"));
        allowed.put("http.contract", Set.of("event"));
        allowed.put("http.problem", Set.of("event", "ledger", "ledger.epoch", "graph", "wire", "http.contract"));
        allowed.put(
                "http.engine",
                Set.of(
                        "http.problem",
                        "access",
                        "event",
                        "config",
                        "ops",
                        "tracing",
                        "ledger",
                        "ledger.epoch",
                        "graph",
                        "intake",
                        "audit",
                        "wire",
                        "tls",
                        "http.contract"));
        allowed.put("http.openapi", Set.of("access", "event", "http.contract", "http.problem", "http.engine"));
        allowed.put("http.console", Set.of("http.problem", "http.contract", "http.engine"));
        allowed.put(
                "http.ports",
                Set.of(
                        "ledger.partition",
                        "ledger.router",
                        "http.contract",
                        "proof.note",
                        "proof.audit",
                        "proof",
                        "intake",
                        "http.problem",
                        "backup",
                        "event",
                        "ops",
                        "ledger",
                        "ledger.epoch",
                        "graph",
                        "graph.summary",
                        "operation",
                        "privacy.erasure",
                        "privacy.key",
                        "privacy.subject",
                        "projection",
                        "restoring",
                        "retention",
                        "wire",
                        "http.engine"));
        allowed.put(
                "http.personal",
                Set.of(
                        "http.problem",
                        "event",
                        "ledger",
                        "ledger.personal",
                        "privacy.erasure",
                        "privacy.key",
                        "privacy.sealing",
                        "privacy.subject",
                        "http.contract",
                        "http.engine",
                        "http.ports"));
        allowed.put(
                "http.otlp",
                Set.of(
                        "http.problem",
                        "event",
                        "access",
                        "tracing",
                        "capture.text",
                        "capture.otlp",
                        "capture.live",
                        "http.contract",
                        "http.engine"));
        allowed.put(
                "http.system",
                Set.of(
                        "http.console",
                        "http.contract",
                        "http.engine",
                        "http.openapi",
                        "http.problem",
                        "event",
                        "ops",
                        "wire"));
        allowed.put(
                "http.routes",
                Set.of(
                        "ledger.partition",
                        "proof.tree",
                        "proof.note",
                        "proof.audit",
                        "proof",
                        "http.problem",
                        "backup",
                        "archive",
                        "restoring",
                        "storage",
                        "retention",
                        "ledger.trim",
                        "ledger.prune",
                        "access",
                        "event",
                        "ops",
                        "ledger",
                        "ledger.epoch",
                        "graph.summary",
                        "graph",
                        "intake",
                        "projection",
                        "operation",
                        "audit",
                        "wire",
                        "privacy.erasure",
                        "privacy.key",
                        "privacy.subject",
                        "http.contract",
                        "http.console",
                        "http.openapi",
                        "http.system",
                        "http.ports",
                        "http.personal",
                        "http.engine"));
        allowed.put("sizing", Set.of());
        allowed.put(
                "remote",
                Set.of(
                        "ledger.partition",
                        "ledger.router",
                        "proof.note",
                        "proof.audit",
                        "proof",
                        "backup",
                        "retention",
                        "ledger.trim",
                        "ledger.prune",
                        "event",
                        "config",
                        "ops",
                        "ledger.personal",
                        "ledger",
                        "ledger.seal",
                        "ledger.epoch",
                        "graph",
                        "graph.summary",
                        "operation",
                        "projection",
                        "audit",
                        "wire"));
        allowed.put(
                "cli.console",
                Set.of("ledger.partition", "event", "ledger", "graph", "graph.summary", "operation", "view"));
        allowed.put("cli.option", Set.of("event"));
        allowed.put("cli.text", Set.of("cli.console", "config", "event", "ledger", "ledger.trim", "retention"));
        allowed.put(
                "cli.workspace",
                Set.of(
                        "ledger.partition",
                        "signing",
                        "proof.note",
                        "proof.audit",
                        "proof",
                        "privacy.erasure",
                        "privacy.key",
                        "privacy.sealing",
                        "privacy.setup",
                        "privacy.subject",
                        "ledger.personal",
                        "restoring",
                        "backup",
                        "ledger.snapshot",
                        "archive",
                        "storage",
                        "retention",
                        "ledger.trim",
                        "access",
                        "cli.console",
                        "sizing",
                        "remote",
                        "ledger.prune",
                        "ledger.epoch",
                        "ledger.mend",
                        "event",
                        "config",
                        "ops",
                        "ledger",
                        "graph",
                        "graph.summary",
                        "intake",
                        "projection",
                        "operation",
                        "audit",
                        "view",
                        "wire",
                        "capture.text",
                        "capture.record",
                        "capture.format",
                        "capture.file"));
        allowed.put(
                "cli",
                Set.of(
                        "ledger.partition",
                        "proof.tree",
                        "signing",
                        "privacy.erasure",
                        "privacy.key",
                        "privacy.sealing",
                        "privacy.setup",
                        "privacy.subject",
                        "ledger.personal",
                        "restoring",
                        "backup",
                        "ledger.snapshot",
                        "archive",
                        "storage",
                        "retention",
                        "ledger.trim",
                        "access",
                        "cli.console",
                        "cli.workspace",
                        "proof",
                        "proof.audit",
                        "proof.note",
                        "cli.option",
                        "cli.text",
                        "sizing",
                        "remote",
                        "ledger.prune",
                        "ledger.epoch",
                        "ledger.mend",
                        "event",
                        "config",
                        "ops",
                        "ledger",
                        "graph",
                        "graph.summary",
                        "intake",
                        "projection",
                        "operation",
                        "audit",
                        "view",
                        "wire",
                        "capture.text",
                        "capture.record",
                        "capture.format",
                        "capture.file"));
        allowed.put("app.log", Set.of("cli.console", "cli.workspace", "config", "event", "ops"));
        // The composition, and the only one that sees adapters.
        Set<String> all = new LinkedHashSet<>(allowed.keySet());
        allowed.put("app", all);
        return allowed;
    }

    @Test
    void packagesUseOnlyThoseTheyBuildOn() {
        assertThat(Architecture.faults(PRODUCT, ALLOWED)).isEmpty();
    }

    /** A rule that lets everything pass would be none. */
    @Test
    void aPackageThatIsNotListedOrUsesWhatItMustNotIsAFault() {
        Map<String, Set<String>> stricter = new LinkedHashMap<>(ALLOWED);
        Set<String> ignored = stricter.remove("ops");
        ignored = stricter.put(
                "ledger",
                Set.of(
                        "config",
                        "ops",
                        "ledger.partition",
                        "ledger.trim",
                        "ledger.prune",
                        "ledger.personal",
                        "ledger.seal"));
        assertThat(Architecture.faults(PRODUCT, stricter))
                .anyMatch(fault -> fault.equals("ops is not listed"))
                .anyMatch(fault -> fault.startsWith("ledger must not use event: "))
                .hasSize(2);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.contextgraph.(*)..").should().beFreeOfCycles().check(PRODUCT);
        slices().matching("io.contextgraph.ledger.redis.(*)..")
                .should()
                .beFreeOfCycles()
                .check(PRODUCT);
    }

    @Test
    void classesAndPackagesCanBeReadWhole() {
        assertThat(Architecture.sizes()).isEmpty();
    }

    @Test
    void driversStayInTheirPackages() {
        onlyIn("io.contextgraph.ledger.redis..", "redis.clients..");
        onlyIn("io.contextgraph.graph.neo4j..", "org.neo4j..");
        onlyIn("io.contextgraph.http..", "io.helidon..", "io.grpc..");
        onlyIn("io.contextgraph.access..", "com.nimbusds..", "io.github.bucket4j..");
        onlyIn("io.contextgraph.cli..", "picocli..", "me.tongfei..");
        onlyIn(
                List.of(
                        "io.contextgraph.aws..",
                        "io.contextgraph.storage.s3..",
                        "io.contextgraph.privacy.aws..",
                        "io.contextgraph.privacy.s3.."),
                "software.amazon..");
        onlyIn(
                List.of("io.contextgraph.archive..", "io.contextgraph.http.engine..", "io.contextgraph.capture.text.."),
                "com.github.luben..");
        onlyIn("io.contextgraph.archive..", "org.apache.commons.collections4..");
        onlyIn("io.contextgraph.privacy..", "com.google.crypto.tink..");
        onlyIn(
                List.of("io.contextgraph.capture..", "io.contextgraph.http.."),
                "com.google.protobuf..",
                "io.opentelemetry.proto..");
        onlyIn(
                "io.contextgraph.tracing..",
                "io.opentelemetry.api..",
                "io.opentelemetry.context..",
                "io.opentelemetry.sdk..",
                "io.opentelemetry.exporter..");
        onlyIn("io.contextgraph.ops..", "io.micrometer..", "io.prometheus..");
    }

    private static void onlyIn(String home, String... drivers) {
        onlyIn(List.of(home), drivers);
    }

    private static void onlyIn(List<String> homes, String... drivers) {
        noClasses()
                .that(resideInAPackage("io.contextgraph..")
                        .and(DescribedPredicate.not(resideInAnyPackage(homes.toArray(String[]::new)))))
                .should()
                .dependOnClassesThat(resideInAnyPackage(drivers))
                .check(PRODUCT);
    }

    @Test
    void onlyTheCompositionReadsTheEnvironment() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.contextgraph.app")
                .should()
                .callMethod(System.class, "getenv")
                .orShould()
                .callMethod(System.class, "getenv", String.class)
                .check(PRODUCT);
    }

    @Test
    void testsDoNotSleep() {
        Architecture.requireNoSleep(Architecture.tests());
    }

    /** Whoever reads a name need not ask which of two it is. */
    @Test
    void aNameStandsForOneClass() {
        Map<String, List<String>> homes = PRODUCT.stream()
                .filter(JavaClass::isTopLevelClass)
                .filter(type -> !type.getSimpleName().equals("package-info"))
                .collect(groupingBy(JavaClass::getSimpleName, mapping(JavaClass::getPackageName, toList())));
        assertThat(homes.entrySet())
                .allSatisfy(name ->
                        assertThat(name.getValue()).describedAs(name.getKey()).hasSize(1));
    }

    @Test
    void namesSayWhatThingsAre() {
        Architecture.requireNames(PRODUCT);
    }
}
