// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.capture.format.Format;
import io.contextgraph.capture.record.Refusal;
import io.contextgraph.capture.record.Unit;

/** Takes what a file holds, in order. */
interface UnitSink {
    /** A value of a format that is read. */
    void unit(Format format, Unit unit);

    /** Something that cannot be read; what follows it is. */
    void refused(Refusal refusal);
}
