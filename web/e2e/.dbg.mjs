import fs from 'node:fs'; import { launch, person, URL_ } from './.try.mjs';
const seed = JSON.parse(fs.readFileSync('/tmp/seed.json')); const browser = await launch();
const { page } = await person(browser, 'x');
await page.goto(URL_ + '/signin'); await page.click('button.link'); await page.fill('input[name=username]', seed.user); await page.fill('input[name=password]', 'correct horse'); await page.click('button.primary');
await page.waitForSelector('p-conversation-row');
await page.goto(URL_ + '/c/' + seed.ids[3]); await page.waitForSelector('p-message'); await page.waitForTimeout(800);
console.log(await page.evaluate(() => { const q = (s) => { const e = document.querySelector(s); const b = e.getBoundingClientRect(); return s + ' ' + [b.top, b.height, e.scrollHeight, e.scrollTop].join(' '); }; return [q('p-message-list'), q('.scroller[role=log]'), q('.top'), q('.rows'), ...[...document.querySelectorAll('.rows>*')].map((e) => e.getBoundingClientRect().height + ' ' + getComputedStyle(e).containIntrinsicBlockSize), q('p-typing-line'), q('p-composer')].join('\n'); }));
await page.screenshot({ path: '/tmp/shots/dbg.png' });
await browser.close();
