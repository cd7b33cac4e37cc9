// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.plot;

import io.contextgraph.event.Json;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What was measured, over what it was measured at. Pure.
 *
 * @param name of its file, without folder and ending
 * @param title what is shown
 * @param acrossTitle what is on the axis across, which is logarithmic, with its unit
 * @param upTitle what is on the axis up, with its unit
 * @param upScale how that axis is divided
 * @param series lines, at least one
 * @param caption what the figures say, for the text below
 */
public record LinePlot(
        String name,
        String title,
        String acrossTitle,
        String upTitle,
        Scale upScale,
        List<Series> series,
        String caption) {
    /** How an axis is divided. */
    public enum Scale {
        /** Begins at zero. */
        LINEAR,
        /** In proportion is a straight line, everywhere as steep. */
        LOGARITHMIC
    }

    /** @throws IllegalArgumentException where there is nothing to draw, or a value that has no place on its axis */
    public LinePlot {
        series = List.copyOf(series);
        if (series.isEmpty()) {
            throw new IllegalArgumentException("a plot needs a line: " + name);
        }
        for (Series one : series) {
            for (Point point : one.points()) {
                boolean placed = Double.isFinite(point.up()) && point.up() >= 0 && point.across() > 0;
                if (!placed || (upScale == Scale.LOGARITHMIC && point.up() == 0)) {
                    throw new IllegalArgumentException(
                            "%s: \"%s\" has no place for %s".formatted(name, one.name(), point));
                }
            }
        }
    }

    /**
     * A line.
     *
     * @param name stands at its end
     * @param guide whether it only shows what something would be
     * @param points from left to right, at least one
     */
    public record Series(String name, boolean guide, List<Point> points) {
        public Series {
            points = List.copyOf(points);
            if (points.isEmpty()) {
                throw new IllegalArgumentException("a line needs a point: " + name);
            }
        }
    }

    /** One measurement. */
    public record Point(double across, double up) {}

    /** Its file, in the folder of the benchmarks. */
    public String file() {
        return name + ".svg";
    }

    public String toSvg() {
        return new SvgChart(this).text();
    }

    public ObjectNode toJson() {
        ObjectNode json = Json.MAPPER
                .createObjectNode()
                .put("name", name)
                .put("title", title)
                .put("across", acrossTitle)
                .put("up", upTitle)
                .put("scale", upScale.name())
                .put("caption", caption);
        var lines = json.putArray("series");
        for (Series one : series) {
            ObjectNode line = lines.addObject().put("name", one.name()).put("guide", one.guide());
            var points = line.putArray("points");
            one.points()
                    .forEach(point -> points.addObject()
                            .put("across", BigDecimal.valueOf(point.across()))
                            .put("up", BigDecimal.valueOf(point.up())));
        }
        return json;
    }

    public static LinePlot of(JsonNode json) {
        List<Series> series = new ArrayList<>();
        for (JsonNode line : json.required("series")) {
            List<Point> points = new ArrayList<>();
            line.required("points")
                    .forEach(point -> points.add(new Point(
                            point.required("across").doubleValue(),
                            point.required("up").doubleValue())));
            series.add(new Series(
                    line.required("name").stringValue(), line.required("guide").booleanValue(), points));
        }
        return new LinePlot(
                json.required("name").stringValue(),
                json.required("title").stringValue(),
                json.required("across").stringValue(),
                json.required("up").stringValue(),
                Scale.valueOf(json.required("scale").stringValue()),
                series,
                json.required("caption").stringValue());
    }
}
