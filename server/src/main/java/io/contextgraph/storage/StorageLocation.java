// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.storage;

import io.contextgraph.config.Setting;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where files are to be kept, as somebody sets it. */
public sealed interface StorageLocation {
    /** A folder of the file system. */
    record Folder(Path path) implements StorageLocation {}

    /**
     * A bucket, or a part of one.
     *
     * @param prefix what all names there begin with, before a {@code /}; empty for the whole bucket
     */
    record Bucket(String name, String prefix) implements StorageLocation {}

    /** A part of it; all of it where none is named. */
    default StorageLocation within(Optional<String> part) {
        return part.map(this::part).orElse(this);
    }

    private StorageLocation part(String name) {
        return switch (this) {
            case Folder folder -> new Folder(folder.path().resolve(name));
            case Bucket bucket ->
                new Bucket(bucket.name(), bucket.prefix().isEmpty() ? name : bucket.prefix() + "/" + name);
        };
    }

    /** What tells a bucket from a path. */
    String SCHEME = "s3://";

    /** Source: the rules for names of buckets, as Amazon S3 has them. */
    Pattern BUCKET = Pattern.compile("s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(.*?)/?)?");

    /** Reads {@code s3://bucket/prefix} or a path; empty for anything else. */
    static Optional<StorageLocation> parse(String text) {
        if (!text.startsWith(SCHEME)) {
            return folder(text);
        }
        Matcher matcher = BUCKET.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String prefix = Optional.ofNullable(matcher.group(2)).orElse("");
        return prefix.isEmpty() || FileNames.isName(prefix)
                ? Optional.of(new Bucket(matcher.group(1), prefix))
                : Optional.empty();
    }

    private static Optional<StorageLocation> folder(String text) {
        try {
            return text.isBlank() || text.contains("://") ? Optional.empty() : Optional.of(new Folder(Path.of(text)));
        } catch (InvalidPathException notAPath) {
            return Optional.empty();
        }
    }

    /** The form of a setting that names one, or none. */
    static Setting.Form<Optional<StorageLocation>> form() {
        return new Setting.Form<>() {
            @Override
            public Optional<Optional<StorageLocation>> parse(String text) {
                Optional<StorageLocation> named = StorageLocation.parse(text);
                return named.isPresent() || text.isBlank() ? Optional.of(named) : Optional.empty();
            }

            @Override
            public String rule() {
                return "a path, or s3://bucket/prefix";
            }
        };
    }
}
