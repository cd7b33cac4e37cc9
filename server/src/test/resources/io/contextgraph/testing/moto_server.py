"""Moto on a free port, which it prints; with what Amazon does and moto does not.

One request is answered at a time: of two that write on the same condition one does. Keys of KMS that are disabled or about to
be deleted do nothing, a ciphertext of another key is told from one that was cut. Whoever reads an object that was deleted hears
that it was.
"""
import struct
import threading

from moto.core.exceptions import JsonRESTError
from moto.kms import models, utils
from moto.kms.exceptions import InvalidCiphertextException
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from moto.s3.models import FakeDeleteMarker
from moto.s3.responses import S3Response
from werkzeug.serving import make_server

encrypt = models.KmsBackend.encrypt
decrypt = models.KmsBackend.decrypt
key_response = S3Response.key_response


def require_able(backend, key_id):
    state = backend.keys[backend.any_id_to_key_id(key_id)].key_state
    if state == "Disabled":
        raise JsonRESTError("DisabledException", "the key is disabled")
    if state != "Enabled":
        raise JsonRESTError("KMSInvalidStateException", "the key is " + state)


def able_encrypt(backend, key_id, plaintext, encryption_context):
    require_able(backend, key_id)
    return encrypt(backend, key_id, plaintext, encryption_context)


def able_decrypt(backend, ciphertext_blob, encryption_context, key_id=None):
    try:
        actual = utils._deserialize_ciphertext_blob(ciphertext_blob).key_id
    except (struct.error, UnicodeDecodeError):
        raise InvalidCiphertextException() from None
    if actual not in backend.keys:
        raise InvalidCiphertextException()
    if key_id is not None and backend.any_id_to_key_id(key_id) != actual:
        raise JsonRESTError("IncorrectKeyException", "another key")
    require_able(backend, actual)
    return decrypt(backend, ciphertext_blob, encryption_context)


def marked_response(response, request, full_url, headers):
    status, answered, content = key_response(response, request, full_url, headers)
    if status == 404 and request.method == "GET" and response.bucket_name in response.backend.buckets:
        there = response.backend.get_object(
            response.bucket_name, response.parse_key_name(), return_delete_marker=True
        )
        if isinstance(there, FakeDeleteMarker):
            answered["x-amz-delete-marker"] = "true"
    return status, answered, content


models.KmsBackend.encrypt = able_encrypt
models.KmsBackend.decrypt = able_decrypt
S3Response.key_response = marked_response


class OneAtATime:
    def __init__(self, app):
        self.app = app
        self.lock = threading.Lock()

    def __call__(self, environ, start_response):
        with self.lock:
            return list(self.app(environ, start_response))


class Quiet(MotoRequestHandler):
    def log(self, *ignored):
        pass


server = make_server(
    "127.0.0.1",
    0,
    OneAtATime(DomainDispatcherApplication(create_backend_app)),
    threaded=True,
    request_handler=Quiet,
)
print("listening on", server.server_address[1], flush=True)
server.serve_forever()
