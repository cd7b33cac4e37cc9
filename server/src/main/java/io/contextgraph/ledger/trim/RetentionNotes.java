// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.trim;

import java.util.Map;

/**
 * What retention remembers, by name, as text: kept beside the events, so that every server knows it.
 *
 * <p><b>Guarantees.</b> Each call is atomic. Nothing here waits for a disk.
 */
public interface RetentionNotes {
    /** All of them. */
    Map<String, String> all();

    /** Writes one in place of what it was. */
    void put(String name, String text);

    /** Forgets one. */
    void remove(String name);
}
