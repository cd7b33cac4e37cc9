// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The page that maps what the seeds ask for to code and tests, read; and what is wrong with it. */
final class RequirementsPage {
    private static final Path DOCS = GeneratedDocs.root().resolve("docs");
    private static final Pattern ENTRY = Pattern.compile("`([a-z]+(?:-[0-9]+)+)` (.+)");
    private static final Pattern LINK = Pattern.compile("\\[([^\\]]+)]\\(((?!https?:)[^)#]*)(?:#([^)]+))?\\)");
    private static final Pattern LISTED = Pattern.compile("`([a-z]+(?:-[0-9]+)+)`");
    private static final Pattern ELSEWHERE = Pattern.compile("`(\\S+)` with `(\\S+)`");
    private static final String NOT_THERE = "Not there";
    private static final String NO_TEST = "no test";

    /**
     * A row of the page.
     *
     * @param entries what the seeds say, by id
     * @param section the number of the section that it stands in
     */
    record Row(Map<String, String> entries, String does, String code, String tests, int section) {
        Optional<String> words(String id) {
            return Optional.ofNullable(entries.get(id));
        }

        String name() {
            return entries.keySet().iterator().next();
        }

        boolean isThere() {
            return !does.startsWith("**" + NOT_THERE + ".**");
        }

        boolean isHeld() {
            return !tests.equals(NO_TEST);
        }
    }

    private final String page;
    private final List<Row> rows = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();

    /** The section in which each pair stands that is named as standing elsewhere. */
    private final Map<String, String> elsewhere = new LinkedHashMap<>();

    private final Map<String, Integer> told = new LinkedHashMap<>();

    RequirementsPage(String page) {
        this.page = page;
        int section = 0;
        for (String line : page.lines().toList()) {
            if (line.startsWith("#")) {
                section++;
            } else if (line.startsWith("| `")) {
                row(line, section);
            } else if (line.startsWith("Elsewhere:")) {
                for (MatchResult pair : ELSEWHERE.matcher(line).results().toList()) {
                    elsewhere.put(pair.group(1), pair.group(2));
                    told.put(pair.group(1), section);
                }
            }
        }
    }

    private void row(String line, int section) {
        List<String> cells = Arrays.asList(line.substring(2, line.length() - 2).split(" \\| ", -1));
        if (cells.size() != 5) {
            faults.add("a row has not five cells: " + line);
            return;
        }
        Map<String, String> entries = new LinkedHashMap<>();
        for (String entry : cells.getFirst().split("<br>", -1)) {
            Matcher matcher = ENTRY.matcher(entry);
            if (!matcher.matches() || entries.put(matcher.group(1), matcher.group(2)) != null) {
                faults.add("no entry, or one that is there twice: " + entry);
            }
        }
        rows.add(new Row(entries, cells.get(1), cells.get(2), cells.get(3), section));
    }

    List<Row> rows() {
        return List.copyOf(rows);
    }

    /** Everything that is wrong with it, whatever the seeds say. */
    List<String> faults(TestSources sources) throws IOException {
        ids();
        for (MatchResult link : LINK.matcher(page).results().toList()) {
            link(link);
        }
        rows.forEach(row -> row(row, sources));
        counts();
        list(NOT_THERE, row -> !row.isThere());
        list("Held by no test", row -> row.isThere() && !row.isHeld());
        places();
        return List.copyOf(faults);
    }

    private Stream<String> found() {
        return rows.stream().flatMap(row -> row.entries().keySet().stream());
    }

    private void ids() {
        List<String> found = found().toList();
        Set<String> known = Seeds.SECTIONS.stream().flatMap(Seeds.Section::ids).collect(Collectors.toSet());
        known.stream().filter(id -> !found.contains(id)).sorted().forEach(id -> faults.add(id + " is not there"));
        Set<String> seen = new TreeSet<>();
        found.stream().filter(id -> !seen.add(id)).forEach(id -> faults.add(id + " is there twice"));
        found.stream().filter(id -> !known.contains(id)).forEach(id -> faults.add(id + " is of no seed"));
    }

    private void link(MatchResult link) throws IOException {
        Path target = DOCS.resolve(link.group(2)).normalize();
        Optional<String> place = Optional.ofNullable(link.group(3));
        if (!Files.exists(target)
                || (place.isPresent() && !anchors(Files.readString(target)).contains(place.get()))) {
            faults.add(link.group() + " leads nowhere");
        }
    }

