// A real Chromium, one for the tests of a file. What a page must never do is heard by every context:
// break its own policy, throw, or ask another server.
import { existsSync } from 'node:fs';
import { after } from 'node:test';
import { chromium } from 'playwright-core';

const PATH = process.env.PARLEY_TEST_CHROMIUM ?? '/usr/bin/chromium';
/// For `test(…, { skip })`.
export const skip = existsSync(PATH) ? false : 'chromium is not installed';
/// For `newContext`.
export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
export const DEADLINE_MS = Number(process.env.PARLEY_TEST_DEADLINE_MS ?? 10_000);

let browser;
after(() => browser?.close());

async function launched() {
  browser ??= await chromium.launch({ executablePath: PATH, args: ['--no-proxy-server'] });
  return browser;
}

/// A browser of its own, as another person has it.
/// @param options of Playwright: viewport, locale, colorScheme, bypassCSP…
/// @returns a context with `wrongs`: what pages did that they must not
export async function newContext(options = {}) {
  const context = await (await launched()).newContext({
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    viewport: { width: 1280, height: 800 },
    ...options,
  });
  context.setDefaultTimeout(DEADLINE_MS);
  context.wrongs = [];
  const wrong = (what) => context.wrongs.push(what);
  await context.exposeBinding('parleyTestViolation', (_, what) => wrong(`policy: ${what}`));
  await context.addInitScript(() =>
    document.addEventListener('securitypolicyviolation', (event) => {
      const { violatedDirective, blockedURI, sourceFile, sample } = event;
      void window.parleyTestViolation([violatedDirective, blockedURI, sourceFile, sample].join(' '));
    }),
  );
  context.on('weberror', (error) => wrong(`thrown: ${error.error().stack ?? error.error()}`));
  context.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    const isOwn = hostname === '127.0.0.1' || ['blob:', 'data:'].includes(protocol);
    if (!isOwn) wrong(`asked elsewhere: ${request.url()}`);
  });
  return context;
}
