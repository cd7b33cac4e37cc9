// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.proof.audit.AuditReport;
import org.junit.jupiter.api.Test;

class AuditLinesTest {
    @Test
    void aLossIsToldWithItsSize() {
        assertThat(AuditCommand.lost(new AuditReport.Cut("logs.example/e1", 30, 27)))
                .isEqualTo(
                        "3 of the 30 events that were signed for in logs.example/e1: the ledger has lost its end, in a"
                                + " restore or a failover");
    }

    @Test
    void whereNothingWasLostThatWasSignedForNoLossIsTold() {
        assertThat(AuditCommand.lost(new AuditReport.Cut("logs.example/e1", 30, 30)))
                .startsWith("none of the 30 events that were signed for in logs.example/e1")
                .doesNotContain("lost its end");
    }
}
