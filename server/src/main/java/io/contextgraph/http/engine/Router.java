// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.engine;

import io.contextgraph.http.contract.Parameter;
import io.contextgraph.http.problem.Problem;
import io.contextgraph.http.problem.ProblemCode;
import io.contextgraph.http.problem.ProblemException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds the route of a request. Matches the address as it was sent, segment by segment, and decodes parameters only
 * then: an encoded slash belongs to its parameter.
 */
final class Router {
    /**
     * A part of a template.
     *
     * @param text as it must be; the name of a parameter, without braces and asterisk
     * @param parameter whether it stands for one segment
     * @param rest whether it stands for all that follow
     */
    private record Segment(String text, boolean parameter, boolean rest) {
        static Segment of(String written) {
            if (!written.startsWith("{")) {
                return new Segment(written, false, false);
            }
            boolean rest = written.endsWith("*}");
            return new Segment(written.substring(1, written.length() - (rest ? 2 : 1)), !rest, rest);
        }

        /** What fixes more comes first. */
        String sortKey() {
            return rest ? "2" : parameter ? "1" : "0";
        }
    }

    /** All methods of one address. */
    private record Endpoint(String template, List<Segment> segments, Map<String, Route> routes) {}

    /** A route and what its parameters stand for. */
    record Match(Route route, Map<String, String> parameters) {
        /** The address as it may stand in the record of the call. */
        String recorded(String rawPath) {
            String path = rawPath;
            for (Parameter<?> parameter : route.says().parameters()) {
                String sent = parameters.getOrDefault(parameter.name(), "");
                String recorded = parameter.recorded().apply(sent);
                if (parameter.in() == Parameter.In.PATH && !recorded.equals(sent)) {
                    path = route.template().replace("{" + parameter.name() + "}", recorded);
                }
            }
            return path;
        }
    }

    private final List<Endpoint> endpoints;

    /** Where several templates fit, that with the earlier fixed segment wins, whatever the order here. */
    Router(List<Route> routes) {
        Map<String, Endpoint> byTemplate = new LinkedHashMap<>();
        for (Route route : routes) {
            byTemplate
                    .computeIfAbsent(route.template(), t -> new Endpoint(t, segments(t), new LinkedHashMap<>()))
                    .routes()
                    .put(route.method(), route);
        }
        this.endpoints = byTemplate.values().stream()
                .sorted((a, b) -> sortKey(a).compareTo(sortKey(b)))
                .toList();
    }

    private static String sortKey(Endpoint endpoint) {
        return endpoint.segments().stream().map(Segment::sortKey).collect(Collectors.joining());
    }

    private static List<Segment> segments(String template) {
        return Stream.of(template.substring(1).split("/", -1)).map(Segment::of).toList();
    }

    /**
     * The route of {@code method} on {@code rawPath}; HEAD is answered by the route of GET.
     *
     * @throws ProblemException 404 where there is no such address, 405 where it lacks the method
     */
    Match find(String method, String rawPath) {
        List<String> raw = raw(rawPath);
        for (Endpoint endpoint : endpoints) {
            Optional<Map<String, String>> parameters = match(endpoint, raw);
            if (parameters.isPresent()) {
                Route route = endpoint.routes().get(method.equals("HEAD") ? "GET" : method);
                if (route == null) {
                    String allow = allow(endpoint);
                    throw Problem.of(ProblemCode.METHOD_NOT_ALLOWED, "This address takes " + allow + ".")
                            .withHeader("Allow", allow)
                            .raised();
                }
                return new Match(route, parameters.get());
            }
        }
        throw nothingThere();
    }

    /**
     * The methods of an address, for {@code Allow}.
     *
     * @throws ProblemException 404 where there is no such address
     */
    String allowed(String rawPath) {
        List<String> raw = raw(rawPath);
        return endpoints.stream()
                .filter(endpoint -> match(endpoint, raw).isPresent())
                .findFirst()
                .map(Router::allow)
                .orElseThrow(Router::nothingThere);
    }

    /** How an address says what is wrong. */
    ProblemForm problems(String rawPath) {
        try {
            List<String> raw = raw(rawPath);
            return endpoints.stream()
                    .filter(endpoint -> match(endpoint, raw).isPresent())
                    .findFirst()
                    .flatMap(endpoint -> endpoint.routes().values().stream().findFirst())
                    .map(Route::problems)
                    .orElse(ProblemForm.PROBLEM_JSON);
        } catch (ProblemException malformed) {
            return ProblemForm.PROBLEM_JSON;
        }
    }

    private static ProblemException nothingThere() {
        return Problem.of(ProblemCode.NO_SUCH_ROUTE, "There is nothing at this address; / names what there is.")
                .raised();
    }

    private static String allow(Endpoint endpoint) {
        List<String> methods = new ArrayList<>(endpoint.routes().keySet());
        if (methods.contains("GET")) {
            methods.add("HEAD");
        }
        methods.add("OPTIONS");
        return methods.stream().sorted().collect(Collectors.joining(", "));
    }

    /** The segments of an address as they were sent; none where it does not begin with a slash. */
    private static List<String> raw(String rawPath) {
        return rawPath.startsWith("/") ? List.of(rawPath.substring(1).split("/", -1)) : List.of();
    }

    private static Optional<Map<String, String>> match(Endpoint endpoint, List<String> raw) {
        List<Segment> segments = endpoint.segments();
        boolean open = segments.getLast().rest();
        if (open ? raw.size() < segments.size() : raw.size() != segments.size()) {
            return Optional.empty();
        }
        Map<String, String> parameters = new HashMap<>();
        for (int i = 0; i < segments.size(); i++) {
            Segment segment = segments.get(i);
            if (segment.rest()) {
                parameters.put(
                        segment.text(),
                        raw.subList(i, raw.size()).stream()
                                .map(Percent::decodePath)
                                .collect(Collectors.joining("/")));
            } else if (segment.parameter() && !raw.get(i).isEmpty()) {
                parameters.put(segment.text(), Percent.decodePath(raw.get(i)));
            } else if (segment.parameter() || !segment.text().equals(raw.get(i))) {
                return Optional.empty();
            }
        }
        return Optional.of(parameters);
    }
}
