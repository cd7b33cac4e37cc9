// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The borders of the design, held by a machine. */
class ArchitectureTest {
    private static final JavaClasses PRODUCT = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.contextgraph");
    private static final JavaClasses TESTS = new ClassFileImporter()
            .withImportOption(new ImportOption.OnlyIncludeTests())
            .importPackages("io.contextgraph");

    @Test
    void packagesDependOnlyOnThoseTheyBuildOn() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("app")
                .definedBy("io.contextgraph.app..")
                .layer("event")
                .definedBy("io.contextgraph.event..")
                .layer("ledger")
                .definedBy("io.contextgraph.ledger")
                .layer("ledger.memory")
                .definedBy("io.contextgraph.ledger.memory..")
                .layer("ledger.redis")
                .definedBy("io.contextgraph.ledger.redis..")
                .layer("graph")
                .definedBy("io.contextgraph.graph")
                .layer("graph.memory")
                .definedBy("io.contextgraph.graph.memory..")
                .layer("graph.neo4j")
                .definedBy("io.contextgraph.graph.neo4j..")
                .layer("projection")
                .definedBy("io.contextgraph.projection..")
                .layer("audit")
                .definedBy("io.contextgraph.audit..")
                .layer("intake")
                .definedBy("io.contextgraph.intake..")
                .layer("capture")
                .definedBy("io.contextgraph.capture..")
                .layer("config")
                .definedBy("io.contextgraph.config..")
                .layer("http")
                .definedBy("io.contextgraph.http..")
                .layer("cli")
                .definedBy("io.contextgraph.cli..")
                .layer("ops")
                .definedBy("io.contextgraph.ops..")
                .whereLayer("app")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("ledger.memory")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("ledger.redis")
                .mayOnlyBeAccessedByLayers("app")
                .whereLayer("graph.neo4j")
                .mayOnlyBeAccessedByLayers("app")
                // The reference says what the graph must be: verifying compares with it.
                .whereLayer("graph.memory")
                .mayOnlyBeAccessedByLayers("audit")
                .whereLayer("event")
                .mayNotAccessAnyLayer()
                .whereLayer("ledger")
                .mayOnlyAccessLayers("event", "config", "ops")
                .whereLayer("ledger.redis")
                .mayOnlyAccessLayers("event", "config", "ops", "ledger")
                .whereLayer("graph.neo4j")
                .mayOnlyAccessLayers("event", "config", "ops", "graph")
                .whereLayer("graph")
                .mayOnlyAccessLayers("event", "config", "ops")
                .whereLayer("intake")
                .mayOnlyAccessLayers("event", "config", "ledger")
                .whereLayer("projection")
                .mayOnlyAccessLayers("event", "config", "ops", "ledger", "graph", "graph.memory")
                .whereLayer("audit")
                .mayOnlyAccessLayers("event", "ledger", "graph", "graph.memory", "projection")
                .whereLayer("capture")
                .mayOnlyAccessLayers("event", "ledger")
                .whereLayer("config")
                .mayOnlyAccessLayers("event")
                .whereLayer("ops")
                .mayOnlyAccessLayers("event", "config")
                .whereLayer("http")
                .mayOnlyAccessLayers("event", "config", "intake", "ledger", "graph", "projection", "audit", "ops")
                .whereLayer("cli")
                .mayOnlyAccessLayers(
                        "event", "ledger", "graph", "projection", "audit", "intake", "capture", "config", "ops")
                .check(PRODUCT);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.contextgraph.(*)..").should().beFreeOfCycles().check(PRODUCT);
    }

    @Test
    void driversStayInTheirPackages() {
        onlyIn("io.contextgraph.ledger.redis..", "redis.clients..");
        onlyIn("io.contextgraph.graph.neo4j..", "org.neo4j..");
        onlyIn("io.contextgraph.http..", "io.helidon..");
        onlyIn("io.contextgraph.cli..", "picocli..", "me.tongfei..");
        onlyIn("io.contextgraph.ops..", "io.micrometer..", "io.prometheus..");
    }

    private static void onlyIn(String home, String... drivers) {
        noClasses()
                .that(resideInAPackage("io.contextgraph..")
                        .and(com.tngtech.archunit.base.DescribedPredicate.not(resideInAPackage(home))))
                .should()
                .dependOnClassesThat(resideInAnyPackage(drivers))
                .check(PRODUCT);
    }

    @Test
    void onlyTheCompositionRootReadsTheEnvironment() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.contextgraph.app", "io.contextgraph.standalone.redis")
                .should()
                .callMethod(System.class, "getenv")
                .orShould()
                .callMethod(System.class, "getenv", String.class)
                .check(PRODUCT);
    }

    @Test
    void testsDoNotSleep() {
        noClasses().should().callMethod(Thread.class, "sleep", long.class).check(TESTS);
        noClasses()
                .should()
                .callMethod(Thread.class, "sleep", java.time.Duration.class)
                .check(TESTS);
    }

    @Test
    void namesSayWhatThingsAre() {
        classes()
                .should()
                .haveSimpleNameNotEndingWith("Impl")
                .andShould()
                .haveSimpleNameNotEndingWith("Manager")
                .andShould()
                .haveSimpleNameNotEndingWith("Helper")
                .andShould()
                .haveSimpleNameNotEndingWith("Utils")
                .check(PRODUCT);
    }
}
