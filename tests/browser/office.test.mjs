// The office: signing in, the survey's page; every page is accessible.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBrowser, startCandour, violations } from "./support.mjs";

let candour;
let browser;
before(async () => {
  candour = await startCandour({ people: 40 });
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  candour?.stop();
});

test("an HR lead signs in and sees the survey", async () => {
  const page = await browser.newPage();
  await page.goto(`${candour.base}/office/sign-in`);
  assert.deepEqual(await violations(page), []);

  await page.locator('input[name="email"]').fill(candour.email);
  await page.locator('input[name="password"]').fill("not the password");
  await page.locator("main form button").first().click();
  assert.deepEqual(await violations(page), []);

  await page.locator('input[name="email"]').fill(candour.email);
  await page.locator('input[name="password"]').fill(candour.password);
  await page.locator("main form button").first().click();
  await page.waitForURL(`${candour.base}/office`);
  assert.deepEqual(await violations(page), []);

  await page.goto(`${candour.base}/office/surveys/${candour.survey}`);
  assert.match(await page.locator("main").textContent(), /Race equality at work/);
  assert.deepEqual(await violations(page), []);
});

test("results, a question and representation are accessible, on a small screen too", async () => {
  for (const token of candour.tokens) await candour.api(null, "POST", `/respond/${token}`, { answers: { belonging: ["agree"] } });
  await candour.api(candour.hr, "POST", `/surveys/${candour.survey}/close`);
  await candour.api(candour.hr, "POST", `/surveys/${candour.survey}/publish`);
  const results = `/office/surveys/${candour.survey}/results`;
  for (const viewport of [{ width: 1280, height: 900 }, { width: 320, height: 640 }]) {
    const context = await browser.newContext({ viewport, javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${candour.base}/office/sign-in`);
    await page.locator('input[name="email"]').fill(candour.email);
    await page.locator('input[name="password"]').fill(candour.password);
    await page.locator("main form button").first().click();
    await page.waitForURL(`${candour.base}/office`);
    for (const [path, heading] of [[results, /Results/], [`${results}/belonging`, /belong/], ["/office/representation", /Representation/]]) {
      const answer = await page.goto(candour.base + path);
      assert.equal(answer.status(), 200, path);
      assert.match(await page.locator("h1").textContent(), heading);
      assert.deepEqual(await violations(page), []);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(width <= viewport.width, `${path} is ${width} wide at ${viewport.width}`);
    }
    await context.close();
  }
});
