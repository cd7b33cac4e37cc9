// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.prune;

import java.time.Instant;

/**
 * Why a session must stay whole.
 *
 * @param reason for people
 * @param by who said so
 * @param since when
 */
public record Hold(String reason, String by, Instant since) {}
