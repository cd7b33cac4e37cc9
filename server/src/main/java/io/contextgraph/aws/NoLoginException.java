// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.aws;

import software.amazon.awssdk.core.exception.SdkClientException;

/** Nobody has told this process by which keys to ask; the message says where they are set. */
public final class NoLoginException extends SdkClientException {
    private static final long serialVersionUID = 1L;

    NoLoginException(String message, Throwable cause) {
        super(SdkClientException.builder().message(message).cause(cause));
    }
}
