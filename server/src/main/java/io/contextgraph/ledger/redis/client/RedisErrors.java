// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.tls.TlsCauses;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisClusterException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisMovedDataException;
import redis.clients.jedis.exceptions.JedisNoScriptException;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/** The one place where an error of Redis gets its meaning. */
public final class RedisErrors {
    /** What a script is told when its caller has no right to a command in it, or to a key: by Redis 7.2, and by 7.0. */
    private static final List<String> SCRIPT_DENIED =
            List.of("ERR ACL failure in script", "ERR The user executing the script");

    /** What the scripts begin with when what is stored contradicts itself; their own words follow. */
    private static final String CONTRADICTION = "CORRUPT ";

    /** What is told when a query finds no index. */
    private static final String INDEX_MISSING = "the search index is missing";

    private static final Pattern OTHER_PAGE = Pattern.compile("PAGE (\\d{1,18})");

    private RedisErrors() {}

    /** Runs {@code work} and gives its errors their meaning. */
    public static <T> T guard(Supplier<T> work) {
        try {
            return work.get();
        } catch (JedisException e) {
            throw classify(e);
        }
    }

    public static LedgerException classify(JedisException error) {
        String message = error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
        if (error.getCause() instanceof NoSuchElementException) {
            return new LedgerException(Reason.OVERLOADED, "all connections to Redis are busy", error);
        }
        if (error instanceof JedisConnectionException) {
            Optional<String> tls = TlsCauses.of(error);
            if (tls.isPresent()) {
                return unsecured(tls.get(), error);
            }
            return new LedgerException(Reason.UNAVAILABLE, "Redis does not answer: " + message, error);
        }
        if (isDenied(error)) {
            return new LedgerException(Reason.UNAVAILABLE, "Redis denies access: " + message, error);
        }
        if (message.startsWith(CONTRADICTION)) {
            return corrupt(message.substring(CONTRADICTION.length()));
        }
        if (isIndexMissing(message.toLowerCase(Locale.ROOT))) {
            return LedgerException.telling(Reason.INCOMPLETE, INDEX_MISSING, error);
        }
        return new LedgerException(reason(message), "Redis refused: " + message, error);
    }

    /** The meaning of an error of a Redis that was taken for all there is. */
    static LedgerException ofOneNode(JedisException error) {
        return error instanceof JedisMovedDataException
                ? new LedgerException(
                        Reason.UNAVAILABLE,
                        "this Redis is a node of a cluster, and another node has the ledger: set redis.cluster to true, and"
                                + " redis.prefix to one with a hash tag, such as {ledger}:",
                        error)
                : classify(error);
    }

    /** Whether it may pass by itself: nobody answers, or who answers is not ready; not where somebody must do something. */
    public static boolean mayPass(LedgerException failure) {
        boolean fromRedis = false;
        for (Throwable why = failure; why != null; why = why.getCause()) {
            if (why instanceof JedisException error) {
                fromRedis = true;
                if (isDenied(error) || TlsCauses.of(error).isPresent()) {
                    return false;
                }
            }
        }
        return fromRedis && failure.reason().retryable();
    }

    /** A connection that TLS stands in the way of. */
    static LedgerException unsecured(String why, JedisException error) {
        return new LedgerException(Reason.UNAVAILABLE, "the connection to Redis cannot be secured: " + why, error);
    }

    /** The meaning of an error reply, which begins with a word in capitals. */
    private static Reason reason(String message) {
        String code = message.split(" ", 2)[0];
        return switch (code) {
            case "OOM" -> Reason.FULL;
            case "READONLY", "MISCONF", "NOREPLICAS" -> Reason.READ_ONLY;
            case "LOADING",
                    "BUSY",
                    "MASTERDOWN",
                    "CLUSTERDOWN",
                    "MOVED",
                    "ASK",
                    "TRYAGAIN",
                    "UNBLOCKED",
                    "NOSCRIPT",
                    "BEHIND",
                    "PAGE",
                    "SHIFTED",
                    "MENDING" -> Reason.UNAVAILABLE;
            case "WRONGTYPE" -> Reason.CORRUPT;
            default -> reasonInWords(message.toLowerCase(Locale.ROOT));
        };
    }

    /** The modules say it in words. */
    private static Reason reasonInWords(String message) {
        if (message.contains("wrong redis type")) {
            return Reason.CORRUPT;
        }
        if (message.contains("cannot be used with replica instances")) {
            return Reason.READ_ONLY;
        }
        return message.contains("timeout limit was reached") ? Reason.INCOMPLETE : Reason.DEFECT;
    }

    /** In the words of Search 2 and of Search 8. */
    private static boolean isIndexMissing(String message) {
        return message.contains("no such index")
                || message.contains("unknown index name")
                || message.startsWith("search_index_not_found");
    }

    /** Whether a node of a cluster says that it does not have what it was asked for, or not all of it any more. */
    public static boolean isOfCluster(JedisDataException refused) {
        return refused instanceof JedisRedirectionException
                || refused instanceof JedisClusterException
                || String.valueOf(refused.getMessage()).startsWith("TRYAGAIN");
    }

    /** Whether a query failed because there is no search index. */
    public static boolean isIndexMissing(LedgerException failed) {
        return failed.told().filter(INDEX_MISSING::equals).isPresent();
    }

    /** Whether Redis refused because the user has no right to it. */
    public static boolean isDenied(LedgerException failed) {
        return failed.getCause() instanceof JedisException refused && isDenied(refused);
    }

    private static boolean isDenied(JedisException error) {
        return error instanceof JedisAccessControlException
                || SCRIPT_DENIED.stream().anyMatch(String.valueOf(error.getMessage())::startsWith);
    }

    /** Whether a script refused to work for somebody who has lost a lease. */
    public static boolean isFenced(LedgerException failed) {
        return failed.getCause() instanceof JedisException refused
                && String.valueOf(refused.getMessage()).startsWith("FENCED");
    }

    /**
     * Whether a run of a script was not begun, because Redis has forgotten the script, the run before was not begun, or the
     * ledger has gone on further than the run foresaw.
     */
    public static boolean isLeftBehind(JedisException error) {
        return error instanceof JedisNoScriptException
                || String.valueOf(error.getMessage()).startsWith("BEHIND")
                || newestSeq(error).isPresent();
    }

    /** Where the ledger is, from the append script that needs other pages of ids than it was told. */
    public static OptionalLong newestSeq(JedisException error) {
        Matcher page = OTHER_PAGE.matcher(String.valueOf(error.getMessage()));
        return page.lookingAt() ? OptionalLong.of(Long.parseLong(page.group(1))) : OptionalLong.empty();
    }

    /** @param cause is not told to clients: it may quote what is stored */
    public static LedgerException corrupt(String what, Exception cause) {
        return LedgerException.telling(Reason.CORRUPT, what, cause);
    }

    public static LedgerException corrupt(String message) {
        return LedgerException.telling(Reason.CORRUPT, message);
    }
}
