// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.plot;

import io.contextgraph.bench.plot.LinePlot.Point;
import io.contextgraph.bench.plot.LinePlot.Scale;
import io.contextgraph.bench.plot.LinePlot.Series;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A plot as SVG.
 *
 * <p><b>Shape.</b> One element a line, words as words, so that two of them can be compared as text. It has a background of its
 * own, light or dark as the reader prefers, and names each line at its end.
 *
 * <p><b>Guarantees.</b> The same plot gives the same text on every machine.
 */
final class SvgChart {
    private static final int WIDTH = 760;
    private static final int HEIGHT = 400;
    private static final int LEFT = 76;
    private static final int RIGHT = 200;
    private static final int TOP = 44;
    private static final int BOTTOM = 56;
    private static final int LINE = 15;

    /** Less would be written over each other. */
    private static final int BETWEEN_TICKS = 64;

    private static final int COLOURS = 6;

    private static final String STYLE = """
            <style>
              .page { fill: #ffffff }
              text { fill: #24292f; font: 12px system-ui, sans-serif }
              .title { font-size: 14px; font-weight: 600 }
              .grid { stroke: #d0d7de; stroke-width: 1 }
              .axis { stroke: #57606a; stroke-width: 1 }
              .line { fill: none; stroke-width: 2 }
              .guide { stroke: #6e7781; stroke-width: 1; stroke-dasharray: 5 4 }
              .s0 { stroke: #0969da } .d0 { fill: #0969da }
              .s1 { stroke: #bc4c00 } .d1 { fill: #bc4c00 }
              .s2 { stroke: #1a7f37 } .d2 { fill: #1a7f37 }
              .s3 { stroke: #8250df } .d3 { fill: #8250df }
              .s4 { stroke: #bf3989 } .d4 { fill: #bf3989 }
              .s5 { stroke: #7d4e00 } .d5 { fill: #7d4e00 }
              @media (prefers-color-scheme: dark) {
                .page { fill: #0d1117 }
                text { fill: #e6edf3 }
                .grid { stroke: #30363d }
                .axis { stroke: #8b949e }
                .guide { stroke: #8b949e }
                .s0 { stroke: #58a6ff } .d0 { fill: #58a6ff }
                .s1 { stroke: #f0883e } .d1 { fill: #f0883e }
                .s2 { stroke: #3fb950 } .d2 { fill: #3fb950 }
                .s3 { stroke: #bc8cff } .d3 { fill: #bc8cff }
                .s4 { stroke: #f778ba } .d4 { fill: #f778ba }
                .s5 { stroke: #d29922 } .d5 { fill: #d29922 }
              }
            </style>
            """;

    private final LinePlot plot;
    private final Axis across;
    private final Axis up;
    private final StringBuilder out = new StringBuilder();

    SvgChart(LinePlot plot) {
        this.plot = plot;
        List<Point> all =
                plot.series().stream().flatMap(one -> one.points().stream()).toList();
        this.across =
                Axis.through(all.stream().map(Point::across).distinct().sorted().toList());
        double smallest = all.stream().mapToDouble(Point::up).min().orElseThrow();
        double greatest = all.stream().mapToDouble(Point::up).max().orElseThrow();
        this.up = plot.upScale() == Scale.LOGARITHMIC ? Axis.decades(smallest, greatest) : Axis.linear(greatest);
    }

