// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A release of Redis or Valkey, and what is known of it. Pure.
 *
 * @param product who made it
 * @param version as the server tells it
 */
public record Release(Product product, String version) {
    /** Who made a server. */
    public enum Product {
        REDIS("Redis"),
        VALKEY("Valkey");

        private final String label;

        Product(String label) {
            this.label = label;
        }

        /** For people. */
        public String label() {
            return label;
        }
    }

    /**
     * Some security fixes.
     *
     * @param risk what a server without them is open to
     * @param since the first release of each line that has them; newer lines had them from their beginning
     */
    private record Fix(String risk, NavigableMap<Parts, Parts> since) {
        static Fix of(String risk, String... releases) {
            NavigableMap<Parts, Parts> since = new TreeMap<>();
            for (String release : releases) {
                Parts first = Parts.parse(release).orElseThrow();
                since.put(first.line(), first);
            }
            return new Fix(risk, since);
        }

        boolean isMissingIn(Parts release) {
            return firstFor(release)
                    .filter(first -> release.compareTo(first) < 0)
                    .isPresent();
        }

        /** Where to go: on the same line, else on the nearest newer one; empty for lines newer than all of them. */
        Optional<Parts> firstFor(Parts release) {
            return Optional.ofNullable(since.ceilingEntry(release.line())).map(Map.Entry::getValue);
        }
    }

    /**
     * From the release notes of Redis. The last has them all for every line that is still looked after: its releases are
     * the floors.
     */
    private static final List<Fix> FIXES = List.of(
            // CVE-2025-49844 and, in 8.2.6, CVE-2026-23631, which 8.8 had from its first candidate on.
            Fix.of("Lua scripts that run foreign code", "8.2.6", "8.4.3", "8.6.3"),
            // CVE-2025-62507 (XACKDEL) in 8.2.3; RESTORE of a stream with groups.
            Fix.of("stream commands and RESTORE that run foreign code", "8.2.8", "8.4.5", "8.6.5"),
            // August 2026: redis/redis#15478 (SORT, XREAD, XREADGROUP) and crafted RDB files.
            Fix.of("keys read past the ACL and crafted RDB data", "8.2.9", "8.4.6", "8.6.6", "8.8.2", "8.10.1"));

    /** redis/redis#12622 came with 7.4, redis/redis#13793 corrects it in 7.4.3 and before 8.0.0; candidates of 8.0 are 7.9. */
    private static final Parts EARLY_FROM = new Parts(7, 4, 0);

    private static final Parts EARLY_UNTIL = new Parts(7, 4, 3);
    private static final Parts EARLY_AGAIN_FROM = new Parts(7, 5, 0);
    private static final Parts EARLY_AGAIN_UNTIL = new Parts(8, 0, 0);

    /** Has redis/redis#12622 from the common source; 7.2 is older. No Valkey with a correction is known. */
    private static final Parts VALKEY_EARLY_FROM = new Parts(8, 0, 0);

    /** What Redis calls a build that is no release. */
    private static final int DEVELOPMENT = 255;

    private static final String UNKNOWN = "unknown";

    /** The release that the fields of {@code INFO} tell of. */
    static Release of(Map<String, String> info) {
        boolean valkey = "valkey".equals(info.get("server_name")) || info.containsKey("valkey_version");
        return valkey
                ? new Release(Product.VALKEY, info.getOrDefault("valkey_version", UNKNOWN))
                : new Release(Product.REDIS, info.getOrDefault("redis_version", UNKNOWN));
    }

    /** Whether the server does not tell. */
    public boolean isUnknown() {
        return version.equals(UNKNOWN);
    }

    /** Its first number; 0 where that cannot be told. */
    int major() {
        return parts().map(Parts::major).orElse(0);
    }

    /** What is wrong with it, and where to go; empty where nothing is known against it. */
    public Optional<String> warning() {
        if (product == Product.VALKEY) {
            return Optional.empty();
        }
        Optional<Parts> parts = parts();
        if (parts.isEmpty()) {
            return Optional.of("is no release of Redis: nobody can tell which security fixes it has");
        }
        Fix last = FIXES.getLast();
        if (!last.isMissingIn(parts.get())) {
            return Optional.empty();
        }
        String where = ": go to " + last.firstFor(parts.get()).orElseThrow() + " or newer";
        if (!last.since().containsKey(parts.get().line())) {
            // Some fixes came to some of these lines, too: what is missing is not known one by one.
            return Optional.of("is of a line that has no release with the last security fixes" + where);
        }
        String risks = FIXES.stream()
                .filter(fix -> fix.isMissingIn(parts.get()))
                .map(Fix::risk)
                .collect(Collectors.joining("; "));
        return Optional.of("lacks security fixes (against " + risks + ")" + where);
    }

    /** Whether floors are known by which it can be judged. */
    public boolean isJudged() {
        return product == Product.REDIS;
    }

    /**
     * Whether its {@code WAITAOF} may answer before the disk has the write while {@code appendfsync} is {@code everysec};
     * true also for what cannot be told.
     */
    public boolean confirmsTooEarly() {
        Optional<Parts> parts = parts();
        return parts.isEmpty()
                || switch (product) {
                    case REDIS ->
                        parts.get().isBetween(EARLY_FROM, EARLY_UNTIL)
                                || parts.get().isBetween(EARLY_AGAIN_FROM, EARLY_AGAIN_UNTIL);
                    case VALKEY -> parts.get().compareTo(VALKEY_EARLY_FROM) >= 0;
                };
    }

    private Optional<Parts> parts() {
        return Parts.parse(version).filter(parts -> parts.major() != DEVELOPMENT);
    }

    /** {@code Redis 8.2.9}. */
    @Override
    public String toString() {
        return product.label + " " + version;
    }

    /** Three parts, compared by value. */
    private record Parts(int major, int minor, int patch) implements Comparable<Parts> {
        private static final Pattern FORM = Pattern.compile("(\\d{1,9})\\.(\\d{1,9})(?:\\.(\\d{1,9}))?(?![\\d.]).*");
        private static final Comparator<Parts> ORDER = Comparator.comparingInt(Parts::major)
                .thenComparingInt(Parts::minor)
                .thenComparingInt(Parts::patch);

        /** Reads the beginning of a version; empty where it is none. */
        static Optional<Parts> parse(String text) {
            Matcher matcher = FORM.matcher(text);
            return matcher.matches()
                    ? Optional.of(new Parts(
                            Integer.parseInt(matcher.group(1)),
                            Integer.parseInt(matcher.group(2)),
                            matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3))))
                    : Optional.empty();
        }

        Parts line() {
            return new Parts(major, minor, 0);
        }

        boolean isBetween(Parts from, Parts before) {
            return compareTo(from) >= 0 && compareTo(before) < 0;
        }

        @Override
        public int compareTo(Parts other) {
            return ORDER.compare(this, other);
        }

        @Override
        public String toString() {
            return major + "." + minor + "." + patch;
        }
    }
}
