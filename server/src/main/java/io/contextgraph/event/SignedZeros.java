// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.util.JsonParserDelegate;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.deser.jackson.JsonNodeDeserializer;

/** Reads {@code -0.0} as a double, because a decimal number has no sign of zero; every other number as before. */
final class SignedZeros extends JsonNodeDeserializer {
    @Override
    public JsonNode deserialize(JsonParser parser, DeserializationContext context) {
        try {
            return super.deserialize(new Signed(parser), context);
        } catch (NumberFormatException beyond) {
            // The parser knows only when it is asked for the number, and tells it not as what it is.
            throw new StreamConstraintsException(
                    "a number whose exponent is beyond all bounds", parser.currentTokenLocation());
        }
    }

    /** What is no finite number is taken as a double: a negative zero passes for it. */
    private static final class Signed extends JsonParserDelegate {
        Signed(JsonParser parser) {
            super(parser);
        }

        @Override
        public boolean isNaN() {
            return super.isNaN() || isNegativeZero();
        }

        @Override
        public double getDoubleValue() {
            return isNegativeZero() ? -0.0 : super.getDoubleValue();
        }

        private boolean isNegativeZero() {
            return delegate.currentToken() == JsonToken.VALUE_NUMBER_FLOAT
                    && !super.isNaN()
                    && delegate.getDecimalValue().signum() == 0
                    && delegate.getString().startsWith("-");
        }
    }
}
