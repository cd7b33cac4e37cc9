// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.append;

import java.util.ArrayList;
import java.util.List;

/**
 * The keys that all runs on a connection name.
 *
 * @param fixed their names, but for those of the pages of ids
 */
record SharedKeys(List<byte[]> fixed, KnownHead head) {
    /** Their names as of now: the pages follow the head. */
    List<byte[]> names() {
        List<byte[]> names = new ArrayList<>(fixed);
        names.addAll(head.pages());
        return names;
    }
}
