// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.access;

import io.contextgraph.docs.GeneratedDocs;
import io.contextgraph.ledger.redis.access.AccessRules.Rule;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Role;
import io.contextgraph.ledger.redis.client.SearchGeneration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RedisUsersPageTest {
    private static final String GENERATIONS = """
            The commands of the module Search come in two generations, which `COMMAND INFO FT.SEARCH` tells apart. In Search 2, the module
            of Redis Stack, an index is the key of its command, read and written: a role needs that key, for these commands and no others.
            In Search 8, a part of Redis 8, there is no key, and the module asks whether the user may read the documents. `Search 2` and `Search 8`
            below mark what only one of them needs; what is meant for the other gives nothing there. `contextgraph doctor` says which
            one it found, and whether the users fit it.

            """;

    private static String only(Rule rule, Role role, Engine engine) {
        List<SearchGeneration> in = Stream.of(SearchGeneration.values())
                .filter(generation -> new AccessRules(new Keys(""), engine, Set.of(generation))
                        .of(role)
                        .contains(rule))
                .toList();
        return in.size() == 1 ? ", Search " + in.getFirst().configName() : "";
    }

    @Test
    void redisUsersPage() {
        StringBuilder page = new StringBuilder("""
                # Users in Redis

                Each kind of work on the ledger can be done by a user of its own, with no right that it does not need:

                | role | its work | setting |
                | --- | --- | --- |
                | operator | prepares the search index, and makes it again where somebody has dropped it; looks at Redis's settings and at everybody's rights; reads no event | `redis.operator-login` |
                | append | writes events, through the script that checks them; writes the entry of a session again that has lost it | `redis.append-login` |
                | read | reads and searches events, and hears whose keys are destroyed | `redis.read-login` |
                | project | takes part in consumer groups | `redis.project-login` |
                | backup | takes snapshots of everything in this Redis, other ledgers and access keys (as hashes) included, for `contextgraph backup` alone: no right to a key, and none to write | `redis.backup-login` |
                | retention | trims and deletes: the only role that may, but for the next two | `redis.retention-login` |
                | erase | raises the fences of persons who are erased, deletes their sealed payloads, remembers it, tells all servers, and has the files of Redis written anew; reads no payload, and no event | `redis.erase-login` |
                | mend | examines and mends a damaged ledger, for `contextgraph ledger` alone: whatever that takes, on the ledger's keys; no server uses it | `redis.mend-login` |

                A role without a login of its own uses that of `redis.url`.

                ## Setting them up

                1. `contextgraph redis-acl --new-logins logins.properties > users.acl` makes passwords, writes the settings into a file that only you
                   can read, and prints the users with the SHA-256 of their passwords. With logins in the settings it prints the users that belong to
                   them. It honours `redis.prefix`, and asks the Redis of `redis.url` what it is: its engine, its generation of Search, whether it is older than
                   7.2. Where none answers, the users fit the engine of `redis.engine` (`auto`: `search`) and [both generations of Search](#engine-search);
                   `--search 2`, `8` or `both` says it without asking, `--before-7.2` makes them fit an older Redis. What they fit is said beside the lines.
                2. Add a line for your own administrator and `user default off` to `users.acl`, name it in Redis's setting `aclfile`, and start Redis, or `ACL LOAD`.
                   Loading replaces all users. Replicas need a user for replication (`+psync +replconf +ping`) in `masteruser`. In a [cluster](scaling.md#redis-cluster), where
                   `redis.cluster` is on, all of them may ask for the node that has the ledger (`CLUSTER SHARDS`); every node needs these users.
                3. Add the lines of `logins.properties` to the settings, and take user and password out of `redis.url`.
                4. `contextgraph doctor` asks Redis for every role whether its user may do what it must, and whether it may do any of %d commands with which
                   a ledger could be damaged, read by others or stopped, on keys of each kind (`ACL DRYRUN`: nothing is done). It also tries to get in
                   without a name.

                ## What each role may do

                Keys and channels without `redis.prefix`. Rights to write stand for exactly those commands on those keys.

                """.formatted(Dangers.all().size()));
        for (Engine engine : List.of(Engine.SEARCH, Engine.SORTED_SET)) {
            boolean search = engine == Engine.SEARCH;
            page.append("### Engine `%s`%n%n".formatted(engine.configName()));
            if (search) {
                page.append(GENERATIONS);
            }
            page.append("| role | commands | keys | access |%n| --- | --- | --- | --- |%n".formatted());
            AccessRules rules = new AccessRules(new Keys(""), engine, EnumSet.allOf(SearchGeneration.class));
            for (Role role : Role.values()) {
                for (Rule rule : rules.of(role)) {
                    page.append("| %s%s | `%s` | %s | %s |%n"
                            .formatted(
                                    role.configName(),
                                    only(rule, role, engine),
                                    String.join(
                                            "` `",
                                            rule.commands().stream()
                                                    .map(AccessRules::name)
                                                    .map(name -> name.replace("|", " "))
                                                    .toList()),
                                    rule.patterns().isEmpty() ? "" : "`" + String.join("` `", rule.patterns()) + "`",
                                    rule.patterns().isEmpty()
                                            ? ""
                                            : rule.access().name().toLowerCase(Locale.ROOT)));
                }
            }
            page.append(System.lineSeparator());
        }
        page.append("""
                ## What Redis cannot express

                A script runs with the rights of its caller, command by command: whoever may append through the script may give the same commands
                by hand. So somebody who has stolen the password of a role can still do this, and nothing else:

                | role | what is left |
                | --- | --- |
                | append | `XADD` adds entries that are no events, and its option `MAXLEN` trims; `HSET`, `SETRANGE`, `ZADD`, `SADD` falsify head, numbers, directory, indexes and originals; `SET`, `MSET` and `JSON.MSET` overwrite payloads and documents. `DEL`, `XDEL`, `XTRIM`, `EXPIRE`, `RENAME`, `RESTORE` and the rest are refused |
                | read | on a Redis that holds more than this ledger, `JSON.MGET` reads other JSON documents: the module declares its first key only |
                | project | acknowledges events that nobody has projected (`contextgraph verify` sees it); falsifies or deletes what is parked, of which the ledger still has the events, and what is remembered of long work |
                | operator | makes an index, or points the alias to another one; with Search 2 only those of this ledger |
                | retention | deletes what it is there to delete, before its time |
                | erase | deletes sealed payloads, and keeps out or lets in by false fences; falsifies the header of the ledger and what is remembered of erasures; has Redis write its files again and again |

                Whoever may run scripts (append, project, retention, erase, and read with the engine `sorted-set`) can also keep Redis busy with one that does not end. To what is
                not the ledger's none of these has a right, with the exception named above.

                What was falsified does not fit together any more: numbers have no gaps, and the hash of an event's content stands in its document and
                in the stream. Replicas follow what was falsified; backups and archives hold what was there before. Keep the password of
                append with the servers that append, and let nothing but them reach Redis.

                A script has no rollback: a user that lacks one right of append in the middle of it would leave half an event. So a server asks for the rights
                of its users when it starts, and does not start when one is missing, but for those that [it can do without](operations.md#managed-redis). Do not take rights from a user that is at work.

                `FT.DROPINDEX` has an option that deletes the documents of an index, and Redis has no right for the one without the other: only
                `retention` may give it.

                Proven by [RolesContract](../server/src/test/java/io/contextgraph/ledger/redis/access/RolesContract.java), on Redis 7 and on Redis 8 with JSON and Search of
                either generation, whichever is installed: the contracts of the ledger pass with a user for each role and not one
                denial; every dangerous command is tried by every role on every kind of key; and each right is taken away once, to see that it was needed
                (those of `retention` excepted).
                """);
        GeneratedDocs.assertUpToDate("docs/redis-users.md", page.toString());
    }
}
