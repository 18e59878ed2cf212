// The office: signing in, the survey's page; every page is accessible.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { invalid, isFine, newPage, served, signIn, signedIn, startBrowser, startCandour } from "./support.mjs";

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
  const page = await newPage(browser, candour.base);
  await page.goto(`${candour.base}/office/sign-in`);
  await isFine(page, /Sign in/);

  await page.locator('input[name="email"]').fill(candour.email);
  await page.locator('input[name="password"]').fill("not the password");
  await page.locator("main form button").first().click();
  await isFine(page, /Sign in/);

  await signIn(page, candour.base, candour.email);
  await page.waitForURL(`${candour.base}/office`);
  await isFine(page);

  await page.goto(`${candour.base}/office/surveys/${candour.survey}`);
  assert.match(await page.locator("main").textContent(), /Race equality at work/);
  await isFine(page);
});

test("results, a question and representation are accessible, on a small screen too", async () => {
  for (const token of candour.tokens) await candour.api(null, "POST", `/respond/${token}`, { answers: { belonging: ["agree"] } });
  await candour.api(candour.hr, "POST", `/surveys/${candour.survey}/close`);
  await candour.api(candour.hr, "POST", `/surveys/${candour.survey}/publish`);
  const results = `/office/surveys/${candour.survey}/results`;
  for (const viewport of [{ width: 1280, height: 900 }, { width: 320, height: 640 }]) {
    const page = await signedIn(browser, candour.base, candour.email, { viewport });
    for (const [path, heading] of [[results, /Results/], [`${results}/belonging`, /belong/], ["/office/representation", /Representation/]]) {
      const answer = await page.goto(candour.base + path);
      assert.equal(answer.status(), 200, path);
      await isFine(page, heading);
    }
    await page.context().close();
  }
});

test("the HTML of each page is valid", () => {
  assert.ok(served.size > 8, `${served.size}`);
  assert.deepEqual(invalid(served), []);
});
