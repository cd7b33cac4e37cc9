// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.access;

import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.RedisServers;
import java.util.List;

class RolesOnRedis7IT extends RolesContract {
    RolesOnRedis7IT() {
        super(Engine.SORTED_SET);
    }

    @Override
    RoleServer start() {
        return RoleServer.start(RedisServers.bundled(), List.of(), Engine.SORTED_SET);
    }

    @Override
    List<String> unknownHere() {
        return List.of(
                "XDELEX KEY KEEPREF IDS 1 1-1",
                "XACKDEL KEY g KEEPREF IDS 1 1-1",
                "HEXPIRE KEY 1 FIELDS 1 f",
                "HGETDEL KEY FIELDS 1 f",
                "JSON.DEL KEY",
                "JSON.FORGET KEY",
                "JSON.CLEAR KEY",
                "FT.DROPINDEX KEY",
                "FT.DROPINDEX KEY DD",
                "JSON.SET KEY $ 1",
                "JSON.MSET KEY $ 1",
                "JSON.MERGE KEY $ {}",
                "JSON.NUMINCRBY KEY $.seq 1",
                "JSON.STRAPPEND KEY $.status \"x\"",
                "JSON.TOGGLE KEY $.b",
                "FT.CREATE KEY ON JSON PREFIX 1 p SCHEMA a AS a TAG",
                "FT.ALTER KEY SCHEMA ADD a TAG",
                "FT.ALIASADD KEY KEY",
                "FT.ALIASUPDATE KEY KEY",
                "FT.ALIASDEL KEY",
                "FT.CONFIG SET TIMEOUT 1",
                "FT.DICTADD d t",
                "CLIENT|SETINFO LIB-NAME n",
                "WAITAOF 0 0 0");
    }
}
