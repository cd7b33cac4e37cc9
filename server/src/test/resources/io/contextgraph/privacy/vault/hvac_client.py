# Copyright the Context Graph authors.
# SPDX-License-Identifier: Apache-2.0
"""What the client hvac sees of a Vault, or of its double: python3 hvac_client.py ADDRESS TOKEN."""
import base64
import sys

import hvac


def refused(kind, call, says=""):
    try:
        call()
    except kind as error:
        assert says in str(error), str(error)
    else:
        raise AssertionError("not refused: " + says)


def transit(client):
    engine = client.secrets.transit
    engine.create_key(name="hvac")
    plain = base64.b64encode(b"a data key").decode()
    belonging = base64.b64encode(b"whose").decode()
    first = engine.encrypt_data(name="hvac", plaintext=plain, associated_data=belonging)["data"]["ciphertext"]
    assert first.startswith("vault:v1:"), first
    opened = engine.decrypt_data(name="hvac", ciphertext=first, associated_data=belonging)
    assert opened["data"]["plaintext"] == plain
    refused(hvac.exceptions.InvalidRequest, lambda: engine.decrypt_data(name="hvac", ciphertext=first))
    engine.rotate_key(name="hvac")
    assert engine.read_key(name="hvac")["data"]["latest_version"] == 2
    second = engine.encrypt_data(name="hvac", plaintext=plain)["data"]["ciphertext"]
    assert second.startswith("vault:v2:"), second
    again = engine.rewrap_data(name="hvac", ciphertext=second)["data"]["ciphertext"]
    assert engine.decrypt_data(name="hvac", ciphertext=again)["data"]["plaintext"] == plain
    refused(hvac.exceptions.InvalidRequest, lambda: engine.rewrap_data(name="hvac", ciphertext=first))
    engine.update_key_configuration(name="hvac", min_decryption_version=2)
    refused(
        hvac.exceptions.InvalidRequest,
        lambda: engine.decrypt_data(name="hvac", ciphertext=first, associated_data=belonging),
        "too old",
    )
    refused(hvac.exceptions.InvalidPath, lambda: engine.read_key(name="nobody"))


def kv(client):
    engine = client.secrets.kv.v2
    refused(hvac.exceptions.InvalidPath, lambda: engine.read_secret_version("hvac/a", raise_on_deleted_version=True))
    assert engine.create_or_update_secret("hvac/a", {"one": 1}, cas=0)["data"]["version"] == 1
    refused(
        hvac.exceptions.InvalidRequest,
        lambda: engine.create_or_update_secret("hvac/a", {"one": 2}, cas=0),
        "check-and-set parameter did not match the current version",
    )
    assert engine.create_or_update_secret("hvac/a", {"one": 2}, cas=1)["data"]["version"] == 2
    read = engine.read_secret_version("hvac/a", raise_on_deleted_version=True)["data"]
    assert read["data"] == {"one": 2} and read["metadata"]["version"] == 2
    assert engine.list_secrets("hvac")["data"]["keys"] == ["a"]
    assert engine.list_secrets("")["data"]["keys"] == ["hvac/"]
    assert sorted(engine.read_secret_metadata("hvac/a")["data"]["versions"]) == ["1", "2"]
    engine.delete_latest_version_of_secret("hvac/a")
    refused(hvac.exceptions.InvalidPath, lambda: engine.read_secret_version("hvac/a", raise_on_deleted_version=True))
    engine.destroy_secret_versions("hvac/a", [1, 2])
    assert engine.read_secret_metadata("hvac/a")["data"]["versions"]["1"]["destroyed"]
    refused(hvac.exceptions.InvalidRequest, lambda: engine.create_or_update_secret("hvac/a", {"one": 3}, cas=0))
    engine.delete_metadata_and_all_versions("hvac/a")
    refused(hvac.exceptions.InvalidPath, lambda: engine.read_secret_metadata("hvac/a"))
    refused(hvac.exceptions.InvalidPath, lambda: engine.list_secrets("hvac"))


address, token = sys.argv[1:]
transit(hvac.Client(url=address, token=token))
kv(hvac.Client(url=address, token=token))
refused(hvac.exceptions.Forbidden, lambda: hvac.Client(url=address, token="another").secrets.transit.read_key("hvac"))
print("hvac agrees")
