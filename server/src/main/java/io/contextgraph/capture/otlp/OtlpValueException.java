// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.otlp;

import io.contextgraph.capture.record.Texts;

/** A value of OTLP cannot be read; the message has the rule, and the beginning of the value. */
final class OtlpValueException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String rule;
    private final String value;

    OtlpValueException(String rule, String value) {
        super(rule + ": " + Texts.shown(value));
        this.rule = rule;
        this.value = value;
    }

    /** The rule alone. */
    String rule() {
        return rule;
    }

    String value() {
        return value;
    }

    /** The same of a named field. */
    OtlpValueException of(String field) {
        OtlpValueException named = new OtlpValueException(field + " " + rule, value);
        Throwable ignored = named.initCause(this);
        return named;
    }
}
