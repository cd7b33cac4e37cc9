// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.config;

import java.util.Locale;
import java.util.Optional;

/**
 * One thing that can be set, under one name in three spellings: {@code redis.pool-size} in a file, {@code
 * CG_REDIS_POOL_SIZE} in the environment, {@code --redis.pool-size} as a flag.
 *
 * @param key the name, dotted, words joined by hyphens
 * @param standard what holds when nobody sets it; empty text means "not set"
 * @param form what a value must be
 * @param description one or two sentences for people
 * @param secret whether its value must never be shown
 */
public record Setting<T>(String key, String standard, Form<T> form, String description, boolean secret) {
    /** The start of every environment variable that is ours. */
    public static final String ENVIRONMENT_PREFIX = "CG_";

    /** A setting that may be shown. */
    public static <T> Setting<T> of(String key, String standard, Form<T> form, String description) {
        return new Setting<>(key, standard, form, description, false);
    }

    /** A setting whose value must never be shown. */
    public static <T> Setting<T> secret(String key, String standard, Form<T> form, String description) {
        return new Setting<>(key, standard, form, description, true);
    }

    /** What the key begins with. */
    public String section() {
        return key.substring(0, key.indexOf('.'));
    }

    /** The spelling in the environment. */
    public String variable() {
        return ENVIRONMENT_PREFIX + key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /** The spelling on the command line. */
    public String flag() {
        return "--" + key;
    }

    /** What a value must be. */
    public interface Form<T> {
        /** The value; empty when {@code text} is not of the form. */
        Optional<T> parse(String text);

        /** The rule, as the end of the sentence "must be ...". */
        String rule();
    }
}
