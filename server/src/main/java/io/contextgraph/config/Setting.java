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
 * @param secrecy what of its value must never be shown
 */
public record Setting<T>(String key, String standard, Form<T> form, String description, Secrecy secrecy) {
    /** What of a value must never be shown, and never stand on a command line. */
    public enum Secrecy {
        NOTHING,
        /** The password that an address may have. */
        PASSWORD,
        ALL
    }

    /** The start of every environment variable that is ours. */
    public static final String ENVIRONMENT_PREFIX = "CG_";

    /** A setting that may be shown. */
    public static <T> Setting<T> of(String key, String standard, Form<T> form, String description) {
        return new Setting<>(key, standard, form, description, Secrecy.NOTHING);
    }

    /** A setting whose value must never be shown. */
    public static <T> Setting<T> secret(String key, String standard, Form<T> form, String description) {
        return new Setting<>(key, standard, form, description, Secrecy.ALL);
    }

    /** An address that may have a password, which must never be shown. */
    public static <T> Setting<T> address(String key, String standard, Form<T> form, String description) {
        return new Setting<>(key, standard, form, description, Secrecy.PASSWORD);
    }

    /** Whether its value must never be shown. */
    public boolean secret() {
        return secrecy == Secrecy.ALL;
    }

    /** Whether it may be read from a file of its own, so that it stands nowhere else. */
    public boolean hasFile() {
        return secrecy != Secrecy.NOTHING;
    }

    /** The spelling in the settings file of the path of such a file. */
    public String fileKey() {
        return key + "-file";
    }

    /** The spelling in the environment of the path of such a file. */
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