    String text() {
        add(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">",
                WIDTH,
                HEIGHT,
                WIDTH,
                HEIGHT));
        add(String.format(Locale.ROOT, "<title>%s</title>", escaped(plot.title())));
        out.append(STYLE);
        add(String.format(Locale.ROOT, "<rect class=\"page\" width=\"%d\" height=\"%d\"/>", WIDTH, HEIGHT));
        words("title", LEFT, 24, "start", plot.title());
        acrossAxis();
        upAxis();
        lines();
        names();
        add("</svg>");
        return out.toString();
    }

    private double x(double value) {
        return LEFT + across.share(value) * (WIDTH - LEFT - RIGHT);
    }

    private double y(double value) {
        return HEIGHT - BOTTOM - up.share(value) * (HEIGHT - TOP - BOTTOM);
    }

    private void acrossAxis() {
        double floor = HEIGHT - BOTTOM;
        double written = Double.NEGATIVE_INFINITY;
        for (double tick : across.ticks()) {
            line("grid", x(tick), TOP, x(tick), floor);
            if (x(tick) - written >= BETWEEN_TICKS) {
                words("tick", x(tick), floor + LINE + 3, "middle", shown(tick));
                written = x(tick);
            }
        }
        line("axis", LEFT, floor, WIDTH - RIGHT, floor);
        words("unit", (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 12, "middle", plot.acrossTitle());
    }

    private void upAxis() {
        for (double tick : up.ticks()) {
            line("grid", LEFT, y(tick), WIDTH - RIGHT, y(tick));
            words("tick", LEFT - 8, y(tick) + 4, "end", shown(tick));
        }
        line("axis", LEFT, TOP, LEFT, HEIGHT - BOTTOM);
        double middle = (TOP + HEIGHT - BOTTOM) / 2.0;
        add(String.format(
                Locale.ROOT,
                "<text class=\"unit\" x=\"16\" y=\"%.1f\" text-anchor=\"middle\" transform=\"rotate(-90 16 %.1f)\">%s</text>",
                middle,
                middle,
                escaped(plot.upTitle())));
    }

    private void lines() {
        int colour = 0;
        for (Series one : plot.series()) {
            String points = one.points().stream()
                    .map(point -> String.format(Locale.ROOT, "%.1f,%.1f", x(point.across()), y(point.up())))
                    .collect(Collectors.joining(" "));
            if (one.guide()) {
                add(String.format(Locale.ROOT, "<polyline class=\"line guide\" points=\"%s\"/>", points));
                continue;
            }
            int shade = colour++ % COLOURS;
            add(String.format(Locale.ROOT, "<polyline class=\"line s%d\" points=\"%s\"/>", shade, points));
            for (Point point : one.points()) {
                add(String.format(
                        Locale.ROOT,
                        "<circle class=\"d%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"/>",
                        shade,
                        x(point.across()),
                        y(point.up())));
            }
        }
    }

    /** A name and where it would stand if there were no others. */
    private record Name(String text, double x, double y) {}

    /** At the ends of the lines, moved apart where two would cover each other, and back into the picture. */
    private void names() {
        List<Name> names = plot.series().stream()
                .map(one -> new Name(
                        one.name(),
                        x(one.points().getLast().across()),
                        y(one.points().getLast().up())))
                .sorted(Comparator.comparingDouble(Name::y))
                .toList();
        List<Double> places = new ArrayList<>();
        double free = Double.NEGATIVE_INFINITY;
        for (Name name : names) {
            double place = Math.max(name.y() + 4, free);
            places.add(place);
            free = place + LINE;
        }
        double lowest = HEIGHT - BOTTOM + 4.0;
        for (int i = places.size() - 1; i >= 0 && places.get(i) > lowest; i--) {
            places.set(i, lowest);
            lowest -= LINE;
        }
        for (int i = 0; i < names.size(); i++) {
            words(
                    "name",
                    names.get(i).x() + 10,
                    places.get(i),
                    "start",
                    names.get(i).text());
        }
    }

    private void line(String kind, double fromX, double fromY, double toX, double toY) {
        add(String.format(
                Locale.ROOT,
                "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>",
                kind,
                fromX,
                fromY,
                toX,
                toY));
    }

    private void words(String kind, double x, double y, String anchor, String text) {
        add(String.format(
                Locale.ROOT,
                "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>",
                kind,
                x,
                y,
                anchor,
                escaped(text)));
    }

    private void add(String line) {
        out.append(line).append('\n');
    }

    private static String shown(double value) {
        String text = String.format(Locale.ROOT, value == Math.rint(value) ? "%,.0f" : "%,.4f", value);
        return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
