// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.config.ConfigurationException;
import io.contextgraph.config.Settings;
import io.contextgraph.privacy.setup.KeyFolder;
import io.contextgraph.privacy.setup.PersonalKeys;
import io.contextgraph.privacy.setup.PrivacySettings;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code privacy}: the keys that seal what is about persons. */
@CommandLine.Command(
        name = "privacy",
        description = {
            "Makes the keys that seal what is about persons.",
            "",
            "  privacy init   makes them in the folder that privacy.keys names",
            "",
            "Keep a copy of its two files wrapping.key and pseudonyms.key apart from everything else: without them nothing"
                    + " can be opened that was sealed. Backups of the data never contain keys."
        })
final class PrivacyCommand extends Command {
    @Parameters(index = "0", paramLabel = "ACTION", description = "init.")
    private String action = "";

    PrivacyCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() {
        if (!action.equals("init")) {
            throw usage("no such action: " + action);
        }
        Settings settings = settings();
        Path folder = settings.get(PrivacySettings.KEYS)
                .orElseThrow(() -> new ConfigurationException(List.of(PrivacySettings.KEYS.key()
                        + " is empty: name the folder that is to have the keys, away from the data and its backups")));
        PersonalKeys.create(KeyFolder.of(folder, settings.get(PrivacySettings.WRAPPING_KEY)));
        console()
                .note("made keys in " + folder
                        + ": keep a copy of its files *.key, away from the data and its backups");
        return ExitCode.OK;
    }
}
