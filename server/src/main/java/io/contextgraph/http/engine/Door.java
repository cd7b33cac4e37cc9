// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.engine;

import io.contextgraph.access.Access;
import io.contextgraph.access.RateLimits;
import io.contextgraph.audit.AuditTrail;

/**
 * Who gets in, and what is kept of it.
 *
 * @param access tells who asks
 * @param limits how much each may ask for
 * @param trail the record of what is administrative
 * @param origins whose pages may use the API
 */
public record Door(Access access, RateLimits limits, AuditTrail trail, Origins origins) {}
