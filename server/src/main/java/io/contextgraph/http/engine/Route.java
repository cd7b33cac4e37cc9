// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.engine;

import io.contextgraph.access.KeyRole;
import io.contextgraph.http.contract.Declaration;
import java.util.Optional;

/**
 * One method on one address.
 *
 * @param method GET, POST or DELETE
 * @param template address with parameters in braces; also the label in metrics. A last parameter with an asterisk, such as
 *     {@code {rest*}}, stands for all that follows, slashes included
 * @param role what a client must be allowed to do
 * @param always whether it is answered even when the server has too much to do
 * @param says what it takes and answers
 * @param problems how it says what is wrong
 */
public record Route(
        String method,
        String template,
        Role role,
        boolean always,
        Declaration says,
        Handler handler,
        ProblemForm problems) {
    /** What a client may do. */
    public enum Role {
        /** Ask how the server is, and what it offers: anybody. */
        OPEN,
        /** Ask what concerns every client, whatever its roles are. */
        ANY,
        /** Read events and the graph. */
        READ,
        /** Append events. */
        INGEST,
        /** Operate: what is parked, long work on the graph. */
        ADMIN,
        /** Open and erase what is personal. */
        PRIVACY;

        /** The role that a key must have; empty where any will do, or none. */
        public Optional<KeyRole> keyRole() {
            return switch (this) {
                case OPEN, ANY -> Optional.empty();
                case READ -> Optional.of(KeyRole.READ);
                case INGEST -> Optional.of(KeyRole.INGEST);
                case ADMIN -> Optional.of(KeyRole.ADMIN);
                case PRIVACY -> Optional.of(KeyRole.PRIVACY);
            };
        }
    }

    /** Parse, call a port, encode. */
    @FunctionalInterface
    public interface Handler {
        Answer handle(Call call);
    }

    public static Route get(String template, Role role, Declaration says, Handler handler) {
        return new Route("GET", template, role, false, says, handler, ProblemForm.PROBLEM_JSON);
    }

    public static Route post(String template, Role role, Declaration says, Handler handler) {
        return new Route("POST", template, role, false, says, handler, ProblemForm.PROBLEM_JSON);
    }

    public static Route delete(String template, Role role, Declaration says, Handler handler) {
        return new Route("DELETE", template, role, false, says, handler, ProblemForm.PROBLEM_JSON);
    }

    /** Whether there is a record of each call: it changes something that only an operator may, or shows what is personal. */
    public boolean isAdministrative() {
        return role == Role.PRIVACY || (role == Role.ADMIN && !method.equals("GET"));
    }

    /** This route, answered even when the server has too much to do. */
    public Route evenUnderLoad() {
        return new Route(method, template, role, true, says, handler, problems);
    }

    /** This route, which says in another form what is wrong. */
    public Route tellingProblems(ProblemForm form) {
        return new Route(method, template, role, always, says, handler, form);
    }
}
