// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.access.AccessSettings;
import io.contextgraph.access.RateLimits;
import io.contextgraph.app.log.LogSettings;
import io.contextgraph.capture.live.OtlpSettings;
import io.contextgraph.config.Setting;
import io.contextgraph.config.Settings;
import io.contextgraph.http.engine.HttpSettings;
import io.contextgraph.tls.ServerCertificate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes over, while a server runs, what of its settings may change meanwhile, and says which others would need a restart.
 *
 * <p><b>Guarantees.</b> Each limit of a request is the one before or the one after, and what is after counts for all that begin later. The
 * limits of events stay: they must be the same at every door.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
final class Reload {
    private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

    /** What may change; certificates may by the contents of their files, and levels of the log by whoever has the log. */
    static final Set<Setting<?>> LIVE = Set.of(
            HttpSettings.BODY,
            HttpSettings.BATCH,
            AccessSettings.REQUESTS,
            AccessSettings.BYTES,
            LogSettings.LEVEL,
            LogSettings.LEVELS);

    private final Settings started;
    private final HttpSettings http;
    private final RateLimits limits;
    private final Optional<ServerCertificate> certificate;
    private Settings live;

    /**
     * What runs.
     *
     * @param started what it has been started with
     */
    Reload(Settings started, HttpSettings http, RateLimits limits, Optional<ServerCertificate> certificate) {
        this.started = started;
        this.live = started;
        this.http = http;
        this.limits = limits;
        this.certificate = certificate;
    }

    synchronized void to(Settings next) {
        List<String> taken = changed(live, next, true);
        List<String> waiting = changed(started, next, false);
        http.change(Math.toIntExact(next.get(HttpSettings.BODY)), next.get(HttpSettings.BATCH));
        limits.change(
                AccessSettings.from(next), Math.max(http.limits().maxBodyBytes(), started.get(OtlpSettings.BODY)));
        live = next;
        boolean renewed = certificate.map(ServerCertificate::look).orElse(false);
        if (!taken.isEmpty()) {
            LOG.info("reload: taken over: {}", String.join(", ", taken));
        } else if (!renewed) {
            LOG.info("reload: nothing has changed of what counts without a restart");
        }
        if (!waiting.isEmpty()) {
            LOG.warn("reload: changed, but only a restart makes it count: {}", String.join(", ", waiting));
        }
    }

    private static List<String> changed(Settings before, Settings after, boolean ofLive) {
        return ProductSettings.CATALOG.all().stream()
                .filter(setting -> LIVE.contains(setting) == ofLive)
                .filter(setting -> !before.get(setting).equals(after.get(setting)))
                .map(Setting::key)
                .toList();
    }
}
