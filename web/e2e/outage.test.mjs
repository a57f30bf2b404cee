// The server goes away under two people who type: W-03, W-06, W-29.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { skip } from './support/browser.mjs';
import { Person } from './support/person.mjs';
import { chatOf, newAccount, startParley, until } from './support/server.mjs';

const OUTAGE_MS = 20_000;
const RECOVERS_MS = 45_000; // the longest wait between two tries is 30 s, 20 % more or less
let server;
let people;
before(async () => {
  if (skip) return;
  server = await startParley();
  const [ann, ben] = [await newAccount(server, 'Ann'), await newAccount(server, 'Ben')];
  const chat = await chatOf(server, ann, ben);
  people = [await Person.signedIn(server, ann, chat), await Person.signedIn(server, ben, chat)];
});
after(() => server?.dispose());

test(
  'W-29, R-034: the server is killed for 20 s: nothing lost, nothing doubled, one order',
  { skip },
  async () => {
    const [ann, ben] = people;
    const said = { ann: [], ben: [] };
    const say = async (person, who) => {
      const text = `${who} ${said[who].length + 1}`;
      said[who].push(text);
      await person.say(text);
      await until(async () => (await person.box.inputValue()) === '', `${text} is kept`);
    };
    for (let count = 0; count < 3; count += 1)
      await Promise.all([say(ann, 'ann'), say(ben, 'ben')]);
    await ann.sees('ben 3');

    await server.kill9();
    const killed = performance.now();
    while (performance.now() - killed < OUTAGE_MS) {
      await Promise.all([say(ann, 'ann'), say(ben, 'ben')]);
      await ann.box.pressSequentially('typed while it is away', { delay: 40 });
      await ann.box.fill('');
    }
    await ann.page.getByText(/messages are waiting to be sent/).waitFor(); // W-06
    await ann.box.fill('a draft of ann');
    await ben.box.fill('a draft of ben');
    await server.start();

    const all = [...said.ann, ...said.ben];
    const sameEverywhere = async () => {
      const [left, right] = [await ann.texts(), await ben.texts()];
      return left.length >= all.length && JSON.stringify(left) === JSON.stringify(right);
    };
    await until(sameEverywhere, 'both see the same', RECOVERS_MS);
    const seen = await ann.texts();
    assert.deepEqual([...seen].sort(), [...all].sort());
    for (const who of ['ann', 'ben'])
      assert.deepEqual(
        seen.filter((text) => text.startsWith(who)),
        said[who],
      );
    assert.equal(await ann.box.inputValue(), 'a draft of ann');
    assert.equal(await ben.box.inputValue(), 'a draft of ben');
    for (const person of people) person.behaved();
  },
);
