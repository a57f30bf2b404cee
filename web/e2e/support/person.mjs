// One who uses the pages: what they see is found by its words, as they find it.
import assert from 'node:assert/strict';
import { newContext } from './browser.mjs';

export class Person {
  /// Someone with a browser of their own.
  /// @param options of the context: viewport, locale, colorScheme…
  static async at(server, options = {}) {
    const self = new Person();
    self.context = await newContext({ ...options, baseURL: server.url });
    self.page = await self.context.newPage();
    return self;
  }

  /// With an account, signed in, in a conversation when one is named.
  static async signedIn(server, account, conversationId, options = {}) {
    const self = await Person.at(server, options);
    self.account = account;
    await self.page.goto('/signin');
    await self.signIn(account);
    if (conversationId) await self.open(conversationId);
    return self;
  }

  async signIn({ userName, password }) {
    const { page } = this;
    await page.getByRole('button', { name: 'I have an account' }).click();
    await page.getByLabel('User name').fill(userName);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('navigation', { name: 'Conversations' }).waitFor();
  }

  async open(conversationId) {
    await this.page.locator(`a[data-id="${conversationId}"]`).click();
    await this.page.waitForURL(`**/c/${conversationId}`);
    await this.box.waitFor();
  }

  /// Where one writes.
  get box() {
    return this.page.locator('p-composer textarea');
  }

  /// The rows of messages that are in the page, oldest first.
  get rows() {
    return this.page.locator('[data-key]');
  }

  row(text) {
    return this.rows.filter({ hasText: text });
  }

  async say(text) {
    await this.box.fill(text);
    await this.box.press('Enter');
  }

  sees(text, options) {
    return this.page.getByText(text, { exact: true }).last().waitFor(options);
  }

  /// The words of the messages in the page, in order.
  texts() {
    return this.page.locator('[data-key] p-message-text').allTextContents();
  }

  /// A message has come so far: waiting, sent, read…
  async isMarked(text, said, timeout) {
    const mark = this.row(text).getByText(said, { exact: true });
    await mark.waitFor({ state: 'attached', timeout });
  }

  /// The pages are there, what they ask is not: as behind a proxy whose server is away. @returns ends it
  async cutOff() {
    const away = /\/(auth|hubs|messaging|users|web)\//;
    await this.context.route(away, (route) => route.abort('connectionrefused'));
    return async () => {
      await this.context.unroute(away);
      await this.page.getByRole('button', { name: 'Try now' }).click();
    };
  }

  /// No policy was broken, nothing was thrown, nobody else was asked.
  behaved() {
    assert.deepEqual(this.context.wrongs, []);
  }

  async leave() {
    await this.context.close();
  }
}
