// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.config;

/** A user and its password. */
public record Login(String user, String password) {
    /** Leaves the password out. */
    @Override
    public String toString() {
        return "Login[" + user + "]";
    }
}
