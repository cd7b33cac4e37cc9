// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.openapi;

import io.contextgraph.http.contract.Declaration.Header;
import io.contextgraph.http.contract.RefusalReason;
import io.contextgraph.http.contract.Schema;
import io.contextgraph.http.engine.Route;
import io.contextgraph.http.engine.Route.Role;
import io.contextgraph.http.problem.ProblemCode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** How a route refuses: by what it says itself, and by what is true of all routes like it. */
final class CommonRefusals {
    /** What every answer has. */
    static final List<Header> EVERYWHERE = List.of(
            new Header(
                    "X-Request-ID", "As sent (printable ASCII up to 128 characters), else made", Schema.text(), true),
            new Header(
                    "X-Request-Time-Ms",
                    "Milliseconds until the answer was ready, three decimals, above zero",
                    Schema.text().matching("^[0-9]+\\.[0-9]{3}$"),
                    true));

    private static final Header RETRY_AFTER = new Header("Retry-After", "Seconds", Schema.whole(), true);
    private static final Header CHALLENGE =
            new Header("WWW-Authenticate", "How to say who asks, by RFC 6750", Schema.text(), true);

    private static final String STORES = "or a store is away, full or behind, with a code of its own; try again";

    private CommonRefusals() {}

    /**
     * One status.
     *
     * @param name of what refuses for the same reasons
     */
    record Refused(String name, String description, List<Header> headers) {}

    /** By status. */
    static Map<Integer, Refused> of(Route route) {
        Map<Integer, List<RefusalReason>> byStatus = new TreeMap<>();
        all(route)
                .forEach(refusal -> byStatus.computeIfAbsent(refusal.status(), ignored -> new ArrayList<>())
                        .add(refusal));
        Map<Integer, Refused> refused = new TreeMap<>();
        byStatus.forEach((status, refusals) -> refused.put(status, refused(route, status, refusals)));
        return refused;
    }

    private static Set<RefusalReason> all(Route route) {
        Set<RefusalReason> all = new LinkedHashSet<>();
        if (!route.says().anyQuery()) {
            all.add(ProblemCode.MALFORMED_ADDRESS);
            all.add(ProblemCode.INVALID_INPUT);
        }
        if (route.says().body().isPresent()) {
            all.add(ProblemCode.MALFORMED_JSON);
            all.add(ProblemCode.BODY_TOO_LARGE);
            all.add(ProblemCode.UNSUPPORTED_MEDIA_TYPE);
            all.add(ProblemCode.MALFORMED_CONTENT_ENCODING);
            all.add(ProblemCode.UNSUPPORTED_CONTENT_ENCODING);
        }
        if (route.role() != Role.OPEN) {
            all.add(ProblemCode.UNAUTHENTICATED);
            all.add(ProblemCode.TOO_MANY_REQUESTS);
        }
        if (route.role().keyRole().isPresent()) {
            all.add(ProblemCode.FORBIDDEN);
        }
        if (!route.method().equals("GET")) {
            all.add(ProblemCode.FOREIGN_ORIGIN);
        }
        all.add(ProblemCode.MISDIRECTED_REQUEST);
        if (!route.always()) {
            all.add(ProblemCode.SERVER_OVERLOADED);
        }
        if (asksStores(route)) {
            all.add(ProblemCode.INTERNAL_ERROR);
        }
        if (route.role() != Role.OPEN) {
            all.add(ProblemCode.KEYS_UNAVAILABLE);
        }
        all.addAll(route.says().refusals());
        return all;
    }

    /** What is answered under any load says itself what it does where a store is away. */
    private static boolean asksStores(Route route) {
        return !route.always() && !route.says().withoutStores();
    }

    private static Refused refused(Route route, int status, List<RefusalReason> refusals) {
        List<String> reasons = new ArrayList<>();
        refusals.forEach(refusal -> reasons.add("`" + refusal.code() + "`: " + refusal.meaning()));
        String name = status + "-" + refusals.stream().map(RefusalReason::code).collect(Collectors.joining("-"));
        if (status == 503 && asksStores(route)) {
            reasons.add(STORES);
            name += "-stores";
        }
        return new Refused(name, String.join("; ", reasons), headers(status));
    }

    private static List<Header> headers(int status) {
        return switch (status) {
            case 401 -> List.of(CHALLENGE);
            case 429, 503 -> List.of(RETRY_AFTER);
            default -> List.of();
        };
    }
}
