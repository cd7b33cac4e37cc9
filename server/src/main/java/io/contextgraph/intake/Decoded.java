// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.intake;

import io.contextgraph.event.Event;
import io.contextgraph.event.Fault;
import java.util.List;
import java.util.Optional;

/**
 * What a JSON text says, and what is wrong with it.
 *
 * @param event there where it is readable, even if it must not be taken
 * @param faults empty where it may be taken
 */
public record Decoded(Optional<Event> event, List<Fault> faults) {}
