// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** The contract of the contract: the kit passes a sound store of keys and fails every broken one. */
class KeyStoreKitTest {
    static final List<Class<?>> BROKEN = List.of(
            BrokenKeyStores.WritesOver.class,
            BrokenKeyStores.SaysThatItsOwnKeyIsKept.class,
            BrokenKeyStores.BringsBackWhatIsGone.class,
            BrokenKeyStores.ReplacesAnything.class,
            BrokenKeyStores.KeepsWhatItDestroys.class,
            BrokenKeyStores.DestroysAllGenerations.class,
            BrokenKeyStores.RemembersForItself.class,
            BrokenKeyStores.LosesTheLastOfAPage.class,
            BrokenKeyStores.AddsStepsToAnything.class,
            BrokenKeyStores.ForgetsAnErasureOnceItIsDone.class,
            BrokenKeyStores.HasOneRevision.class,
            BrokenKeyStores.HasAnotherRevisionEachTime.class);

    @Test
    void aSoundStorePasses() {
        TestExecutionSummary summary = run(BrokenKeyStores.Sound.class);
        assertThat(summary.getTestsSucceededCount()).isEqualTo(summary.getTestsFoundCount());
        assertThat(summary.getTestsFoundCount()).isGreaterThanOrEqualTo(20);
    }

    @ParameterizedTest
    @FieldSource("BROKEN")
    void aBrokenStoreFails(Class<?> kit) {
        TestExecutionSummary summary = run(kit);
        assertThat(summary.getTestsFailedCount()).isPositive();
        // By what it found, not because the kit itself broke down.
        assertThat(summary.getFailures()).anyMatch(failure -> failure.getException() instanceof AssertionError);
    }

    private static TestExecutionSummary run(Class<?> kit) {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectClass(kit))
                                .build(),
                        listener);
        return listener.getSummary();
    }
}
