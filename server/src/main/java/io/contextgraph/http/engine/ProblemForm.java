// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.engine;

import io.contextgraph.http.problem.Problem;
import java.util.Optional;

/** How a route says what is wrong. */
public interface ProblemForm {
    /** RFC 9457. */
    ProblemForm PROBLEM_JSON = (problem, asked) -> new Answer.Whole(
            problem.status(), Problem.CONTENT_TYPE, problem.headers(), problem.body(asked.requestId()));

    /**
     * What was asked.
     *
     * @param contentType of the body that was sent, as it was sent
     */
    record Asked(String requestId, Optional<String> contentType) {}

    /** The whole answer; what says when to come back is added to it. */
    Answer.Whole of(Problem problem, Asked asked);
}
