// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.EventJson;
import io.contextgraph.event.Json;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class WorkloadTest {
    /** Those of two sessions, and those at the end of the largest ledger that is measured. */
    private static LongStream numbers() {
        return LongStream.concat(LongStream.range(0, 200), LongStream.range(9_999_900, 10_000_000));
    }

    @Test
    void theTextIsWhatTheProducerOfTheEventWouldSend() {
        numbers()
                .forEach(number -> assertThat(Workload.json(number))
                        .isEqualTo(EventJson.toJson(Workload.event(number)).toString()));
    }

    @Test
    void everyPlainDocumentHasTheSameSize() {
        numbers().forEach(number -> assertThat(Workload.document(number)).hasSize(Workload.DOCUMENT_BYTES));
    }

    @Test
    void thePlainDocumentSaysWhatTheEventSaysAndItsTime() {
        var document = Json.MAPPER.readTree(Workload.document(777));
        var expected = EventJson.toJson(Workload.event(777));
        expected.put("occurred_at_epoch_ms", Workload.at(777).toEpochMilli());
        assertThat(document).isEqualTo(expected);
    }
}
