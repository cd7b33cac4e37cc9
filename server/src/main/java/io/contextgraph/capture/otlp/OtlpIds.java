// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.otlp;

import java.math.BigInteger;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Trace and span ids in the forms in which exporters write them, as lower-case hexadecimal: hexadecimal of either
 * case with or without {@code 0x}, base64 (protobuf's JSON), decimal integers.
 */
final class OtlpIds {
    private static final int TRACE_BYTES = 16;
    private static final int SPAN_BYTES = 8;
    private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]+");
    private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,39}");

    private OtlpIds() {}

    /**
     * 32 digits; empty for none ({@code ""}, null, zero).
     *
     * @throws IllegalArgumentException when it is no id in any form
     */
    static Optional<String> trace(JsonNode id) {
        return read(id, TRACE_BYTES);
    }

    /**
     * 16 digits; empty for none ({@code ""}, null, zero).
     *
     * @throws IllegalArgumentException when it is no id in any form
     */
    static Optional<String> span(JsonNode id) {
        return read(id, SPAN_BYTES);
    }

    private static Optional<String> read(JsonNode id, int bytes) {
        if (id.isMissingNode() || id.isNull()) {
            return Optional.empty();
        }
        String hex;
        if (id.isIntegralNumber()) {
            hex = decimal(id.bigIntegerValue(), bytes);
        } else if (id.isString()) {
            String text = id.stringValue();
            if (text.isEmpty()) {
                return Optional.empty();
            }
            hex = text(text, bytes);
        } else {
            throw invalid(id.toString(), bytes);
        }
        return hex.chars().allMatch(c -> c == '0') ? Optional.empty() : Optional.of(hex);
    }

    private static String text(String text, int bytes) {
        String digits = text.startsWith("0x") || text.startsWith("0X") ? text.substring(2) : text;
        if (digits.length() == 2 * bytes && HEX.matcher(digits).matches()) {
            return digits.toLowerCase(Locale.ROOT);
        }
        // 16 and 8 bytes have 24 and 12 characters of base64, which no hexadecimal or span id has in decimal.
        if (text.length() == (bytes + 2) / 3 * 4 && text.endsWith("=")) {
            try {
                byte[] decoded = (text.indexOf('-') >= 0 || text.indexOf('_') >= 0
                                ? Base64.getUrlDecoder()
                                : Base64.getDecoder())
                        .decode(text);
                if (decoded.length == bytes) {
                    return HexFormat.of().formatHex(decoded);
                }
            } catch (IllegalArgumentException notBase64) {
                throw invalid(text, bytes);
            }
        }
        if (DECIMAL.matcher(text).matches()) {
            return decimal(new BigInteger(text), bytes);
        }
        throw invalid(text, bytes);
    }

    private static String decimal(BigInteger value, int bytes) {
        if (value.signum() < 0 || value.bitLength() > 8 * bytes) {
            throw invalid(value.toString(), bytes);
        }
        String hex = value.toString(16);
        return "0".repeat(2 * bytes - hex.length()) + hex;
    }

    private static OtlpValueException invalid(String text, int bytes) {
        return new OtlpValueException(
                "must be " + 2 * bytes + " hexadecimal digits, " + bytes + " bytes of base64 or a decimal integer",
                text);
    }
}
