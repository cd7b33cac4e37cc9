// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Nothing is there for tests alone, but for what is named here with its reason. */
class CalledTest {
    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOptions(List.of(
                    new ImportOption.DoNotIncludeTests(),
                    location -> !location.contains("test-classes") && !location.contains("-tests.jar")))
            .importPackages("io.contextgraph");

    /** The pages of docs are made of it. */
    private static final Set<String> FOR_PAGES = Set.of(
            "dialect.Dialect.title",
            "dialect.Fact.title",
            "ledger.redis.client.Unseen.row",
            "dialect.LogFact.title",
            "http.problem.ProblemCode.retryable",
            "bench.report.BenchmarksPage.unused",
            "sizing.MeasuredFigure$Table.title",
            "sizing.MeasuredFigure.column",
            "sizing.MeasuredFigure.file",
            "sizing.MeasuredFigure.row",
            "sizing.MeasuredFigure.table");

    /** For whoever builds on the product, as the tests do. */
    private static final Set<String> FOR_EMBEDDERS = Set.of(
            "ledger.Delivery.attempt",
            "access.MemoryKeyStore.<init>",
            "ledger.redis.access.AccessRules.<init>",
            "ledger.redis.access.AclFile.<init>",
            "ledger.redis.RedisLedger.feed",
            "ledger.redis.client.RedisSettings.withDurability",
            "ledger.redis.client.RedisSettings.withTimeouts",
            "privacy.local.LocalKeyWrapper.<init>",
            "standalone.EmbeddedSettings.withRedisServer");

    /** What else tests look at: it shows what would have to be guessed otherwise, and changes nothing. */
    private static final Set<String> FOR_TESTS = Set.of(
            "bench.kill.Findings.kinds",
            "bench.kill.KillTest.canCutPower",
            "http.engine.HttpServer.routes",
            "http.otlp.OtlpGrpcServer.port",
            "http.engine.ReadAhead.state",
            "ledger.EventPage.scope",
            "ledger.redis.client.Script.source",
            "ops.Metrics.registry",
            "projection.ProjectionWorker.setAside",
            "projection.WorkerRunner$Status.ready",
            "standalone.EmbeddedRedis.server");

    /** What retention will call. */
    private static final Set<String> FOR_THE_CEILING = Set.of(
            "archive.Archive.sweep",
            "archive.GoneIds.add",
            "ledger.prune.Pruning$Plan.events",
            "ledger.prune.Pruning.find",
            "ledger.prune.SeqRun.of");

    /** What privacy will call: to rotate keys, to tell ledgers by them, and to have others check a receipt. */
    private static final Set<String> FOR_PRIVACY = Set.of(
            "ledger.memory.InMemoryKeyNews.<init>",
            "privacy.aws.KmsKeyWrapper.renew",
            "privacy.erasure.ErasureReceipt.proves",
            "proof.tree.Proofs.extend",
            "signing.VerifyingKey.parse",
            "privacy.key.DataKeys.remembered",
            "privacy.key.InMemoryKeyStore.<init>",
            "privacy.key.Pseudonyms.fingerprint",
            "privacy.key.Pseudonyms.generations",
            "privacy.local.KeyFile.parse");

    @Test
    void whatIsWrittenIsCalled() {
        Set<String> uncalled = new TreeSet<>();
        for (JavaClass owner : ALL) {
            Stream.concat(owner.getMethods().stream(), owner.getConstructors().stream())
                    .filter(unit -> !unit.getModifiers().contains(JavaModifier.SYNTHETIC))
                    .filter(CalledTest::mustBeCalled)
                    .filter(unit -> Stream.concat(unit.getCallsOfSelf().stream(), references(unit))
                            .map(JavaAccess::getOrigin)
                            .allMatch(unit::equals))
                    .forEach(unit ->
                            uncalled.add(owner.getName().replace("io.contextgraph.", "") + "." + unit.getName()));
        }
        Set<String> known = new TreeSet<>(FOR_PAGES);
        known.addAll(FOR_EMBEDDERS);
        known.addAll(FOR_TESTS);
        known.addAll(FOR_THE_CEILING);
        known.addAll(FOR_PRIVACY);
        assertThat(uncalled).isEqualTo(known);
    }

    /** Not what is called by what is not ours: records by their tests of equality, enums, commands, what overrides. */
    private static boolean mustBeCalled(JavaCodeUnit unit) {
        JavaClass owner = unit.getOwner();
        if (unit instanceof JavaConstructor) {
            return !unit.getModifiers().contains(JavaModifier.PRIVATE)
                    && !owner.isAnonymousClass()
                    && !owner.isEnum()
                    && !owner.isAnnotatedWith(CommandLine.Command.class);
        }
        JavaMethod method = (JavaMethod) unit;
        return !overrides(method)
                && !method.isAnnotatedWith(CommandLine.Command.class)
                && !(owner.isEnum() && Set.of("values", "valueOf").contains(method.getName()))
                && !(owner.isRecord() && owner.tryGetField(method.getName()).isPresent())
                && !method.getName().equals("main")
                && !method.getName().startsWith("lambda$");
    }

    private static Stream<? extends JavaAccess<?>> references(JavaCodeUnit unit) {
        return unit instanceof JavaMethod method
                ? method.getReferencesToSelf().stream()
                : ((JavaConstructor) unit).getReferencesToSelf().stream();
    }

    private static boolean overrides(JavaMethod method) {
        int parameters = method.getRawParameterTypes().size();
        return Stream.concat(
                        method.getOwner().getAllRawSuperclasses().stream(),
                        method.getOwner().getAllRawInterfaces().stream())
                .flatMap(type -> type.getMethods().stream())
                .anyMatch(other -> other.getName().equals(method.getName())
                        && other.getRawParameterTypes().size() == parameters);
    }
}
