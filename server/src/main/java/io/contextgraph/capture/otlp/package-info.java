// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** OpenTelemetry spans and log records, in every encoding, over the model of {@code capture.record}. */
@NullMarked
package io.contextgraph.capture.otlp;

import org.jspecify.annotations.NullMarked;
