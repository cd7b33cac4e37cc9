// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** OTLP over HTTP: what SDKs of OpenTelemetry and the Collector send. */
@NullMarked
package io.contextgraph.http.otlp;

import org.jspecify.annotations.NullMarked;
