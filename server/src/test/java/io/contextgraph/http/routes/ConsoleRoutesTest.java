// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.access.KeyRole;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConsoleRoutesTest {
    private static final String POLICY = "default-src 'self'; img-src 'self' blob:; frame-ancestors 'none'";
    private static final Path FILES = Path.of("src/main/resources/io/contextgraph/http/console");

    /** Where a module or the page names another file. */
    private static final Pattern REFERENCE =
            Pattern.compile("(?:from\\s*|import\\s*|import\\(|href=|src=)[\"'](\\.{0,2}/?[a-zA-Z][^\"':]*)[\"']");

    /** All assets, compressed. */
    private static final int MOST_BYTES = 600_000;

    private final TestServer server = TestServer.start();

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpResponse<String> get(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.uri(path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return server.send(request);
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    @Test
    void aBrowserGetsThePageAndAProgramTheSignpost() {
        HttpResponse<String> page = get("/", "Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(header(page, "Content-Type")).isEqualTo("text/html");
        assertThat(header(page, "Content-Security-Policy")).isEqualTo(POLICY);
        assertThat(header(page, "Cache-Control")).isEqualTo("no-cache");
        assertThat(header(page, "X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(header(page, "Vary")).contains("Accept");
        for (String accepted : List.of("*/*", "application/json", "application/json, text/html;q=0")) {
            HttpResponse<String> signpost = get("/", "Accept", accepted);
            assertThat(TestServer.json(signpost).get("name").stringValue()).isEqualTo("Context Graph");
            assertThat(header(signpost, "Vary")).contains("Accept");
        }
        assertThat(TestServer.json(get("/")).get("name").stringValue()).isEqualTo("Context Graph");
    }

    @Test
    void filesSayWhatTheyAreAndThatNothingFromElsewhereMayBeUsed() {
        HttpResponse<String> module = get("/console/main.js");
        assertThat(module.statusCode()).isEqualTo(200);
        assertThat(header(module, "Content-Type")).isEqualTo("text/javascript");
        assertThat(module.headers().allValues("Content-Security-Policy")).containsExactly(POLICY);
        assertThat(module.headers().allValues("Cache-Control")).containsExactly("no-cache");
        assertThat(header(get("/console/console.css"), "Content-Type")).isEqualTo("text/css");
        assertThat(header(get("/console/icon.svg"), "Content-Type")).isEqualTo("image/svg+xml");
        assertThat(get("/console/lit-html/lit-html.js").body()).contains("SPDX-License-Identifier: BSD-3-Clause");
        assertThat(get("/console/uplot/uPlot.esm.js").statusCode()).isEqualTo(200);
        assertThat(get("/console/markdown-it/markdown-it.min.js").body()).contains("@license MIT");
    }

    @Test
    void whatTheBrowserHasIsNotSentAgain() {
        HttpResponse<String> first = get("/console/main.js");
        String tag = header(first, "ETag");
        assertThat(tag).matches("\"[A-Za-z0-9_-]{22}\"");
        for (String kept : List.of(tag, "W/" + tag, "\"other\", " + tag, "*")) {
            HttpResponse<String> again = get("/console/main.js", "If-None-Match", kept);
            assertThat(again.statusCode()).as(kept).isEqualTo(304);
            assertThat(again.body()).isEmpty();
            assertThat(header(again, "ETag")).isEqualTo(tag);
            assertThat(header(again, "Content-Security-Policy")).isEqualTo(POLICY);
            assertThat(header(again, "Cache-Control")).isEqualTo("no-cache");
        }
        assertThat(get("/console/main.js", "If-None-Match", "\"of a version before\"")
                        .statusCode())
                .isEqualTo(200);
        assertThat(header(get("/console/frame.js"), "ETag")).isNotEqualTo(tag);
    }

    @Test
    void filesArePackedWhereThatIsAccepted() throws Exception {
        byte[] plain = get("/console/console.css").body().getBytes(StandardCharsets.UTF_8);
        HttpResponse<byte[]> packed = server.open(
                HttpRequest.newBuilder(server.uri("/console/console.css")).header("Accept-Encoding", "br, gzip;q=0.8"),
                HttpResponse.BodyHandlers.ofByteArray());
        assertThat(header(packed, "Content-Encoding")).isEqualTo("gzip");
        assertThat(header(packed, "Vary")).contains("Accept-Encoding");
        assertThat(packed.body().length).isLessThan(plain.length);
        try (GZIPInputStream unpacked = new GZIPInputStream(new ByteArrayInputStream(packed.body()))) {
            assertThat(unpacked.readAllBytes()).isEqualTo(plain);
        }
        assertThat(header(packed, "ETag")).isNotEqualTo(header(get("/console/console.css"), "ETag"));
        HttpResponse<String> refused = get("/console/console.css", "Accept-Encoding", "gzip;q=0, identity");
        assertThat(header(refused, "Content-Encoding")).isEmpty();
    }

    @Test
    void nothingElseIsHandedOut() {
        for (String path : List.of(
                "/console/nothing.js",
                "/console/",
                "/console",
                "/console/ConsoleFiles.class",
                "/console/..%2f..%2fops%2fversion.properties",
                "/console/%2e%2e/ops/version.properties",
                "/console/lit-html/../uplot/uPlot.esm.js",
                "/console/lit-html/package.json",
                "/console/lit-html/directives/unsafe-html.js",
                "/console/uplot/uPlot.iife.js",
                "/console//etc/passwd",
                "/console/%00.js")) {
            HttpResponse<String> response = get(path);
            assertThat(response.statusCode()).as(path).isIn(404, 400);
            assertThat(header(response, "Content-Type")).isEqualTo("application/problem+json");
        }
        assertThat(server.send(HttpRequest.newBuilder(server.uri("/console/main.js"))
                                .DELETE())
                        .statusCode())
                .isEqualTo(405);
    }

    @Test
    void nobodyIsAskedForAKeyToReadThem() {
        TestKeys keys = new TestKeys();
        assertThat(keys.add("reader", KeyRole.READ).reveal()).isNotEmpty();
        try (TestServer guarded = TestServer.behind(keys::door)) {
            assertThat(guarded.get("/v1/sessions").statusCode()).isEqualTo(401);
            assertThat(guarded.get("/console/main.js").statusCode()).isEqualTo(200);
            HttpRequest.Builder page = HttpRequest.newBuilder(guarded.uri("/")).header("Accept", "text/html");
            assertThat(guarded.send(page).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void everyFileThatIsNamedIsThereAndAllOfThemAreSmall() throws Exception {
        Set<String> found = new TreeSet<>();
        Deque<String> open = new ArrayDeque<>(List.of("/"));
        long bytes = 0;
        while (!open.isEmpty()) {
            String path = open.pop();
            HttpResponse<String> file = get(path, "Accept", "text/html");
            assertThat(file.statusCode()).as(path).isEqualTo(200);
            bytes += server.open(
                            HttpRequest.newBuilder(server.uri(path)).header("Accept-Encoding", "gzip"),
                            HttpResponse.BodyHandlers.ofByteArray())
                    .body()
                    .length;
            for (MatchResult reference :
                    REFERENCE.matcher(file.body()).results().toList()) {
                String other = URI.create(path).resolve(reference.group(1)).getPath();
                if (found.add(other)) {
                    open.push(other);
                }
            }
        }
        assertThat(bytes).isLessThan(MOST_BYTES);
        Set<String> own = new TreeSet<>();
        files().forEach(file -> own.add("/console/" + file.getFileName()));
        own.remove("/console/index.html");
        assertThat(found).containsAll(own);
    }

    /** What the policy would stop in the browser, and what would make markup of a text. */
    @Test
    void textsAreNeverMarkup() {
        for (Path file : files()) {
            assertThat(text(file))
                    .as(file.toString())
                    .doesNotContain(
                            "innerHTML",
                            "outerHTML",
                            "insertAdjacentHTML",
                            "document.write",
                            "unsafe-html",
                            "unsafeHTML",
                            "eval(",
                            "new Function",
                            "localStorage",
                            " style=\"",
                            " style=$",
                            "onclick=",
                            "http://cdn",
                            "https://");
        }
    }

    private static List<Path> files() {
        try (Stream<Path> files = Files.list(FILES)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
