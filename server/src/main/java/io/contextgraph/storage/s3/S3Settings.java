// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.storage.s3;

import io.contextgraph.config.Forms;
import io.contextgraph.config.Login;
import io.contextgraph.config.Setting;
import io.contextgraph.config.SettingGroup;
import io.contextgraph.config.Settings;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How a server that speaks S3 is reached: one for all buckets of a deployment.
 *
 * @param region that requests are signed for
 * @param endpoint where it is; empty for Amazon's
 * @param pathStyle whether the bucket stands in the path, not before the name of the host
 * @param alwaysChecksums whether every file has a checksum in its request and answer
 * @param login key and secret; empty for what the SDK finds
 * @param timeout for a connection, and between two packets
 */
public record S3Settings(
        String region,
        Optional<URI> endpoint,
        boolean pathStyle,
        boolean alwaysChecksums,
        Optional<Login> login,
        Duration timeout) {
    private static final String WHEN_SUPPORTED = "when-supported";

    public static final Setting<String> REGION = Setting.of(
            "s3.region",
            "us-east-1",
            Forms.text(),
            "Region that requests to a bucket are signed for; most servers other than Amazon's take any.");
    public static final Setting<Optional<String>> ENDPOINT = Setting.of(
            "s3.endpoint",
            "",
            Forms.address("http", "https"),
            "Address of a server that speaks S3, such as https://minio.example:9000; empty for Amazon's.");
    public static final Setting<Boolean> PATH_STYLE = Setting.of(
            "s3.path-style",
            "false",
            Forms.flag(),
            "Whether the bucket stands in the path of an address, as most servers other than Amazon's need it.");
    public static final Setting<String> CHECKSUMS = Setting.of(
            "s3.checksums",
            WHEN_SUPPORTED,
            Forms.oneOf(WHEN_SUPPORTED, "when-required"),
            "Whether every file is sent and read with a checksum; when-required for servers that do not know them.");
    public static final Setting<Optional<Login>> LOGIN = Setting.secret(
            "s3.login",
            "",
            Forms.login(),
            "Access key and secret key, as key:secret; empty for what the environment, the files or the role of the machine"
                    + " say, as Amazon's SDK finds them.");
    public static final Setting<Duration> TIMEOUT =
            Setting.of("s3.timeout", "30s", Forms.duration("1s"), "How long a connection to a bucket may be silent.");

    public static final SettingGroup SETTINGS =
            new SettingGroup(List.of(ENDPOINT, REGION, PATH_STYLE, CHECKSUMS, LOGIN, TIMEOUT), S3Settings::wrong);

    private static final Pattern REGION_FORM = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

    private static List<String> wrong(Settings settings) {
        return REGION_FORM.matcher(settings.get(REGION)).matches()
                ? List.of()
                : List.of(REGION.key() + " must be a region such as us-east-1");
    }

    /** As they are set. */
    public static S3Settings from(Settings settings) {
        return new S3Settings(
                settings.get(REGION),
                settings.get(ENDPOINT).map(URI::create),
                settings.get(PATH_STYLE),
                settings.get(CHECKSUMS).equals(WHEN_SUPPORTED),
                settings.get(LOGIN),
                settings.get(TIMEOUT));
    }
}
