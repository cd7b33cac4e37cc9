// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.audit.Difference;
import io.contextgraph.audit.Findings;
import io.contextgraph.audit.Rebuilt;
import io.contextgraph.audit.Repaired;
import io.contextgraph.audit.Verification;
import io.contextgraph.event.Position;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ReportJsonTest {
    private static final List<Position> ONE = List.of(Position.of("1700000000000-3"));
    private static final List<Position> SEVERAL =
            List.of(Position.of("1700000000000-3@0"), Position.of("0-0@1"), Position.of("1700000000007-0@2"));

    private static Verification verification(List<Position> asOf) {
        return new Verification(asOf, 1, 2, 3, 0, 0, Map.of(Difference.Kind.PROPERTY, 1L), List.of());
    }

    private static Rebuilt rebuilt(List<Position> asOf, List<Long> after) {
        return new Rebuilt(after, 7, new Repaired(asOf, 9, 0, 0, Map.of(), Map.of(), 0, 0, List.of()));
    }

    @Test
    void ofOnePartitionThereIsOnePlace() {
        assertThat(ReportJson.of(rebuilt(ONE, List.of(5L)), new Findings(0)))
                .hasToString("{\"complete\":true,\"resumed_after_seq\":5,\"replayed\":7,\"repair\":{\"complete\":true,"
                        + "\"as_of\":\"1700000000000-3\",\"events\":9,\"repaired_sessions\":0,\"projected\":0,"
                        + "\"unsettled_sessions\":0,\"unsettled\":[],\"tidied\":0,\"counts\":{},\"left\":{},"
                        + "\"refused\":[],\"differences\":[]}}");
        assertThat(ReportJson.of(verification(ONE), new Findings(0)))
                .hasToString("{\"equal\":false,\"verdict\":\"different\",\"as_of\":\"1700000000000-3\",\"events\":3,"
                        + "\"sessions\":2,\"behind\":1,\"unsettled_sessions\":0,\"unsettled\":[],\"exact_sessions\":0,"
                        + "\"counts\":{\"property\":1},\"differences\":[],\"strays\":[]}");
    }

    @Test
    void ofSeveralEachHasOne() {
        assertThat(ReportJson.of(verification(SEVERAL), new Findings(0))
                        .get("as_of")
                        .stringValue())
                .isEqualTo("1700000000000-3@0,0-0@1,1700000000007-0@2");
        assertThat(ReportJson.of(rebuilt(SEVERAL, List.of(5L, 0L, 2L)), new Findings(0)))
                .hasToString(
                        "{\"complete\":true,\"resumed_after_seq\":7,\"resumed_after_seqs\":[5,0,2],\"replayed\":7,"
                                + "\"repair\":{\"complete\":true,\"as_of\":\"1700000000000-3@0,0-0@1,1700000000007-0@2\","
                                + "\"events\":9,\"repaired_sessions\":0,\"projected\":0,\"unsettled_sessions\":0,"
                                + "\"unsettled\":[],\"tidied\":0,\"counts\":{},\"left\":{},\"refused\":[],\"differences\":[]}}");
    }

    @Test
    void whatIsWrittenReadsBack() {
        for (List<Position> asOf : List.of(ONE, SEVERAL)) {
            Verification verified = verification(asOf);
            assertThat(ReportReader.verification(ReportJson.of(verified, new Findings(0))))
                    .isEqualTo(verified);
            Rebuilt rebuilt = rebuilt(asOf, asOf.stream().map(Position::millis).toList());
            assertThat(ReportReader.rebuilt(ReportJson.of(rebuilt, new Findings(0))))
                    .isEqualTo(rebuilt);
        }
    }
}
