// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.config.Setting;
import io.contextgraph.docs.GeneratedDocs;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the operator's book says of changing settings while a server runs. */
class ReloadPageTest {
    private static final Pattern NAME = Pattern.compile("`((?:limits|log)\\.[a-z-]+)`");

    @Test
    void itNamesWhatMayChange() throws IOException {
        String page = Files.readString(GeneratedDocs.root().resolve("docs/operations.md"));
        int begin = page.indexOf("## Changing settings while it runs");
        String table = page.substring(begin, page.indexOf("The limits of events", begin));
        List<String> named =
                NAME.matcher(table).results().map(found -> found.group(1)).toList();
        assertThat(named)
                .containsExactlyInAnyOrderElementsOf(
                        Reload.LIVE.stream().map(Setting::key).toList());
    }
}
