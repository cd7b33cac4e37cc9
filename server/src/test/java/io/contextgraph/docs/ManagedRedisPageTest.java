// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.docs;

import io.contextgraph.ledger.redis.client.Unseen;
import java.io.IOException;
import java.nio.file.Files;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ManagedRedisPageTest {
    private static final String PAGE = "docs/operations.md";
    private static final String HEAD = """
            | finding | not seen, where nothing shows it | what the server does | what that means | ask the provider |
            | --- | --- | --- | --- | --- |
            """;

    @Test
    void whatManagedServersHide() throws IOException {
        String page = Files.readString(GeneratedDocs.root().resolve(PAGE));
        int rows = page.indexOf(HEAD) + HEAD.length();
        String table = Stream.of(Unseen.values()).map(Unseen::row).collect(Collectors.joining("\n"));
        GeneratedDocs.assertUpToDate(
                PAGE, page.substring(0, rows) + table + page.substring(page.indexOf("\n\n", rows - 1)));
    }
}
