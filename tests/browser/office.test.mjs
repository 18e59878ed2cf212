// The office: signing in, the survey's page; every page is accessible.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBrowser, startCandour, violations } from "./support.mjs";

let candour;
let browser;
before(async () => {
  candour = await startCandour();
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
