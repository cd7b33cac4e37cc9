// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The page of published figures: words by hand, figures from the files that the benchmarks have written.
 *
 * <p><b>Shape.</b> Between {@code <!-- begin NAME -->} and {@code <!-- end NAME -->} stands the report of
 * {@code benchmarks/NAME.json}; for the name {@code figures}, the figures of all reports; for {@code decision}, what of them
 * counts for whoever decides. What a report draws is beside it, as {@code benchmarks/*.svg}.
 */
public final class BenchmarksPage {
    private static final String FIGURES = "figures";
    private static final String DECISION = "decision";

    private final Sections page;
    private final Path folder;
    private final Published published;

    /** @param docs the folder with {@code benchmarks.md} and the folder {@code benchmarks} */
    public BenchmarksPage(Path docs) throws IOException {
        this.page = new Sections(docs.resolve("benchmarks.md"), this::generated);
        this.folder = Files.createDirectories(docs.resolve("benchmarks"));
        this.published = Published.in(folder);
    }

    Path file() {
        return page.file();
    }

    /** The page as it should be. */
    String content() throws IOException {
        return page.content();
    }

    /** What is drawn, as it should be. */
    Map<Path, String> drawings() {
        Map<Path, String> drawings = new TreeMap<>();
        for (Report report : published.reports().values()) {
            report.plots().forEach(plot -> drawings.put(folder.resolve(plot.file()), plot.toSvg()));
        }
        return drawings;
    }

    /** The reports that the page does not show, and the drawings that are of no report. */
    List<String> unused() throws IOException {
        String text = Files.readString(file());
        Stream<String> hidden =
                published.reports().keySet().stream().filter(name -> !text.contains("<!-- begin " + name + " -->"));
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> drawn = List.copyOf(drawings().keySet());
            List<String> strays = files.filter(f -> f.toString().endsWith(".svg") && !drawn.contains(f))
                    .map(f -> f.getFileName().toString())
                    .toList();
            return Stream.concat(hidden, strays.stream()).toList();
        }
    }

    public void write() {
        try {
            for (Map.Entry<Path, String> drawing : drawings().entrySet()) {
                Files.writeString(drawing.getKey(), drawing.getValue());
            }
            Files.writeString(file(), content());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String generated(String name) {
        if (name.equals(FIGURES)) {
            return figures();
        }
        if (name.equals(DECISION)) {
            return new Decision(published).toMarkdown();
        }
        Report report = published.reports().get(name);
        return report == null ? "Not measured yet.\n" : report.toMarkdown();
    }

    private String figures() {
        List<String> lines = new ArrayList<>(
                List.of("| figure | wanted | measured | reached | by |", "| --- | --- | --- | --- | --- |"));
        published
                .reports()
                .values()
                .forEach(report -> report.figures()
                        .forEach(figure -> lines.add("| %s | %s | %s | %s | `%s` |"
                                .formatted(
                                        figure.name(),
                                        figure.target(),
                                        figure.measured(),
                                        figure.reached() ? "yes" : "**no**",
                                        report.command()))));
        return String.join("\n", lines) + "\n";
    }
}
