// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The forms that settings have. */
public final class Forms {
    private static final Pattern AMOUNT = Pattern.compile("(\\d{1,15})\\s*([a-zA-Z]*)");
    private static final Pattern LOGIN = Pattern.compile("([^\\s:]+):(.+)");
    private static final Map<String, Long> BYTES =
            Map.of("", 1L, "b", 1L, "kb", 1L << 10, "mb", 1L << 20, "gb", 1L << 30);
    private static final Map<String, Long> MILLIS =
            Map.of("ms", 1L, "s", 1000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

    private Forms() {}

    /** Any text, the empty one too. */
    public static Setting.Form<String> text() {
        return form("any text", Optional::of);
    }

    /**
     * A text of a shape.
     *
     * @param example one of that shape, for messages
     */
    public static Setting.Form<String> matching(Pattern shape, String example) {
        return form(
                "a text such as " + example,
                text -> shape.matcher(text).matches() ? Optional.of(text) : Optional.empty());
    }

    /** Any number of texts, separated by commas; white space around them counts for nothing. */
    public static Setting.Form<List<String>> list() {
        return form(
                "texts separated by commas",
                text -> Optional.of(Arrays.stream(text.split(","))
                        .map(String::strip)
                        .filter(part -> !part.isEmpty())
                        .toList()));
    }

    /** The same, each such as {@code example}. */
    public static Setting.Form<List<String>> list(Pattern each, String example) {
        return form(
                "texts such as " + example + ", separated by commas",
                text -> list().parse(text)
                        .filter(parts -> parts.stream()
                                .allMatch(part -> each.matcher(part).matches())));
    }

    /** One of some words. */
    public static Setting.Form<String> oneOf(String... values) {
        return form(
                "one of " + String.join(", ", values), text -> Optional.of(text).filter(List.of(values)::contains));
    }

    /** One of some values, each by its name. */
    public static <T> Setting.Form<T> oneOf(List<T> values, Function<T, String> name) {
        return form(
                "one of " + values.stream().map(name).collect(Collectors.joining(", ")),
                text -> values.stream()
                        .filter(value -> name.apply(value).equals(text))
                        .findFirst());
    }

    /** Yes or no. */
    public static Setting.Form<Boolean> flag() {
        return form(
                "true or false",
                text -> List.of("true", "false").contains(text)
                        ? Optional.of(Boolean.parseBoolean(text))
                        : Optional.empty());
    }

    /** An address such as {@code redis://host:6379}, or nothing. */
    public static Setting.Form<Optional<String>> address(String... schemes) {
        List<String> known = List.of(schemes);
        return form("an address such as " + known.getFirst() + "://host:port", text -> {
            try {
                URI uri = new URI(text);
                boolean good = text.isEmpty()
                        || (uri.getScheme() != null && known.contains(uri.getScheme()) && uri.getHost() != null);
                return good ? Optional.of(Optional.of(text).filter(there -> !there.isEmpty())) : Optional.empty();
            } catch (URISyntaxException notAnAddress) {
                return Optional.empty();
            }
        });
    }

    /** A login such as {@code user:password}, or nothing. */
    public static Setting.Form<Optional<Login>> login() {
        return form("a login such as user:password, without spaces in the name", text -> {
            if (text.isEmpty()) {
                return Optional.of(Optional.empty());
            }
            Matcher matcher = LOGIN.matcher(text);
            return matcher.matches()
                    ? Optional.of(Optional.of(new Login(matcher.group(1), matcher.group(2))))
                    : Optional.empty();
        });
    }

    /** A path of the file system. */
    public static Setting.Form<Path> path() {
        return form("a path", text -> {
            try {
                return Optional.of(Path.of(text)).filter(p -> !text.isBlank());
            } catch (InvalidPathException notAPath) {
                return Optional.empty();
            }
        });
    }

    /** A path of the file system, or nothing. */
    public static Setting.Form<Optional<Path>> pathOrNone() {
        return form("a path", text -> {
            try {
                return Optional.of(
                        Optional.of(text).filter(there -> !there.isBlank()).map(Path::of));
            } catch (InvalidPathException notAPath) {
                return Optional.empty();
            }
        });
    }

    /** A whole number between two bounds, both included. */
    public static Setting.Form<Integer> whole(int least, int most) {
        return form("a whole number from " + least + " to " + most, text -> {
            try {
                int value = Integer.parseInt(text);
                return value < least || value > most ? Optional.empty() : Optional.of(value);
            } catch (NumberFormatException notANumber) {
                return Optional.empty();
            }
        });
    }

    /** Bytes: a whole number, optionally with {@code kb}, {@code mb} or {@code gb}, each 1024 of the one before. */
    public static Setting.Form<Long> bytes(String least, String most) {
        long min = amount(least, BYTES).orElseThrow();
        long max = amount(most, BYTES).orElseThrow();
        return form(
                "a size such as 512kb or 4gb, from " + least + " to " + most,
                text -> amount(text, BYTES).filter(bytes -> bytes >= min && bytes <= max));
    }

    /** The same, or 0 for none. */
    public static Setting.Form<Long> bytesOrNone(String least, String most) {
        Setting.Form<Long> some = bytes(least, most);
        return form("0, or " + some.rule(), text -> text.strip().equals("0") ? Optional.of(0L) : some.parse(text));
    }

    /** A part of a whole, both bounds included. */
    public static Setting.Form<Double> fraction() {
        return form("a number from 0 to 1", text -> {
            try {
                double value = Double.parseDouble(text);
                return value >= 0 && value <= 1 ? Optional.of(value) : Optional.empty();
            } catch (NumberFormatException notANumber) {
                return Optional.empty();
            }
        });
    }

    /** A duration: a whole number with {@code ms}, {@code s}, {@code m}, {@code h} or {@code d}. */
    public static Setting.Form<Duration> duration(String least) {
        long min = amount(least, MILLIS).orElseThrow();
        return form(
                "a duration such as 500ms, 30s or 7d, at least " + least,
                text -> amount(text, MILLIS).filter(millis -> millis >= min).map(Duration::ofMillis));
    }

    /** The same, or 0 for none. */
    public static Setting.Form<Duration> durationOrNone(String least) {
        Setting.Form<Duration> some = duration(least);
        return form(
                "0, or " + some.rule(),
                text -> text.strip().equals("0") ? Optional.of(Duration.ZERO) : some.parse(text));
    }

    /** A duration as {@link #duration} reads it, in the largest unit of which it is a whole number. */
    public static String text(Duration duration) {
        long millis = duration.toMillis();
        return Stream.of("d", "h", "m", "s")
                .filter(unit -> millis != 0 && millis % millisOf(unit) == 0)
                .findFirst()
                .map(unit -> millis / millisOf(unit) + unit)
                .orElse(millis + "ms");
    }

    private static long millisOf(String unit) {
        return Objects.requireNonNull(MILLIS.get(unit));
    }

    private static Optional<Long> amount(String text, Map<String, Long> units) {
        Matcher matcher = AMOUNT.matcher(text.trim());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        Long factor = units.get(matcher.group(2).toLowerCase(Locale.ROOT));
        try {
            return factor == null
                    ? Optional.empty()
                    : Optional.of(Math.multiplyExact(Long.parseLong(matcher.group(1)), factor));
        } catch (ArithmeticException tooLarge) {
            return Optional.empty();
        }
    }

    private static <T> Setting.Form<T> form(String rule, Function<String, Optional<T>> parse) {
        return new Setting.Form<>() {
            @Override
            public Optional<T> parse(String text) {
                return parse.apply(text);
            }

            @Override
            public String rule() {
                return rule;
            }
        };
    }
}
