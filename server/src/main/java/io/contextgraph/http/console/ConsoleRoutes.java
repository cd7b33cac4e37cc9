// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.console;

import io.contextgraph.http.contract.Declaration;
import io.contextgraph.http.contract.Declaration.Reply;
import io.contextgraph.http.contract.Parameter;
import io.contextgraph.http.contract.Schema;
import io.contextgraph.http.contract.Topic;
import io.contextgraph.http.contract.ValueForm;
import io.contextgraph.http.engine.Answer;
import io.contextgraph.http.engine.Call;
import io.contextgraph.http.engine.Route;
import io.contextgraph.http.engine.Route.Role;
import io.contextgraph.http.engine.RouteGroup;
import io.contextgraph.http.problem.Problem;
import io.contextgraph.http.problem.ProblemCode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The console, for browsers. Its files say nothing of the ledger, so that nobody is asked for a key; whatever the page asks for
 * then needs one.
 *
 * <p><b>Guarantees.</b> A browser asks for each file again before it uses what it has kept, and is told that it is the same by
 * its tag: after an upgrade no file of before is used beside one of now.
 *
 * <p>The route is no part of the contract: the names of the files are nobody's business but the page's own.
 */
public final class ConsoleRoutes implements RouteGroup {
    private static final String PAGE = "index.html";
    private static final String HTML = "text/html";

    /** Nothing from anywhere else, nothing inline, in nobody's frame. */
    private static final String POLICY = "default-src 'self'; img-src 'self' blob:; frame-ancestors 'none'";

    private static final Pattern COMMA = Pattern.compile("\\s*,\\s*");
    private static final Pattern REFUSED = Pattern.compile(";\\s*q=0(\\.0{0,3})?\\s*$");

    private static final Parameter<String> FILE =
            Parameter.path("file", new ValueForm<>(Schema.text(), (pointer, text) -> text), "The file");

    private static final Declaration SAYS = Declaration.of(
                    "consoleFile", Topic.OPERATIONS, "A file of the console", "For browsers.")
            .takes(FILE)
            .takesAnyQuery()
            .asksNoStore()
            .answers(new Reply(200, "The file", "text/javascript", Schema.text(), List.of()))
            .refuses(ProblemCode.NO_SUCH_ROUTE);

    private static final ConsoleFiles FILES = new ConsoleFiles();

    @Override
    public List<Route> routes() {
        return List.of(Route.get("/console/{file*}", Role.OPEN, SAYS, ConsoleRoutes::file)
                .evenUnderLoad());
    }

    /** Whether a request is of a browser that wants a page to show, not of a program that wants data. */
    public static boolean wantsPage(Call call) {
        return accepts(call, "Accept", HTML);
    }

    /** The page itself. It is small, and sent whole each time. */
    public static Answer page() {
        ConsoleFile page = FILES.find(PAGE).orElseThrow(() -> new IllegalStateException("the build left out " + PAGE));
        return new Answer.Whole(200, HTML, headers("Accept"), page.content());
    }

    private static Answer file(Call call) {
        ConsoleFile file = FILES.find(call.path(FILE))
                .orElseThrow(() -> Problem.of(ProblemCode.NO_SUCH_ROUTE, "The console has no such file.")
                        .raised());
        boolean packed = accepts(call, "Accept-Encoding", "gzip");
        Map<String, String> headers = headers("Accept-Encoding");
        headers.put("ETag", file.tag(packed));
        if (isKept(call, file.tag(packed))) {
            return new Answer.Whole(304, "", headers, new byte[0]);
        }
        if (packed) {
            headers.put("Content-Encoding", "gzip");
        }
        return new Answer.Whole(200, file.mediaType(), headers, packed ? file.packed() : file.content());
    }

    private static Map<String, String> headers(String chosenBy) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Security-Policy", POLICY);
        headers.put("Cache-Control", "no-cache");
        headers.put("Vary", chosenBy + ", Origin");
        return headers;
    }

    /** Whether the header names {@code wanted}, and not with weight 0. */
    private static boolean accepts(Call call, String header, String wanted) {
        return values(call, header)
                .anyMatch(value -> value.split(";", 2)[0].strip().equalsIgnoreCase(wanted)
                        && !REFUSED.matcher(value).find());
    }

    private static boolean isKept(Call call, String tag) {
        return values(call, "If-None-Match")
                .anyMatch(value -> value.equals("*") || value.equals(tag) || value.equals("W/" + tag));
    }

    private static Stream<String> values(Call call, String header) {
        Optional<String> sent = call.header(header);
        return sent.stream().flatMap(COMMA::splitAsStream).map(String::strip);
    }
}
