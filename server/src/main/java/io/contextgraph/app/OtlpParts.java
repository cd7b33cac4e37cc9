// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.capture.format.CaptureSettings;
import io.contextgraph.capture.live.BroughtTraces;
import io.contextgraph.capture.live.OtlpIntake;
import io.contextgraph.capture.live.OtlpSettings;
import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.capture.record.Whom;
import io.contextgraph.config.ConfigurationException;
import io.contextgraph.config.Settings;
import io.contextgraph.http.engine.SharedParts;
import io.contextgraph.http.otlp.OtlpGrpcServer;
import io.contextgraph.http.otlp.OtlpRoutes;
import io.contextgraph.intake.IntakeSettings;
import io.contextgraph.ledger.DurabilitySettings;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ops.Metrics;
import io.contextgraph.privacy.key.DigestKey;
import io.contextgraph.privacy.setup.PersonalKeys;
import io.contextgraph.privacy.setup.PrivacySettings;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What takes the traces and logs of exporters, as it is set. */
final class OtlpParts {
    private static final Logger LOG = LoggerFactory.getLogger(OtlpParts.class);

    private final Settings settings;
    private final OtlpIntake intake;
    private final int mostBytes;

    /** @throws ConfigurationException when records are to name persons, and there are no keys to seal what they say */
    OtlpParts(Settings settings, Ledger ledger, Clock clock, Metrics metrics, BroughtTraces brought) {
        this.settings = settings;
        CaptureOptions standard = CaptureOptions.DEFAULTS;
        CaptureOptions options = new CaptureOptions(
                standard.syntheticStart(),
                Optional.empty(),
                Optional.empty(),
                standard.errorTextFails(),
                CaptureSettings.skip(settings),
                standard.maxDocumentBytes(),
                standard.maxLineBytes(),
                whom(settings),
                IntakeSettings.limits(settings));
        intake = new OtlpIntake(ledger, settings.get(DurabilitySettings.DEFAULT), options, clock, metrics, brought);
        int wanted = Math.toIntExact(settings.get(OtlpSettings.BODY));
        mostBytes = intake.mostBytes(wanted);
        if (mostBytes < wanted) {
            LOG.info(
                    "{} is lowered to {} bytes, a tenth of the heap: give the server more memory for larger requests",
                    OtlpSettings.BODY.key(),
                    mostBytes);
        }
    }

    private static Whom whom(Settings settings) {
        String attribute = settings.get(OtlpSettings.SUBJECT_ATTRIBUTE);
        if (attribute.isBlank()) {
            return Whom.NOBODY;
        }
        DigestKey key = PersonalKeys.digests(settings)
                .orElseThrow(
                        () -> new ConfigurationException(
                                List.of(
                                        OtlpSettings.SUBJECT_ATTRIBUTE.key()
                                                + " says who is a person, and " + PrivacySettings.KEYS.key()
                                                + " is empty: what is about persons needs keys that seal it. Make them: contextgraph privacy init")));
        return Whom.named(attribute, key);
    }

    OtlpRoutes routes() {
        return new OtlpRoutes(intake, mostBytes);
    }

    /** What will listen for gRPC; empty: that is switched off. */
    Optional<OtlpGrpcServer> grpc(SharedParts shared) {
        int port = settings.get(OtlpSettings.GRPC_PORT);
        return port == 0 ? Optional.empty() : Optional.of(new OtlpGrpcServer(port, shared, intake, mostBytes));
    }

    /**
     * Begins to listen for gRPC.
     *
     * @throws ConfigurationException when the port that was set cannot be had
     */
    void start(OtlpGrpcServer grpc) {
        try {
            grpc.start();
        } catch (RuntimeException taken) {
            String told = "OTLP over gRPC cannot listen on port " + settings.get(OtlpSettings.GRPC_PORT)
                    + ": is it in use? Set " + OtlpSettings.GRPC_PORT.key() + " to another one, or to 0 to do without";
            if (settings.isSet(OtlpSettings.GRPC_PORT)) {
                throw new ConfigurationException(List.of(told));
            }
            LOG.warn("{}; this server does without", told);
        }
    }
}
