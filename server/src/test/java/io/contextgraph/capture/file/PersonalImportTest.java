// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.event.EventJson;
import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.memory.InMemoryFixture;
import java.util.stream.Stream;

class PersonalImportTest extends PersonalImportContract {
    @Override
    PartitionFixture fresh() {
        return new InMemoryFixture();
    }

    @Override
    Stream<String> texts(PartitionFixture ledger) {
        return ledger.log().whole(ledger.order().read(0, 100_000)).stream()
                .map(event -> EventJson.toJson(event.event()).toString());
    }
}
