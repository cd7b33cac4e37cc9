// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.config.ConfigurationException;
import io.contextgraph.config.Settings;
import io.contextgraph.config.SettingsCatalog;
import io.contextgraph.ops.Metrics;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TracingSettingsTest {
    private static final SettingsCatalog CATALOG =
            new SettingsCatalog(List.of(TracingSettings.SETTINGS), ignored -> Map.of());

    private static Settings load(Map<String, String> environment) {
        return CATALOG.load(Map.of(), environment, Optional.empty());
    }

    @Test
    void nothingIsTracedUnlessThereIsSomewhereToSendItTo() {
        assertThat(TracingSettings.from(load(Map.of()))).isEmpty();
        Tracing off = Tracing.start(Optional.empty(), new OwnTraces(Optional::empty), "1", new Metrics(), 8080);
        assertThat(off).isSameAs(Tracing.OFF);
        assertThat(off.request(name -> Optional.empty())).isSameAs(RequestSpan.NONE);
        assertThat(off.part("ledger.find")).isSameAs(Part.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "http://collector:4318, http://collector:4318/v1/traces",
        "http://collector:4318/, http://collector:4318/v1/traces",
        "http://collector:4318/v1/traces, http://collector:4318/v1/traces",
        "https://collector/otlp/traces, https://collector/otlp/traces"
    })
    void anAddressWithoutAPathHasThatOfOtlp(String set, String used) {
        assertThat(TracingSettings.from(load(Map.of("CG_TRACING_ENDPOINT", set)))
                        .orElseThrow()
                        .endpoint())
                .isEqualTo(URI.create(used));
    }

    @Test
    void whatAnAddressAsksWithIsNotShown() {
        assertThat(TracingSettings.from(load(Map.of("CG_TRACING_ENDPOINT", "https://collector/v1/traces?key=secret")))
                        .orElseThrow()
                        .place())
                .isEqualTo("https://collector:443/v1/traces");
    }

    @Test
    void headersAreReadAndShownToNobody() {
        Settings settings = load(Map.of(
                "CG_TRACING_ENDPOINT", "http://collector:4318",
                "CG_TRACING_HEADERS", "Authorization=Basic YTpi==, X-Tenant=one"));
        assertThat(TracingSettings.from(settings).orElseThrow().headers())
                .isEqualTo(Map.of("Authorization", "Basic YTpi==", "X-Tenant", "one"));
        assertThat(settings.toString()).doesNotContain("YTpi");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.1", "-0.1", "NaN", "half", ""})
    void aPartIsOneOfAWhole(String sample) {
        assertThatThrownBy(() -> load(Map.of("CG_TRACING_SAMPLE", sample)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("a number from 0 to 1");
    }

    @Test
    void aLoginInTheAddressIsRefusedAndNotRepeated() {
        assertThatThrownBy(() -> load(Map.of("CG_TRACING_ENDPOINT", "http://user:secret@collector:4318")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("tracing.headers")
                .hasMessageNotContaining("secret");
    }

    @Test
    void authoritiesThatCannotBeReadAreAProblemOfTheSettings() {
        Settings settings = load(
                Map.of("CG_TRACING_ENDPOINT", "https://collector:4318", "CG_TRACING_TLS_CA", "/nothing/is/here.pem"));
        assertThatThrownBy(() -> Tracing.start(
                        TracingSettings.from(settings), new OwnTraces(Optional::empty), "1", new Metrics()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("tracing.tls-ca");
    }
}
