// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** The contract of the contract: the kits pass a sound ledger and fail every broken one. */
class ContractKitsTest {
    static final List<Class<?>> SOUND = List.of(
            BrokenLedgers.SoundLogTestee.class,
            BrokenLedgers.SoundSearchTestee.class,
            BrokenLedgers.SoundFeedTestee.class,
            BrokenLedgers.SoundParkingTestee.class,
            BrokenLedgers.SoundSessionsTestee.class,
            BrokenLedgers.SoundReadsTestee.class,
            BrokenLedgers.SoundOperationsTestee.class,
            BrokenLedgers.SoundEpochsTestee.class,
            BrokenErasures.SoundErasuresTestee.class);

    static final List<Class<?>> BROKEN = List.of(
            BrokenLedgers.BeginsAnEpochTwice.class,
            BrokenLedgers.DropsOneOnReplay.class,
            BrokenLedgers.ReordersOnReplay.class,
            BrokenLedgers.ForgetsIdempotence.class,
            BrokenLedgers.AcceptsConflicts.class,
            BrokenLedgers.SaysThatItTakesWhatIsPersonal.class,
            BrokenLedgers.RefusesTheNeighboursOfWhatIsPersonal.class,
            BrokenLedgers.IgnoresExpectations.class,
            BrokenLedgers.LosesPayloads.class,
            BrokenLedgers.ForgetsOriginals.class,
            BrokenLedgers.BelievesTheLastOriginal.class,
            BrokenLedgers.ReturnsOneMore.class,
            BrokenLedgers.LosesTheLastOfAPage.class,
            BrokenLedgers.TurnsTiesRound.class,
            BrokenLedgers.LetsNewEventsIn.class,
            BrokenLedgers.IgnoresTheOrder.class,
            BrokenLedgers.AcknowledgesOnDelivery.class,
            BrokenLedgers.NeverAcknowledges.class,
            BrokenLedgers.DeliversBackwards.class,
            BrokenLedgers.ParksAndKeepsDelivering.class,
            BrokenLedgers.AcknowledgesWithoutParking.class,
            BrokenLedgers.DropsWithoutRecord.class,
            BrokenLedgers.ForgetsSessions.class,
            BrokenLedgers.EndsALongWalkEarly.class,
            BrokenLedgers.LetsWhatIsWrittenMeanwhileIn.class,
            BrokenLedgers.ForgetsTiesBetweenPages.class,
            BrokenLedgers.OverlooksOddNames.class,
            BrokenLedgers.GivesALockTwice.class,
            BrokenErasures.RemembersUnderOneName.class,
            BrokenErasures.LeavesWhatIsDoneOpen.class,
            BrokenErasures.KeepsTheFirstWord.class);

    @ParameterizedTest
    @FieldSource("SOUND")
    void aSoundLedgerPasses(Class<?> kit) {
        TestExecutionSummary summary = run(kit);
        assertThat(summary.getTestsSucceededCount()).isEqualTo(summary.getTestsFoundCount());
        assertThat(summary.getTestsFoundCount()).isGreaterThanOrEqualTo(3);
    }

    @ParameterizedTest
    @FieldSource("BROKEN")
    void aBrokenLedgerFails(Class<?> kit) {
        TestExecutionSummary summary = run(kit);
        assertThat(summary.getTestsFailedCount()).isPositive();
        // By what it found, not because the kit itself broke down.
        assertThat(summary.getFailures()).anyMatch(f -> f.getException() instanceof AssertionError);
    }

    private static TestExecutionSummary run(Class<?> kit) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(kit))
                .build();
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, listener);
        return listener.getSummary();
    }
}
