// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** OpenTelemetry as exporters send it, request by request, over the readers of {@code capture.otlp}. */
@NullMarked
package io.contextgraph.capture.live;

import org.jspecify.annotations.NullMarked;
