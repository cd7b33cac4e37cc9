// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
// What the client node-vault sees of a Vault, or of its double: node node_vault_client.js ADDRESS TOKEN
const assert = require('assert');

const [endpoint, token] = process.argv.slice(2);
const vault = require('node-vault')({ apiVersion: 'v1', endpoint, token });
const encoded = (text) => Buffer.from(text).toString('base64');

async function refused(status, says, call) {
  await assert.rejects(call, (error) => {
    assert.strictEqual(error.response.statusCode, status);
    assert.ok(String(error.message).includes(says), error.message);
    return true;
  });
}

async function transit() {
  await vault.write('transit/keys/node', {});
  const body = { plaintext: encoded('a data key'), associated_data: encoded('whose') };
  const { ciphertext } = (await vault.write('transit/encrypt/node', body)).data;
  assert.match(ciphertext, /^vault:v1:/);
  const asked = { ciphertext, associated_data: encoded('whose') };
  assert.strictEqual((await vault.write('transit/decrypt/node', asked)).data.plaintext, body.plaintext);
  await refused(400, 'message authentication failed', () => vault.write('transit/decrypt/node', { ciphertext }));
  await vault.write('transit/keys/node/rotate', {});
  assert.strictEqual((await vault.read('transit/keys/node')).data.latest_version, 2);
  await refused(400, '', () => vault.write('transit/rewrap/node', { ciphertext }));
}

async function kv() {
  await refused(404, '', () => vault.read('secret/data/node/a'));
  const written = await vault.write('secret/data/node/a', { data: { one: 1 }, options: { cas: 0 } });
  assert.strictEqual(written.data.version, 1);
  await refused(400, 'check-and-set', () =>
    vault.write('secret/data/node/a', { data: { one: 2 }, options: { cas: 0 } }));
  const read = (await vault.read('secret/data/node/a')).data;
  assert.deepStrictEqual(read.data, { one: 1 });
  assert.deepStrictEqual((await vault.list('secret/metadata/node')).data.keys, ['a']);
  await vault.write('secret/destroy/node/a', { versions: [1] });
  await refused(404, '', () => vault.read('secret/data/node/a'));
  await vault.delete('secret/metadata/node/a');
  await refused(404, '', () => vault.read('secret/metadata/node/a'));
}

transit()
  .then(kv)
  .then(() => console.log('node-vault agrees'))
  .catch((error) => {
    console.error(error);
    process.exit(1);
  });
