// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import io.contextgraph.config.Forms;
import io.contextgraph.config.Setting;
import io.contextgraph.config.SettingGroup;
import io.contextgraph.config.Settings;
import io.contextgraph.proof.note.VerifierKey;
import io.contextgraph.proof.witness.Witness;
import io.contextgraph.storage.StorageLocation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How a server signs for what its ledger has.
 *
 * @param name of the deployment, with which the origins of its logs begin
 * @param interval how long an event waits for a checkpoint that covers it
 * @param events after how many a checkpoint is made earlier
 */
public record ProofSettings(String name, Duration interval, int events) {
    private static final int MOST_WITNESSES = 16;

    /** Much less than the lease of the one that signs. */
    private static final Duration LONGEST_TIMEOUT = Duration.ofSeconds(10);

    public static final Setting<Boolean> ENABLED = Setting.of(
            "proof.enabled",
            "true",
            Forms.flag(),
            "Whether servers sign for what the ledger has, in a log that others can check; of several on one ledger one does it at a"
                    + " time. While it is on, nothing leaves Redis that was not signed for.");
    public static final Setting<String> ORIGIN = Setting.of(
            "proof.origin",
            "contextgraph.local",
            Forms.matching(Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/-]{0,199}"), "logs.example.com/agents"),
            "Name of this deployment in its checkpoints, such as a domain of yours and a path; the id of the ledger, partition and"
                    + " epoch follow. It stays what it was when the first was signed.");
    public static final Setting<Optional<Path>> KEY = Setting.of(
            "proof.key",
            "",
            Forms.pathOrNone(),
            "File with the keys that sign checkpoints, away from Redis; all servers of a ledger have the same. Empty: proof.key in"
                    + " data.dir, made by the first server that signs.");
    public static final Setting<Optional<StorageLocation>> STORE = Setting.of(
            "proof.store",
            "",
            StorageLocation.form(),
            "Where the log is kept, away from Redis, for ever: some 33 bytes an event. A path, or s3://bucket/prefix, reached as s3.*"
                    + " says, that all servers of a ledger share; the archive's will do. Empty: the folder proof in data.dir.");
    public static final Setting<Duration> INTERVAL = Setting.of(
            "proof.interval",
            "5s",
            Forms.duration("100ms"),
            "How long an event waits, at most, until a checkpoint is made that covers it.");
    public static final Setting<Integer> EVENTS = Setting.of(
            "proof.events", "10000", Forms.whole(1, 1_000_000), "After how many events a checkpoint is made earlier.");

    public static final Setting<List<String>> WITNESSES = Setting.of(
            "proof.witnesses",
            "",
            Forms.list(Pattern.compile("\\S+\\s+\\S+"), "w.example+1a2b3c4d+BAAA https://w.example/prefix"),
            "Who cosigns checkpoints, having seen that the log has only grown (C2SP tlog-witness): of each its verifier key, a space,"
                    + " and the address under which it is asked (its submission prefix), separated by commas; up to "
                    + MOST_WITNESSES
                    + ". Each must be given the verifier key of the log, which contextgraph checkpoint show prints.");
    public static final Setting<Duration> WITNESS_TIMEOUT = Setting.of(
            "proof.witness-timeout",
            "2s",
            Forms.duration("100ms"),
            "How long a checkpoint waits for its witnesses, up to 10s. It is published without those that do not answer.");

    public static final SettingGroup SETTINGS = new SettingGroup(
            List.of(ENABLED, ORIGIN, KEY, STORE, INTERVAL, EVENTS, WITNESSES, WITNESS_TIMEOUT),
            ProofSettings::problems);

    private static List<String> problems(Settings settings) {
        List<String> problems = new ArrayList<>();
        List<String> written = settings.get(WITNESSES);
        Set<VerifierKey> keys = new HashSet<>();
        for (String one : written) {
            try {
                VerifierKey key = Witness.parse(one).key();
                if (!keys.add(key)) {
                    problems.add(WITNESSES.key() + " has " + key.name() + " twice");
                }
            } catch (IllegalArgumentException wrong) {
                problems.add(WITNESSES.key() + ": " + wrong.getMessage());
            }
        }
        if (written.size() > MOST_WITNESSES) {
            problems.add(WITNESSES.key() + " has " + written.size() + " witnesses; there may be " + MOST_WITNESSES);
        }
        if (settings.get(WITNESS_TIMEOUT).compareTo(LONGEST_TIMEOUT) > 0) {
            problems.add(WITNESS_TIMEOUT.key() + " must be at most " + Forms.text(LONGEST_TIMEOUT)
                    + ": meanwhile nothing more is signed");
        }
        return problems;
    }

    /** Those who cosign. */
    public static List<Witness> witnesses(Settings settings) {
        return settings.get(WITNESSES).stream().map(Witness::parse).toList();
    }

    /** As they are set. */
    public static ProofSettings from(Settings settings) {
        return new ProofSettings(settings.get(ORIGIN), settings.get(INTERVAL), settings.get(EVENTS));
    }
}
