// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** A contract kit that is run on something that must pass it, or must not. */
final class KitRun {
    private KitRun() {}

    static void passes(Class<?> kit, int tests) {
        TestExecutionSummary summary = run(kit);
        assertThat(summary.getTestsSucceededCount()).isEqualTo(summary.getTestsFoundCount());
        assertThat(summary.getTestsFoundCount()).isGreaterThanOrEqualTo(tests);
    }

    /** By what it found, not because the kit itself broke down. */
    static void fails(Class<?> kit) {
        TestExecutionSummary summary = run(kit);
        assertThat(summary.getTestsFailedCount()).isPositive();
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
