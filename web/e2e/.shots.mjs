import fs from 'node:fs'; import { launch, person, URL_ } from './.try.mjs';
const seed = JSON.parse(fs.readFileSync('/tmp/seed.json')); const browser = await launch();
const only = process.argv[2];
for (const [w, h] of [[1280, 800], [820, 1000], [390, 844]]) for (const scheme of ['light', 'dark']) {
  const tag = `${w}-${scheme}`; if (only && !tag.includes(only)) continue;
  const { page, context } = await person(browser, tag, { viewport: { width: w, height: h }, colorScheme: scheme, ...(w === 390 && { hasTouch: true, isMobile: true, deviceScaleFactor: 2 }) });
  await page.goto(URL_ + '/signin'); await page.click('button.link'); await page.fill('input[name=username]', seed.user); await page.fill('input[name=password]', 'correct horse'); await page.click('button.primary');
  await page.waitForSelector('p-conversation-row'); await page.waitForTimeout(400);
  await page.screenshot({ path: `/tmp/shots/${tag}-list.png` });
  await page.goto(URL_ + '/c/' + seed.room); await page.waitForSelector('p-message'); await page.waitForTimeout(500); await page.screenshot({ path: `/tmp/shots/${tag}-room.png` });
  await page.goto(URL_ + '/c/' + seed.room + '?details=1'); await page.waitForSelector('p-member-list li'); await page.waitForTimeout(400); await page.screenshot({ path: `/tmp/shots/${tag}-details.png` });
  await page.goto(URL_ + '/c/' + seed.ids[3]); await page.waitForSelector('p-message'); await page.waitForTimeout(400); await page.screenshot({ path: `/tmp/shots/${tag}-hebrew.png` });
  await page.goto(URL_ + '/settings'); await page.waitForSelector('p-profile-settings'); await page.waitForTimeout(400); await page.screenshot({ path: `/tmp/shots/${tag}-settings.png` });
  await context.close();
}
await browser.close();