    private static Set<String> anchors(String text) {
        return text.lines()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("^#+ ", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9 -]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    private void row(Row row, TestSources sources) {
        for (MatchResult link : LINK.matcher(row.code()).results().toList()) {
            String path = link.group(2);
            boolean source = path.endsWith(".java") || path.endsWith(".lua");
            if (path.contains("/src/test/") || (source && !path.contains("/src/main/"))) {
                faults.add("%s: %s is no source of the product"
                        .formatted(row.name(), Path.of(path).getFileName()));
            }
        }
        List<MatchResult> tests = LINK.matcher(row.tests()).results().toList();
        if (tests.isEmpty() == row.isHeld()) {
            faults.add(row.name() + ": names no test and does not say so");
        }
        tests.forEach(link -> test(row, link, sources));
    }

    private void test(Row row, MatchResult link, TestSources sources) {
        String name = link.group(1).replaceFirst("#.*", "");
        String method = link.group(1).substring(name.length()).replaceFirst("#", "");
        String file = Path.of(link.group(2)).getFileName().toString();
        boolean kit = name.endsWith("Contract");
        if (!file.equals(name + ".java")
                || !link.group(2).contains("/src/test/java/")
                || !(TestSources.isTest(name) || kit)) {
            faults.add("%s: %s is no test in %s".formatted(row.name(), name, file));
        } else if (kit && !sources.isRun(name)) {
            faults.add("%s: no test runs %s".formatted(row.name(), name));
        } else if (method.isEmpty() && sources.hasTests(name)) {
            faults.add("%s: %s has tests of its own: name the one".formatted(row.name(), name));
        } else if (!method.isEmpty() && !sources.has(name, method)) {
            faults.add("%s: %s has no test %s".formatted(row.name(), name, method));
        }
    }

    private static int entries(Stream<Row> rows) {
        return rows.mapToInt(row -> row.entries().size()).sum();
    }

    private void counts() {
        int there = entries(rows.stream().filter(Row::isThere));
        int held = entries(rows.stream().filter(row -> row.isThere() && row.isHeld()));
        int all = entries(rows.stream());
        String counts = "%d entries in %d rows: %d held by a test, %d without one, %d not there."
                .formatted(all, rows.size(), held, there - held, all - there);
        if (page.lines().noneMatch(counts::equals)) {
            faults.add("the counts are not those of the rows: " + counts);
        }
    }

    private void list(String heading, Predicate<Row> which) {
        Set<String> listed = page.lines()
                .dropWhile(line -> !line.endsWith("# " + heading))
                .skip(1)
                .takeWhile(line -> !line.startsWith("#"))
                .filter(line -> line.startsWith("- "))
                .map(line -> line.replaceFirst(":.*", ""))
                .flatMap(line -> LISTED.matcher(line).results().map(found -> found.group(1)))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> wanted = rows.stream()
                .filter(which)
                .flatMap(row -> row.entries().keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new));
        if (!listed.equals(wanted)) {
            faults.add("the list %s is not that of the rows: %s".formatted(heading, wanted));
        }
    }

    /** What does not stand in its own section is named there, with a row that has it. */
    private void places() {
        elsewhere.forEach((id, other) -> {
            if (rows.stream()
                    .noneMatch(
                            row -> row.words(id).isPresent() && row.words(other).isPresent())) {
                faults.add("%s is not with %s".formatted(id, other));
            }
        });
        Map<String, Set<Integer>> sections = new LinkedHashMap<>();
        rows.forEach(row -> sections.computeIfAbsent(prefix(row.name()), prefix -> new TreeSet<>())
                .add(row.section()));
        told.forEach((id, section) ->
                sections.computeIfAbsent(prefix(id), prefix -> new TreeSet<>()).add(section));
        rows.forEach(row -> row.entries().keySet().stream()
                .filter(id -> !prefix(id).equals(prefix(row.name())) && !told.containsKey(id))
                .filter(id ->
                        sections.getOrDefault(prefix(id), Set.of()).stream().noneMatch(at -> at == row.section()))
                .forEach(id -> faults.add(id + " stands in another section which does not say so")));
    }

    private static String prefix(String id) {
        return id.replaceFirst("-[0-9]+$", "");
    }
}
