// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.access;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * What a client shows: {@value #PREFIX}, 43 characters that stand for 256 random bits, and 6 that check them. Letters and
 * digits only, so that scanners of code and logs recognise it for certain.
 */
public final class KeySecret {
    /** What every one begins with. */
    public static final String PREFIX = "cgk_";

    private static final int BITS = 256;
    private static final int DIGITS = 43;
    private static final int CHECK_DIGITS = 6;
    private static final int CHECK_AT = PREFIX.length() + DIGITS;
    private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private final String text;

    private KeySecret(String text) {
        this.text = text;
    }

    /** A new one. */
    public static KeySecret random(SecureRandom random) {
        String digits = PREFIX + digits(new BigInteger(BITS, random));
        return new KeySecret(digits + check(digits));
    }

    /** Reads one; empty where it cannot be one, for instance because a character was lost on the way. */
    public static Optional<KeySecret> parse(String text) {
        return hasForm(text) && text.endsWith(check(text.substring(0, CHECK_AT)))
                ? Optional.of(new KeySecret(text))
                : Optional.empty();
    }

    /** Every request comes here: a loop is a tenth of a pattern. */
    private static boolean hasForm(String text) {
        if (text.length() != CHECK_AT + CHECK_DIGITS || !text.startsWith(PREFIX)) {
            return false;
        }
        for (int i = PREFIX.length(); i < text.length(); i++) {
            char c = text.charAt(i);
            if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))) {
                return false;
            }
        }
        return true;
    }

    private static String check(String digits) {
        CRC32 crc = new CRC32();
        crc.update(digits.getBytes(StandardCharsets.ISO_8859_1));
        byte[] check = new byte[CHECK_DIGITS];
        long left = crc.getValue();
        for (int i = CHECK_DIGITS - 1; i >= 0; i--) {
            check[i] = (byte) ALPHABET.charAt((int) (left % ALPHABET.length()));
            left /= ALPHABET.length();
        }
        return new String(check, StandardCharsets.ISO_8859_1);
    }

    private static String digits(BigInteger number) {
        BigInteger base = BigInteger.valueOf(ALPHABET.length());
        StringBuilder digits = new StringBuilder();
        BigInteger left = number;
        for (int i = 0; i < DIGITS; i++) {
            BigInteger[] parts = left.divideAndRemainder(base);
            digits.append(ALPHABET.charAt(parts[1].intValue()));
            left = parts[0];
        }
        return digits.reverse().toString();
    }

    /** What is kept of it. */
    public KeyHash hash() {
        return KeyHash.of(text);
    }

    /** The secret itself: shown once, to who made it. */
    public String reveal() {
        return text;
    }

    /** Leaves the secret out. */
    @Override
    public String toString() {
        return PREFIX + "***";
    }
}
