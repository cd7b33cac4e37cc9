// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.storage.folder;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** How a file that is whole gets its name in one step, unless another has it. */
@FunctionalInterface
interface Naming {
    /**
     * Gives it.
     *
     * @throws FileAlreadyExistsException when another has it
     */
    void name(Path temporary, Path target) throws IOException;

    /** By a second link, which no two can make. */
    Naming LINK = (temporary, target) -> {
        Path ignored = Files.createLink(target, temporary);
    };

    /** By renaming: of two that do it at the very same instant the later wins. */
    Naming RENAME = (temporary, target) -> {
        Path ignored = Files.move(temporary, target);
    };

    /** By this one where the file system can, or may; else by renaming. What fails has failed, and may have been done. */
    default Naming orRename() {
        return (temporary, target) -> {
            try {
                name(temporary, target);
            } catch (FileSystemException | UnsupportedOperationException e) {
                if (!isUnable(e) && !(e instanceof AccessDeniedException)) {
                    throw e;
                }
                RENAME.name(temporary, target);
            }
        };
    }

    /** Whether a link has failed since the file system has none. Java tells that by the words of the system alone. */
    static boolean isUnable(Exception e) {
        return e instanceof UnsupportedOperationException
                || (e instanceof FileSystemException system && UNABLE.contains(String.valueOf(system.getReason())));
    }

    /** EPERM, EOPNOTSUPP (two ways) and ENOSYS. */
    Set<String> UNABLE =
            Set.of("Operation not permitted", "Operation not supported", "Not supported", "Function not implemented");
}
