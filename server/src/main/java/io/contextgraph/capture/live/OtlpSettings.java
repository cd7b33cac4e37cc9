// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.live;

import io.contextgraph.config.Forms;
import io.contextgraph.config.Setting;
import io.contextgraph.config.SettingGroup;

/** What can be set about what exporters of OpenTelemetry send. */
public final class OtlpSettings {
    public static final Setting<Long> BODY = Setting.of(
            "limits.otlp",
            "64mb",
            Forms.bytes("1kb", "64mb"),
            "Largest request of OTLP, unpacked; at most a tenth of the heap, which is told at the start where it is less.");
    public static final Setting<String> SUBJECT_ATTRIBUTE = Setting.of(
            "otlp.subject-attribute",
            "",
            Forms.text(),
            "The attribute that names the person whom a span or a log record is about, such as user.id, its own or its"
                    + " resource's: what such a record says is sealed. Needs privacy.keys. Empty: nothing is about persons.");

    public static final Setting<Integer> GRPC_PORT = Setting.of(
            "otlp.grpc.port",
            "4317",
            Forms.whole(0, 65535),
            "Port for OTLP over gRPC, at the address of http.host, with its TLS and keys; 0 switches it off. Where it is taken and"
                    + " was not set, the server starts without it and says so.");

    public static final SettingGroup SETTINGS = SettingGroup.of(GRPC_PORT, BODY, SUBJECT_ATTRIBUTE);

    private OtlpSettings() {}
}
