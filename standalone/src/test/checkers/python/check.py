# Copyright the Context Graph authors.
# SPDX-License-Identifier: Apache-2.0
"""Checks offline that an event is in a log: python3 check.py PROOF-FILE VKEY

aics-tlog verifies signature and inclusion. Here is how the proof file is read, and what only we know: the leaf.
"""
import re
import sys
from pathlib import Path

from aics_tlog import parse_note, parse_vkey, verify_checkpoint, verify_leaf_inclusion
from aics_tlog.note import b64_decode

NUMBER = "(0|[1-9][0-9]{0,18})"
HEAD = re.compile(rf"c2sp\.org/tlog-proof@v1\nextra (.+)\nindex {NUMBER}\n((?:.{{44}}\n){{0,63}})")
LEAF = re.compile(rf"context-graph-leaf/v1\n{NUMBER}\n((?:0|[1-9][0-9]{{0,18}})-(?:0|[1-9][0-9]{{0,18}}))\n"
                  r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\n([0-9a-f]{64})\n")


def require(condition, otherwise):
    if not condition:
        raise ValueError(otherwise)


def check(proof_file, vkey):
    head, _, checkpoint = Path(proof_file).read_bytes().decode().partition("\n\n")
    form = HEAD.fullmatch(head + "\n")
    require(form and checkpoint.endswith("\n"), "the file is not a tlog-proof with an extra line")
    text, index, hashes = b64_decode(form[1]), int(form[2]), [b64_decode(line) for line in form[3].split("\n")[:-1]]
    key = parse_vkey(vkey)
    tree = verify_checkpoint(parse_note(checkpoint), key, expected_origin=key.name)
    require(tree.ok, tree.error)
    leaf = LEAF.fullmatch(text.decode())
    require(leaf and int(leaf[1]) - 1 == index, "the leaf is malformed or not of this index")
    require(all(len(node) == 32 for node in hashes), "a hash is not of 32 bytes")
    require(verify_leaf_inclusion(text, index, tree.size, hashes, tree.root), "the leaf is not in the tree")
    return (f"event {leaf[3]}, seq {leaf[1]}, position {leaf[2]}, content hash {leaf[4]}, "
            f"in {tree.origin} of {tree.size} events")


if __name__ == "__main__":
    try:
        print("ok:", check(*sys.argv[1:]))
    except Exception as why:
        sys.exit("refused: " + " ".join(str(why).split()))
