// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClosingStackTest {
    private static final int PATIENCE_SECONDS = 30;

    private final ClosingStack stack = new ClosingStack();

    @Test
    void whatIsClosedTogetherDoesNotWaitForEachOther() {
        CyclicBarrier both = new CyclicBarrier(2);
        AutoCloseable waits = () -> {
            int ignored = both.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        };
        stack.pushTogether(List.of(waits, waits));
        stack.close();
    }

    @Test
    void whatCannotBeClosedIsTold() {
        AutoCloseable fails = () -> {
            throw new IllegalStateException("it is stuck");
        };
        stack.pushTogether(List.of(() -> {}, fails));
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(stack::close)
                .withMessageContaining("it is stuck");
    }
}
