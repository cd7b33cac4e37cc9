// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.access.AccessSettings;
import io.contextgraph.app.log.LogSettings;
import io.contextgraph.archive.ArchiveSettings;
import io.contextgraph.backup.BackupSettings;
import io.contextgraph.capture.format.CaptureSettings;
import io.contextgraph.capture.live.OtlpSettings;
import io.contextgraph.config.SettingsCatalog;
import io.contextgraph.forgetting.ForgettingSettings;
import io.contextgraph.graph.neo4j.Neo4jSettings;
import io.contextgraph.http.engine.HttpSettings;
import io.contextgraph.http.engine.Origins;
import io.contextgraph.intake.IntakeSettings;
import io.contextgraph.ledger.DurabilitySettings;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.partition.PartitionSettings;
import io.contextgraph.privacy.setup.PrivacySettings;
import io.contextgraph.projection.ProjectionSettings;
import io.contextgraph.proof.ProofSettings;
import io.contextgraph.retention.CeilingSettings;
import io.contextgraph.retention.RetentionProfile;
import io.contextgraph.retention.RetentionSettings;
import io.contextgraph.storage.s3.S3Settings;
import io.contextgraph.tracing.TracingSettings;
import java.util.List;

/** Everything that can be set in the product: what its parts declare, in the order in which it is documented. */
public final class ProductSettings {
    /** All of it. */
    public static final SettingsCatalog CATALOG = new SettingsCatalog(
            List.of(
                    HttpSettings.SETTINGS,
                    Origins.SETTINGS,
                    AccessSettings.SETTINGS,
                    RedisSettings.SETTINGS,
                    PartitionSettings.SETTINGS,
                    BackendSettings.SETTINGS,
                    Neo4jSettings.SETTINGS,
                    DurabilitySettings.SETTINGS,
                    HttpSettings.LIMITS,
                    AccessSettings.LIMITS,
                    IntakeSettings.SETTINGS,
                    CaptureSettings.SETTINGS,
                    OtlpSettings.SETTINGS,
                    ProjectionSettings.SETTINGS,
                    RetentionSettings.SETTINGS,
                    CeilingSettings.SETTINGS,
                    ForgettingSettings.SETTINGS,
                    ArchiveSettings.SETTINGS,
                    ProofSettings.SETTINGS,
                    S3Settings.SETTINGS,
                    PrivacySettings.SETTINGS,
                    BackupSettings.SETTINGS,
                    LogSettings.SETTINGS,
                    TracingSettings.SETTINGS),
            RetentionProfile::presets);

    private ProductSettings() {}
}
