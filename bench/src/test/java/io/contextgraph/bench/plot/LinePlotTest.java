// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.bench.plot.LinePlot.Point;
import io.contextgraph.bench.plot.LinePlot.Scale;
import io.contextgraph.bench.plot.LinePlot.Series;
import io.contextgraph.event.Json;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import tools.jackson.databind.JsonNode;

/** What is drawn, read back as XML. */
class LinePlotTest {
    private static LinePlot plot(Scale scale, Series... series) {
        return new LinePlot("costs", "Costs & <more>", "events", "us/event", scale, List.of(series), "It says so.");
    }

    private static Series line(String name, double... ups) {
        List<Point> points = new ArrayList<>();
        double across = 10_000;
        for (double up : ups) {
            points.add(new Point(across, up));
            across *= 10;
        }
        return new Series(name, false, points);
    }

    private static Document drawn(LinePlot plot) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(plot.toSvg())));
    }

    private static String pointsOfTheFirstLine(Document svg) {
        return svg.getElementsByTagName("polyline")
                .item(0)
                .getAttributes()
                .getNamedItem("points")
                .getNodeValue();
    }

    private static List<String> words(Document svg, String kind) {
        NodeList all = svg.getElementsByTagName("text");
        return IntStream.range(0, all.getLength())
                .mapToObj(all::item)
                .filter(node -> node.getAttributes()
                        .getNamedItem("class")
                        .getNodeValue()
                        .equals(kind))
                .map(Node::getTextContent)
                .toList();
    }

    private static List<Double> places(Document svg, String kind, String attribute) {
        NodeList all = svg.getElementsByTagName("text");
        return IntStream.range(0, all.getLength())
                .mapToObj(all::item)
                .filter(node -> node.getAttributes()
                        .getNamedItem("class")
                        .getNodeValue()
                        .equals(kind))
                .map(node -> Double.parseDouble(
                        node.getAttributes().getNamedItem(attribute).getNodeValue()))
                .toList();
    }

    @Test
    void axesHaveUnitsAndLinesTheirNames() throws Exception {
        Document svg = drawn(plot(Scale.LINEAR, line("Redis", 30, 40, 45), line("port", 20, 12, 11)));
        assertThat(words(svg, "title")).containsExactly("Costs & <more>");
        assertThat(words(svg, "unit")).containsExactly("events", "us/event");
        assertThat(words(svg, "tick"))
                .containsExactly("10,000", "100,000", "1,000,000", "0", "10", "20", "30", "40", "50");
        assertThat(words(svg, "name")).containsExactlyInAnyOrder("Redis", "port");
        assertThat(svg.getElementsByTagName("circle").getLength()).isEqualTo(6);
    }

    @Test
    void pointsAreWhereTheirValuesAre() throws Exception {
        Document svg = drawn(plot(Scale.LINEAR, line("Redis", 0, 25, 50)));
        // From 76 to 560 across, from 344 up to 44.
        assertThat(pointsOfTheFirstLine(svg)).isEqualTo("76.0,344.0 318.0,194.0 560.0,44.0");
    }

    @Test
    void inProportionIsStraightWhereBothAxesAreLogarithmic() throws Exception {
        Document svg = drawn(plot(Scale.LOGARITHMIC, line("restart", 1, 10, 100)));
        assertThat(words(svg, "tick").subList(3, 6)).containsExactly("1", "10", "100");
        assertThat(pointsOfTheFirstLine(svg)).isEqualTo("76.0,344.0 318.0,194.0 560.0,44.0");
    }

    @Test
    void namesDoNotCoverEachOtherAndStayInThePicture() throws Exception {
        Document svg =
                drawn(plot(Scale.LINEAR, line("a", 100, 1), line("b", 100, 1), line("c", 100, 0), line("d", 1, 100)));
        List<Double> ups = places(svg, "name", "y").stream().sorted().toList();
        for (int i = 1; i < ups.size(); i++) {
            assertThat(ups.get(i) - ups.get(i - 1)).isGreaterThanOrEqualTo(15);
        }
        assertThat(ups.getLast()).isLessThanOrEqualTo(348);
    }

    @Test
    void ticksThatWouldCoverEachOtherAreLeftOut() throws Exception {
        List<Point> close = List.of(new Point(1_000, 1), new Point(1_100, 1), new Point(1_000_000, 1));
        Document svg = drawn(plot(Scale.LINEAR, new Series("a", false, close)));
        assertThat(words(svg, "tick")).contains("1,000", "1,000,000").doesNotContain("1,100");
    }

    @Test
    void oneSizeCanBeDrawn() throws Exception {
        assertThat(words(drawn(plot(Scale.LOGARITHMIC, line("a", 0.5))), "tick"))
                .contains("10,000");
    }

    @Test
    void theSameOnEveryMachine() {
        LinePlot plot = plot(Scale.LINEAR, line("Redis", 30.25, 40));
        String here = plot.toSvg();
        Locale usual = Locale.getDefault();
        try {
            Locale.setDefault(Locale.GERMANY);
            assertThat(plot.toSvg()).isEqualTo(here);
        } finally {
            Locale.setDefault(usual);
        }
    }

    @Test
    void aGuideIsNoMeasurement() throws Exception {
        Document svg = drawn(plot(
                Scale.LINEAR,
                line("a", 1, 2),
                new Series("in proportion", true, line("b", 1, 3).points())));
        assertThat(svg.getElementsByTagName("circle").getLength()).isEqualTo(2);
        assertThat(words(svg, "name")).contains("in proportion");
    }

    @Test
    void itSurvivesItsFile() {
        LinePlot plot = plot(Scale.LOGARITHMIC, line("Redis", 30.25, 40), line("port", 1, 2));
        JsonNode written = Json.MAPPER.readTree(plot.toJson().toString());
        assertThat(LinePlot.of(written)).isEqualTo(plot);
        assertThat(LinePlot.of(written).toJson()).isEqualTo(written);
    }

    @Test
    void whatHasNoPlaceIsRefused() {
        assertThatThrownBy(() -> plot(Scale.LOGARITHMIC, line("a", 0, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"a\" has no place for");
        assertThatThrownBy(() -> plot(Scale.LINEAR, line("a", Double.NaN)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> plot(Scale.LINEAR)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Series("a", false, List.of())).isInstanceOf(IllegalArgumentException.class);
    }
}
