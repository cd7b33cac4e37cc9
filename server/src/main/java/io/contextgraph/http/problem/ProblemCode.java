// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.problem;

import io.contextgraph.http.contract.RefusalReason;
import java.util.Locale;

/** What the server itself can find wrong, as {@code code} of an answer; stores have codes of their own. */
public enum ProblemCode implements RefusalReason {
    MALFORMED_REQUEST(400, "the request is not well-formed HTTP/1.1"),
    MALFORMED_ADDRESS(400, "the address or its query is not properly percent-encoded UTF-8"),
    MALFORMED_JSON(400, "the body, or a line of the stream, is not JSON"),
    MALFORMED_CONTENT_ENCODING(400, "the body is not packed as its `Content-Encoding` says, or it is cut"),
    MALFORMED_PROTOBUF(400, "the body is not the message of OTLP that the address takes"),
    UNAUTHENTICATED(
            401,
            "a key or token is needed, or the one that was sent does not count; `reason` says why: missing, malformed, unknown,"
                    + " expired, revoked or refused"),
    FORBIDDEN(403, "the key or token lacks the role that `required_role` names"),
    FOREIGN_ORIGIN(403, "a page of another origin may not do this; `http.cors-origins` names those that may"),
    OWN_TRACES(
            403,
            "these are traces that this server, or another one on its ledger, has made of its own requests; `tracing.endpoint` must"
                    + " name another place"),
    NO_SUCH_ROUTE(404, "there is nothing at this address"),
    EVENT_NOT_FOUND(404, "the ledger has never had this event"),
    PAYLOAD_NOT_FOUND(404, "no event of the ledger has brought such a payload"),
    SUBJECT_NOT_FOUND(404, "nothing is known of this person"),
    SESSION_NOT_FOUND(404, "no event names this session"),
    NOT_PARKED(404, "there is no such parked entry, or not any more"),
    GROUP_NOT_REQUIRED(404, "the settings of the server do not require such a group"),
    HOLD_NOT_FOUND(404, "the session is not held"),
    NO_ARCHIVE(404, "events are not archived: `archive.location` of the server is empty, or there is no event yet"),
    SEGMENT_NOT_FOUND(404, "the archive has no such segment, or not one that can be read"),
    NO_BACKUPS(404, "no backups are kept: `backup.location` of the server is empty"),
    BACKUP_NOT_FOUND(404, "there is no such backup, or not any more"),
    NOTHING_SEALED(404, "nothing was signed for the ledger yet, or `proof.enabled` of all its servers is false"),
    NO_SUCH_LOG(404, "the ledger has no log of this epoch"),
    NO_SUCH_TILE(
            404,
            "the log has no such tile, or not any more: the full one has taken the place of one at the right edge"),
    OPERATION_NOT_FOUND(404, "there was no such operation, or it is not one of the last 20"),
    METHOD_NOT_ALLOWED(405, "the address does not take this method; `Allow` names those that it takes"),
    EVENT_ID_CONFLICT(409, "another event has this id; both content hashes are in the answer"),
    UNEXPECTED_SESSION_SEQ(409, "the session does not have as many events as `Expected-Session-Seq` says"),
    OPERATION_RUNNING(409, "another operation runs; `operation_id` names it"),
    EVENT_UNSEALED(
            409,
            "no checkpoint covers the event yet; `sealed` says how far the newest one reaches: ask again in some seconds"),
    ERASURE_UNFINISHED(409, "the erasure of the person is not at its end"),
    EVENT_GONE(
            410,
            "the ledger had this event; `reason` and `archive` say why it went and where it may be, `summary_id` which node"
                    + " of the graph sums up what went"),
    EPOCH_ENDED(
            410,
            "what was read up to here is not what the ledger has any more: a restore or a failover took its end;"
                    + " `last_common_position` is where to go on from"),
    POSITION_PRUNED(
            410,
            "retention has taken out events behind this position; behind `earliest_position` everything is there, and the"
                    + " archive has the rest"),
    SUBJECT_ERASED(
            410,
            "the person whom the event is about was erased; nothing of this person is taken any more, unless somebody authorises"
                    + " it"),
    PAYLOAD_ERASED(410, "the person whom the payload was about was erased; nobody can open it any more"),
    BODY_TOO_LARGE(
            413,
            "the body, or one chunk of it, is larger than `limits.body`, or than `limits.otlp` where OTLP is taken; or it"
                    + " unpacks to more than a hundred times its size"),
    EVENT_TOO_LARGE(413, "the event is larger than `limits.event`"),
    ADDRESS_TOO_LONG(414, "the address is too long"),
    UNSUPPORTED_MEDIA_TYPE(415, "the `Content-Type` is none that the address takes"),
    UNSUPPORTED_CONTENT_ENCODING(415, "the `Content-Encoding` is none that bodies may have: gzip, deflate, zstd"),
    MISDIRECTED_REQUEST(421, "the server listens on loopback only, and the `Host` header names another host"),
    INVALID_INPUT(422, "something that was sent breaks a rule; `errors` has every fault"),
    INVALID_EVENT(422, "of one event among others: it breaks a rule; its `errors` has every fault"),
    PRIVACY_UNAVAILABLE(
            422,
            "the event is about a person, and cannot be sealed: the server has no keys for that, or it is sealed by keys that the"
                    + " server does not have"),
    INVALID_CURSOR(422, "the cursor is damaged or belongs to another query: begin again without one"),
    TOO_MANY_REQUESTS(
            429, "the key or token has asked for more in a second than it may; `Retry-After` says when to go on"),
    INTERNAL_ERROR(500, "a defect; the server's log has more under the request id"),
    UNSUPPORTED_TRANSFER_ENCODING(501, "the only `Transfer-Encoding` there is, is chunked"),
    SERVER_OVERLOADED(503, "too many requests, or too many large bodies, are in work at once"),
    TOO_MANY_STREAMS(503, "too many streams are open"),
    KEYS_UNAVAILABLE(503, "the access keys, or those of the identity provider, cannot be read"),
    SERVER_CLOSING(503, "the server is being stopped"),
    PROOF_FAILING(
            503,
            "the log, or the archive, does not answer, or the event is not what was signed for: `contextgraph audit`"),
    ARCHIVE_FAILING(503, "the archive does not answer"),
    BACKUPS_UNAVAILABLE(503, "the place where backups are kept does not answer"),
    GRAPH_BEHIND(503, "the graph has not come to `min_position` within `timeout_ms`"),
    HTTP_VERSION_NOT_SUPPORTED(505, "the server speaks HTTP/1.1");

    private final int status;
    private final String meaning;

    ProblemCode(int status, String meaning) {
        this.status = status;
        this.meaning = meaning;
    }

    /** The status that goes with it. */
    @Override
    public int status() {
        return status;
    }

    /** What it says, in Markdown. */
    @Override
    public String meaning() {
        return meaning;
    }

    /** Whether the same request may succeed later. */
    public boolean retryable() {
        return status == 503 || status == 429;
    }

    /** The stable name for machines. */
    @Override
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
