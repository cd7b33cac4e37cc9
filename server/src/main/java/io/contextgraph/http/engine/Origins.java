// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.engine;

import io.contextgraph.config.Forms;
import io.contextgraph.config.Setting;
import io.contextgraph.config.SettingGroup;
import io.contextgraph.config.Settings;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Whose pages may use the API from a browser: those of the server itself, and of the origins that are set.
 *
 * @param allowed such as {@code https://console.example.com}
 *
 * <p><b>Source.</b> Fetch standard, section 3.2 (CORS protocol); Fetch Metadata.
 */
public record Origins(Set<String> allowed) {
    public static final Setting<List<String>> SETTING = Setting.of(
            "http.cors-origins",
            "",
            Forms.list(Pattern.compile("https?://[^/?#@\\s]+"), "https://console.example.com"),
            "Origins whose pages may use the API from a browser, such as https://console.example.com, separated by commas; empty:"
                    + " those of the server itself only.");

    public static final SettingGroup SETTINGS = SettingGroup.of(SETTING);

    /** Those of the server itself only. */
    public static final Origins OWN = new Origins(Set.of());

    private static final String PREFLIGHT_SECONDS = "600";
    private static final String REQUEST_HEADERS =
            "Authorization, Content-Type, Durability, Expected-Session-Seq, Last-Event-ID, X-Request-ID";
    private static final String ANSWER_HEADERS =
            "Idempotent-Replayed, Location, Retry-After, X-Request-ID, X-Request-Time-Ms";

    public Origins {
        allowed = Set.copyOf(allowed);
    }

    /** As they are set. */
    public static Origins from(Settings settings) {
        return new Origins(Set.copyOf(settings.get(SETTING)));
    }

    /**
     * Whether a browser sends the request for a page of somebody else: what such a page may not read, it must not do either.
     *
     * @param origin the header {@code Origin}
     * @param site the header {@code Sec-Fetch-Site}
     * @param host the header {@code Host}
     */
    boolean isForeign(Optional<String> origin, Optional<String> site, String host) {
        if (origin.isPresent()) {
            return !allowed.contains(origin.get()) && !isOwn(origin.get(), host);
        }
        return site.filter(Set.of("cross-site", "same-site")::contains).isPresent();
    }

    private static boolean isOwn(String origin, String host) {
        try {
            String authority = URI.create(origin).getRawAuthority();
            return authority != null && authority.toLowerCase(Locale.ROOT).equals(host.toLowerCase(Locale.ROOT));
        } catch (IllegalArgumentException opaque) {
            return false;
        }
    }

    /** What an answer says to a browser, so that the page may see it. */
    Map<String, String> headers(Optional<String> origin) {
        if (allowed.isEmpty()) {
            return Map.of();
        }
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Vary", "Origin");
        origin.filter(allowed::contains).ifPresent(known -> {
            headers.put("Access-Control-Allow-Origin", known);
            headers.put("Access-Control-Expose-Headers", ANSWER_HEADERS);
        });
        return headers;
    }

    /**
     * What the answer to a browser that asks before says beside.
     *
     * @param methods of the address
     */
    Map<String, String> preflight(Optional<String> origin, String methods) {
        return origin.filter(allowed::contains)
                .map(known -> Map.of(
                        "Access-Control-Allow-Methods",
                        methods,
                        "Access-Control-Allow-Headers",
                        REQUEST_HEADERS,
                        "Access-Control-Max-Age",
                        PREFLIGHT_SECONDS))
                .orElse(Map.of());
    }
}
