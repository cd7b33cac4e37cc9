// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is read by hand, because it is read with every event, is read as its published form says. */
class FormsByHandTest {
    private static final int TEXTS = 20_000;

    private final Random random = new Random(20260101);

    /** Texts that are valid, nearly valid, or neither. */
    private Stream<String> texts(List<String> seeds, String alphabet) {
        return Stream.concat(
                seeds.stream(),
                Stream.generate(() -> mutated(seeds.get(random.nextInt(seeds.size())), alphabet))
                        .limit(TEXTS));
    }

    private String mutated(String seed, String alphabet) {
        StringBuilder text = new StringBuilder(seed);
        for (int change = random.nextInt(4); change > 0; change--) {
            int at = random.nextInt(text.length() + 1);
            int end = Math.min(text.length(), at + 1);
            String other = String.valueOf(alphabet.charAt(random.nextInt(alphabet.length())));
            switch (random.nextInt(3)) {
                case 0 -> text.insert(at, other);
                case 1 -> text.delete(at, end);
                default -> text.replace(at, end, other);
            }
        }
        return text.toString();
    }

    private static void assertSame(Stream<String> texts, Predicate<String> byHand, String form) {
        Pattern pattern = Pattern.compile(form);
        texts.forEach(text -> assertThat(byHand.test(text))
                .as("\"%s\"", text)
                .isEqualTo(pattern.matcher(text).matches()));
    }

    @Test
    void eventTypes() {
        assertSame(
                texts(List.of("tool.execute", "a.b", "llm2.chat_2.x9", "a", "A.b", "", "a..b", "a.b\n"), "aZ09._-é\n "),
                text -> EventType.parse(text).isPresent(),
                EventType.FORM);
    }

    @Test
    void eventIds() {
        List<String> seeds = List.of(
                "0190b1c2-aaaa-7bbb-8ccc-0123456789ab",
                "0190B1C2-AAAA-7BBB-8CCC-0123456789AB",
                "190b1c2-aaaa-7bbb-8ccc-0123456789ab",
                "");
        assertSame(
                texts(seeds, "0aAfFgG- ٣é"),
                text -> EventId.parse(text).isPresent(),
                "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");
    }

    @Test
    void contentHashes() {
        Predicate<String> byHand = text -> {
            try {
                return new ContentHash(text).hex().equals(text);
            } catch (IllegalArgumentException refused) {
                return false;
            }
        };
        assertSame(
                texts(List.of("0123456789abcdef".repeat(4), "0123456789ABCDEF".repeat(4), ""), "0afgA-٣"),
                byHand,
                "[0-9a-f]{64}");
    }

    @Test
    void positions() {
        // 19 digits are enough for the largest number that there is, and for some that there are not.
        String number = "(\\d{1,18}|[0-8]\\d{18}|9[01]\\d{17}|92[01]\\d{16}|9223372036854775807)";
        List<String> seeds =
                List.of("1767225600000-0", "0-0", "9223372036854775807-1", "1-0000000000000000000", "-", "");
        assertSame(texts(seeds, "-+ ٣"), text -> Position.parse(text).isPresent(), number + "-" + number);
        assertThat(Position.parse("9223372036854775808-0")).isEmpty();
        assertThat(Position.parse("12-345")).contains(new Position(12, 345));
    }

    @Test
    void namesWithoutForbiddenCharacters() {
        List<String> seeds =
                List.of("plain", "", "e\uD83D\uDE00e", "a\uD83Db", "a\uDE00b", "\uD83D", "\u0000", "\u0085");
        texts(seeds, "ab\u0007\u009F\uD83D\uDE00é")
                .forEach(text -> assertThat(Ids.hasForbiddenCharacter(text))
                        .as("\"%s\"", text)
                        .isEqualTo(text.codePoints()
                                .anyMatch(c ->
                                        Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE)));
    }

    @Test
    void timesAreReadAsTheLibraryReadsThem() {
        List<String> seeds = List.of(
                "2026-01-31T12:00:00.000Z",
                "2024-02-29T23:59:59.999Z",
                "0000-01-01T00:00:00.000Z",
                "9999-12-31T23:59:59.999Z",
                "2026-02-30T12:00:00.000Z",
                "2026-01-31T24:00:00.000Z",
                "2026-01-31T12:00:60.000Z",
                "2026-01-31T12:00:00.000+02:00");
        texts(seeds, "0123456789TZ:.-+")
                .forEach(
                        text -> assertThat(Times.parse(text)).as("\"%s\"", text).isEqualTo(readByLibrary(text)));
    }

    private static Optional<Instant> readByLibrary(String text) {
        if (!text.matches("\\d{4}-\\d{2}-\\d{2}[Tt]\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?([Zz]|[+-]\\d{2}:\\d{2})")) {
            return Optional.empty();
        }
        try {
            Instant time = OffsetDateTime.parse(text.toUpperCase(Locale.ROOT)).toInstant();
            int year = time.atOffset(ZoneOffset.UTC).getYear();
            return year < 0 || year > 9999 ? Optional.empty() : Optional.of(time.truncatedTo(ChronoUnit.MILLIS));
        } catch (DateTimeException notATime) {
            return Optional.empty();
        }
    }

    @Test
    void timesAreWrittenAsTheLibraryWritesThem() {
        DateTimeFormatter library = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
                .withZone(ZoneOffset.UTC);
        long first = Instant.parse("0000-01-01T00:00:00Z").getEpochSecond();
        long last = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();
        Stream<Instant> edges = Stream.of(first, -1L, 0L, 951_782_400L, last, last + 1, first - 1)
                .map(Instant::ofEpochSecond);
        Stream<Instant> others = Stream.generate(
                        () -> Instant.ofEpochSecond(random.nextLong(first, last), random.nextInt(1_000_000_000)))
                .limit(TEXTS);
        Stream.concat(edges, others)
                .forEach(time -> assertThat(Times.format(time)).isEqualTo(library.format(time)));
    }
}
