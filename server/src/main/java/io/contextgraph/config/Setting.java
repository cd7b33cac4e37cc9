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
 * @param shown how much of its value may be shown
 */
public record Setting<T>(String key, String standard, Form<T> form, String description, Shown shown) {
    /** The start of every environment variable that is ours. */
    public static final String ENVIRONMENT_PREFIX = "CG_";

    /** A setting that may be shown. */
    public static <T> Setting<T> of(String key, String standard, Form<T> form, String description) {
        return new Setting<>(key, standard, form, description, Shown.WHOLE);
    }

    /** A setting whose value must never be shown. */
    public static <T> Setting<T> secret(String key, String standard, Form<T> form, String description) {
        return new Setting<>(key, standard, form, description, Shown.NEVER);
    }

    /** An address that may carry a password. */
    public static <T> Setting<T> address(String key, String standard, Form<T> form, String description) {
        return new Setting<>(key, standard, form, description, Shown.WITHOUT_PASSWORD);
    }

    /** How much of a value may be shown. */
    public enum Shown {
        WHOLE,
        WITHOUT_PASSWORD,
        NEVER
    }

    /** Whether its value is, or may carry, what nobody else must know. */
    public boolean mayBeSecret() {
        return shown != Shown.WHOLE;
    }

    /** The spelling in the settings file of the one that names a file with the value, where that may be secret. */
    public String fileKey() {
        return key + "-file";
    }

    /** The spelling in the environment of the one that names a file with the value, where that may be secret. */
    public String fileVariable() {
        return variable() + "_FILE";
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
