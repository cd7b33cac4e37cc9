// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.docs;

import io.contextgraph.docs.RequirementsPage.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The decision record and the feasibility study that came before the product: what of them is a requirement. */
final class Seeds {
    private static final Pattern LIST = Pattern.compile("(?:- |\\d+\\. )(.*)");
    private static final Pattern SENTENCES = Pattern.compile("(?<=[.:]) +(?=[A-Z])");
    private static final Pattern DEMAND = Pattern.compile("\\b(?:MUST|SHOULD)\\b");
    private static final Pattern NUMBERED_HEADING = Pattern.compile("(?m)^### \\d+\\. (.*)$");

    /** Sections whose headings are requirements themselves. */
    private static final String BY_HEADINGS = "## Requirement-by-Requirement Analysis";

    /**
     * A section of a seed.
     *
     * @param prefix of the ids of what it asks for; these are numbered from 1 on
     * @param entries how many there are
     */
    record Section(String heading, String prefix, int entries) {
        Stream<String> ids() {
            return IntStream.rangeClosed(1, entries).mapToObj(n -> prefix + "-" + n);
        }
    }

    static final List<Section> SECTIONS = List.of(
            new Section("## Decision", "decision", 2),
            new Section("### Core Architecture", "core", 4),
            new Section("### Data Model", "model", 4),
            new Section("### Idempotent Ingestion", "ingestion", 5),
            new Section("### Global Position", "position", 5),
            new Section("### Projection Worker", "worker", 6),
            new Section("### Querying Patterns", "query", 6),
            new Section("### Durability Configuration", "durability", 7),
            new Section("### Long-Term Retention (Redis-Only Tiered Architecture)", "retention", 16),
            new Section("### GDPR / Forgettable Payloads", "gdpr", 6),
            new Section("### Schema Enforcement", "schema", 1),
            new Section("### Positive", "positive", 8),
            new Section("### Negative", "negative", 7),
            new Section("### Risks to Monitor", "risk", 7),
            new Section("### ADR-0001: Traceability-First Context Graph", "adr-0001", 3),
            new Section("### ADR-0003: Dual Store", "adr-0003", 1),
            new Section("### ADR-0004: Event Ledger and Idempotent Ingestion", "adr-0004", 2),
            new Section("### ADR-0005: Projection Worker", "adr-0005", 1),
            new Section("### ADR-0002, ADR-0006, ADR-0009: Minimal impact", "adr-0002", 3),
            new Section("### ADR-0007: Memory Tiers", "adr-0007", 1),
            new Section("### ADR-0008: Consolidation and Decay", "adr-0008", 3),
            new Section(BY_HEADINGS, "study", 9),
            new Section("### High Risk", "high", 4),
            new Section("### Medium Risk", "medium", 4),
            new Section("### Low Risk", "low", 2),
            new Section("### For the Context-Graph Project Specifically", "recommendation", 4),
            new Section("### If Redis-Only is Strongly Desired", "minimum", 8),
            new Section("### Summary Scorecard", "score", 11));

    private Seeds() {}

    /** What rows do not say as the seeds do, and what they leave out. */
    static List<String> faults(List<String> seeds, List<Row> rows) {
        List<String> faults = new ArrayList<>();
        List<String> all = new ArrayList<>();
        for (Section section : SECTIONS) {
            List<String> entries = seeds.stream()
                    .flatMap(seed -> entries(seed, section.heading()))
                    .map(Seeds::plain)
                    .toList();
            all.addAll(entries);
            if (entries.size() != section.entries()) {
                faults.add("%s has %d entries in the seed, %d here"
                        .formatted(section.prefix(), entries.size(), section.entries()));
                continue;
            }
            for (int n = 1; n <= entries.size(); n++) {
                String id = section.prefix() + "-" + n;
                String entry = entries.get(n - 1);
                if (rows.stream()
                        .noneMatch(row -> row.words(id)
                                .filter(words -> quotes(words, entry))
                                .isPresent())) {
                    faults.add(id + " is not what the seed says there");
                }
            }
        }
        seeds.stream()
                .flatMap(String::lines)
                .flatMap(SENTENCES::splitAsStream)
                .filter(sentence -> DEMAND.matcher(sentence).find())
                .map(Seeds::plain)
                .filter(sentence -> all.stream().noneMatch(entry -> entry.contains(sentence.replaceFirst("^- ", ""))))
                .forEach(sentence -> faults.add("no row has: " + sentence));
        return faults;
    }

    /** Whether these are words of the entry, some of them perhaps left out, but never what makes it a demand. */
    private static boolean quotes(String words, String entry) {
        int from = 0;
        for (String part : words.split(" … ", -1)) {
            int at = entry.indexOf(plain(part), from);
            if (at < 0 || part.isBlank()) {
                return false;
            }
            from = at + part.length();
        }
        return DEMAND.matcher(words).find() == DEMAND.matcher(entry).find();
    }

    private static String plain(String text) {
        return text.replaceAll("[`*]", "").replaceAll("\\s+", " ").trim();
    }

    /** Items of lists, rows of tables, sentences that demand something, and other paragraphs that introduce nothing. */
    private static Stream<String> entries(String seed, String heading) {
        if (heading.equals(BY_HEADINGS)) {
            return seed.contains(heading)
                    ? NUMBERED_HEADING
                            .matcher(seed.substring(seed.indexOf(heading)))
                            .results()
                            .map(found -> found.group(1))
                            .limit(9)
                    : Stream.empty();
        }
        List<String> lines = seed.lines()
                .dropWhile(line -> !line.equals(heading))
                .skip(1)
                .takeWhile(line -> !line.startsWith("#"))
                .filter(line -> !line.isBlank() && !line.startsWith(" ") && !line.startsWith("---"))
                .toList();
        List<String> entries = new ArrayList<>();
        for (int n = 0; n < lines.size(); n++) {
            String line = lines.get(n);
            Matcher item = LIST.matcher(line);
            if (line.startsWith("|")) {
                boolean head = n + 1 < lines.size() && lines.get(n + 1).startsWith("|--");
                if (!head && !line.startsWith("|--")) {
                    entries.add(line);
                }
            } else if (item.matches()) {
                entries.add(item.group(1));
            } else if (DEMAND.matcher(line).find()) {
                SENTENCES
                        .splitAsStream(line)
                        .filter(sentence -> DEMAND.matcher(sentence).find())
                        .forEach(entries::add);
            } else if (!line.endsWith(":") && !line.endsWith(":**")) {
                entries.add(line);
            }
        }
        return entries.stream();
    }
}
