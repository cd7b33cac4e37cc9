# Copyright the Context Graph authors.
# SPDX-License-Identifier: Apache-2.0
"""Checks offline that an event is in a log. Run: python3 check_proof.py PROOF-FILE VKEY [EVENT-JSON]
The proof is a c2sp.org/tlog-proof; VKEY is the log's verifier key, which you got from elsewhere than the proof.
EVENT-JSON is the event as the HTTP API answers it: number, position, id and content hash are compared. Python 3.8+."""
import base64, hashlib, json, pathlib, re, sys

INT, HASH, BASE64, NAME = "(?:0|[1-9][0-9]{0,18})", "[A-Za-z0-9+/]{43}=", "[A-Za-z0-9+/=]+", r"[^\s+\0-\x1f]+"
PROOF = re.compile(
    rf"c2sp[.]org/tlog-proof@v1\nextra (?P<leaf>{BASE64})\nindex (?P<index>{INT})\n(?P<hashes>(?:{HASH}\n){{0,63}})\n"
    rf"(?P<text>(?P<origin>{NAME})\n(?P<size>{INT})\n(?P<root>{HASH})\n(?:[^\0-\x1f]+\n)*)\n"
    rf"(?P<signatures>(?:— {NAME} {BASE64}\n)+)")
LEAF = re.compile(
    rf"context-graph-leaf/v1\n(?P<seq>{INT})\n(?P<global_position>{INT}-{INT})\n"
    r"(?P<event_id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\n(?P<content_hash>[0-9a-f]{64})\n")
VKEY = re.compile(rf"(?P<name>{NAME})[+](?P<id>[0-9a-f]{{8}})[+](?P<key>[A-Za-z0-9+/]{{44}})")
P = 2**255 - 19  # Ed25519, RFC 8032: the curve -x^2 + y^2 = 1 + D x^2 y^2 over the integers modulo P
D = -121665 * pow(121666, -1, P) % P
BASE, L = b"\x58" + 31 * b"\x66", 2**252 + 27742317777372353535851937790883648493  # the base point and its order

def require(condition, otherwise):
    if not condition:
        raise ValueError(otherwise)

def sha256(data):
    return hashlib.sha256(data).digest()

def unbase64(text):
    raw = base64.b64decode(text, validate=True)
    require(base64.b64encode(raw).decode() == text, "base64 is not canonical")
    return raw

def decode_point(raw):  # RFC 8032, 5.1.3: a point has one encoding, no other is taken
    y, odd = int.from_bytes(raw, "little") % 2**255, raw[31] >> 7
    x_squared = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(x_squared, (P + 3) // 8, P)
    x = x if x * x % P == x_squared else x * pow(2, (P - 1) // 4, P) % P
    require(y < P and x * x % P == x_squared and (x or not odd), "the key or the signature holds no point of the curve")
    return (x if x % 2 == odd else P - x), y

def add(a, b):  # also doubles: the formula has no exceptions on this curve
    (x1, y1), (x2, y2) = a, b
    t = D * x1 * x2 * y1 * y2
    return (x1 * y2 + y1 * x2) * pow(1 + t, -1, P) % P, (y1 * y2 + x1 * x2) * pow(1 - t, -1, P) % P

def multiply(n, point):
    total = (0, 1)  # the neutral element
    while n:
        total, point, n = add(total, point) if n % 2 else total, add(point, point), n // 2
    return total

def is_signed(text, signature, key):  # RFC 8032, 5.1.7
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    k = int.from_bytes(hashlib.sha512(r + key + text).digest(), "little") % L
    require(len(signature) == 64 and s < L, "the signature is malformed")
    return multiply(s, decode_point(BASE)) == add(decode_point(r), multiply(k, decode_point(key)))

def root_of(leaf_hash, index, size, hashes):  # RFC 6962, 2.1: the last hash is that of a child of the root
    require((size > 1) == (len(hashes) > 0), "the proof has a hash too many or too few")
    if size == 1:
        return leaf_hash
    left = 1 << (size - 1).bit_length() - 1  # how many leaves are under the left child
    if index < left:
        return sha256(b"\1" + root_of(leaf_hash, index, left, hashes[:-1]) + hashes[-1])
    return sha256(b"\1" + hashes[-1] + root_of(leaf_hash, index - left, size - left, hashes[:-1]))

def check(proof_file, vkey, event_file=None):
    proof, key = PROOF.fullmatch(pathlib.Path(proof_file).read_bytes().decode()), VKEY.fullmatch(vkey)
    require(proof, "the file is not a well-formed tlog-proof with an extra line")
    require(key and key["name"] == proof["origin"], "the verifier key is malformed or another log's")
    public, leaf, index, size = unbase64(key["key"]), unbase64(proof["leaf"]), int(proof["index"]), int(proof["size"])
    key_id = sha256(key["name"].encode() + b"\n" + public)[:4]
    require(public[0] == 1 and key_id.hex() == key["id"], "the verifier key is not Ed25519 or its id does not fit")
    lines = [(name, unbase64(value)) for name, value in re.findall(r"— (\S+) (\S+)\n", proof["signatures"])]
    own = [value[4:] for name, value in lines if name == key["name"] and value[:4] == key_id]
    require(len(own) == 1 and is_signed(proof["text"].encode(), own[0], public[1:]), "the key did not sign this once")
    entry = LEAF.fullmatch(leaf.decode())
    require(entry and int(entry["seq"]) - 1 == index < size, "the leaf is malformed or not of this index and size")
    root = root_of(sha256(b"\0" + leaf), index, size, [unbase64(line) for line in proof["hashes"].split()])
    require(root == unbase64(proof["root"]), "the leaf is not in the tree")
    event = json.loads(pathlib.Path(event_file).read_bytes()) if event_file is not None else entry.groupdict()
    require(all(str(event.get(field)) == entry[field] for field in LEAF.groupindex), "the event is another")
    return ("event {event_id}, seq {seq}, position {global_position}, content hash {content_hash}, "
            "in {origin} of {size} events").format(**entry.groupdict(), **proof.groupdict())

if __name__ == "__main__":
    try:
        print("ok:", check(*sys.argv[1:]))
    except Exception as why:
        sys.exit("refused: " + " ".join(str(why).split()))
