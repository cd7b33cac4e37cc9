// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tracing;

import io.contextgraph.config.Forms;
import io.contextgraph.config.Setting;
import io.contextgraph.config.SettingGroup;
import io.contextgraph.config.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where traces of our own requests go.
 *
 * @param endpoint an address of OTLP over HTTP, with its path
 * @param sample which part of the requests that come without a trace
 * @param service what the server calls itself
 * @param headers that each export has
 * @param authorities whose certificates are believed; empty: those that the JVM believes
 */
public record TracingSettings(
        URI endpoint, double sample, String service, Map<String, String> headers, Optional<Path> authorities) {
    private static final String PATH = "/v1/traces";

    /** A name of RFC 9110, and a value that is printable. */
    private static final Pattern HEADER = Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+)=([ -~]*)");

    public static final Setting<Optional<String>> ENDPOINT = Setting.of(
            "tracing.endpoint",
            "",
            Forms.address("http", "https"),
            "Where traces of this server's own requests go: an address of OTLP over HTTP, such as http://collector:4318/v1/traces;"
                    + " without a path, /v1/traces is meant. Never this server itself, nor another one on the same ledger."
                    + " Empty: there are none.");
    public static final Setting<Double> SAMPLE = Setting.of(
            "tracing.sample",
            "1",
            Forms.fraction(),
            "Which part of the requests is traced that come without a trace of their own: 1 all, 0 none. One that comes with a"
                    + " traceparent is traced where that says so.");
    public static final Setting<String> SERVICE = Setting.of(
            "tracing.service", "contextgraph", Forms.text(), "What this server is called there (service.name).");
    public static final Setting<List<String>> HEADERS = Setting.secret(
            "tracing.headers",
            "",
            Forms.list(HEADER, "Authorization=Bearer abc"),
            "Headers that go with each export, separated by commas, such as Authorization=Bearer abc.");
    public static final Setting<Optional<Path>> TLS_CA = Setting.of(
            "tracing.tls-ca",
            "",
            Forms.pathOrNone(),
            "PEM file with the authorities whose certificate the receiver shows, where tracing.endpoint is https; empty takes those"
                    + " that the JVM believes.");

    public static final SettingGroup SETTINGS =
            new SettingGroup(List.of(ENDPOINT, SAMPLE, SERVICE, HEADERS, TLS_CA), TracingSettings::problems);

    private static List<String> problems(Settings settings) {
        return settings.get(ENDPOINT).map(URI::create).map(URI::getRawUserInfo).isPresent()
                ? List.of("tracing.endpoint must not have a login: tracing.headers can have an Authorization")
                : List.of();
    }

    /** As they are set; empty where there are to be no traces. */
    public static Optional<TracingSettings> from(Settings settings) {
        return settings.get(ENDPOINT)
                .map(URI::create)
                .map(endpoint -> new TracingSettings(
                        withPath(endpoint),
                        settings.get(SAMPLE),
                        settings.get(SERVICE),
                        headers(settings.get(HEADERS)),
                        settings.get(TLS_CA)));
    }

    private static URI withPath(URI endpoint) {
        String path = endpoint.getRawPath();
        return path == null || path.isEmpty() || path.equals("/") ? endpoint.resolve(PATH) : endpoint;
    }

    private static Map<String, String> headers(List<String> written) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (String header : written) {
            int end = header.indexOf('=');
            headers.put(header.substring(0, end), header.substring(end + 1));
        }
        return headers;
    }

    /** The endpoint as it may be shown: what it asks with may be a token. */
    String place() {
        return endpoint.getScheme() + "://" + endpoint.getHost() + ":" + port() + endpoint.getRawPath();
    }

    /** The port of the endpoint, also where it is not written. */
    int port() {
        if (endpoint.getPort() >= 0) {
            return endpoint.getPort();
        }
        return endpoint.getScheme().equals("https") ? 443 : 80;
    }
}
