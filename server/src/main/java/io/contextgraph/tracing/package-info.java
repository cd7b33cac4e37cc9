// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Traces of our own requests, as OpenTelemetry has them; the only place that knows its SDK. */
@NullMarked
package io.contextgraph.tracing;

import org.jspecify.annotations.NullMarked;
