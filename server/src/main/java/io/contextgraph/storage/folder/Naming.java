// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.storage.folder;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How a file that is whole gets its name in one step, unless another has it. */
@FunctionalInterface
interface Naming {
    /**
     * Gives it.
     *
     * @throws FileAlreadyExistsException when another has it
     */
    void name(Path temporary, Path target) throws IOException;

    /** By a second link, which no two can make; the first one goes. */
    Naming LINK = (temporary, target) -> {
        Path ignored = Files.createLink(target, temporary);
        Files.delete(temporary);
    };

    /** By renaming, where a file system knows no links: of two that do it at the very same instant the later wins. */
    Naming RENAME = (temporary, target) -> {
        Path ignored = Files.move(temporary, target);
    };

    /** By a link where there can be one. */
    Naming EITHER = (temporary, target) -> {
        try {
            LINK.name(temporary, target);
        } catch (FileAlreadyExistsException taken) {
            throw taken;
        } catch (FileSystemException | UnsupportedOperationException noLinks) {
            RENAME.name(temporary, target);
        }
    };
}
