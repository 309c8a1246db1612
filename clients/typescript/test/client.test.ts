import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Annals, Refused } from '../src/index.js';
import { House } from './house.js';

const house = new House();
let emitter: Annals;
let reader: Annals;

before(async () => {
  await house.serve();
  const retry = { tries: 8, pauseMs: 100 };
  emitter = new Annals({ url: house.url, token: house.token('emitter'), retry });
  reader = new Annals({ url: house.url, token: house.token('auditor') });
});
after(() => house.close());

async function find(operator: string) {
  const params = { query: { q: `operator:${operator}` } };
  const { data } = await reader.api.GET('/v1/events', { params });
  return data!.events;
}

// Protects: the intent is durable before the act, and the end tells what the act found out.
test('an act is recorded before and after', async () => {
  const event = { operation: 'cluster.create', operator: 'strict' };
  const made = await emitter.audited(event, async (end) => {
    assert.equal((await find('strict'))[0]?.outcome, 'pending');
    end.object = { type: 'cluster', id: 'c-42' };
    return 'c-42';
  });
  assert.equal(made, 'c-42');
  const [kept, ...more] = await find('strict');
  assert.deepEqual([kept?.outcome, kept?.object?.id, kept?.guarantee], ['success', 'c-42', 'strict']);
  assert.equal(more.length, 0);
});

// Protects: what an act throws is a failure, and reaches the caller.
test('a failed act is a failure', async () => {
  const event = { operation: 'cluster.delete', operator: 'failing' };
  const failing = emitter.audited(event, () => {
    throw new RangeError('in use');
  });
  await assert.rejects(failing, RangeError);
  const [kept] = await find('failing');
  assert.deepEqual([kept?.outcome, kept?.reason], ['failure', 'RangeError: in use']);
});

// Protects: a whole event, and that the same id is kept once.
test('whole events are kept once', async () => {
  const event = {
    id: 'ts-1',
    time: '2026-11-22T08:30:00Z',
    operation: 'user.create',
    operator: 'whole',
  };
  await emitter.record(event);
  await emitter.record(event);
  assert.equal((await find('whole')).length, 1);
});

// Protects: faults reach the caller by name, and without an intent there is no act.
test('without an intent there is no act', async () => {
  const event = { operation: 'cluster.craete', operator: 'wrong' };
  const act = emitter.audited(event, () => assert.fail('acted'));
  const isNamed = (error: unknown) =>
    error instanceof Refused && /cluster\.create/.test(error.message);
  await assert.rejects(act, isNamed);
  const impatient = { url: house.url, token: 'none', retry: { tries: 0, pauseMs: 0 } };
  await assert.rejects(new Annals(impatient).begin(event), /token/);
});

// Protects: a server that is away for a moment costs patience, not the act; one that stays away
// prevents it.
test('a server that is away', async () => {
  await house.kill();
  const event = { operation: 'user.create', operator: 'patient' };
  const impatient = { url: house.url, token: 'none', retry: { tries: 1, pauseMs: 1 } };
  await assert.rejects(new Annals(impatient).begin(event), TypeError);
  const act = emitter.audited(event, () => 'done');
  await house.serve();
  assert.equal(await act, 'done');
  assert.equal((await find('patient'))[0]?.outcome, 'success');
});
