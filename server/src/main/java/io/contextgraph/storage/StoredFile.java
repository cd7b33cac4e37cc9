// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.storage;

import java.time.Instant;

/** A file of a {@link Storage}. */
public record StoredFile(String name, long bytes, Instant modified) {}
