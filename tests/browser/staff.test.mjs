// Staff answer to the receipt without JavaScript, in both languages; every page on the way is accessible.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SCREENS, invalid, isFine, newPage, served, startBrowser, startCandour, violations } from "./support.mjs";

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

async function answerAll(token, query, language) {
  const page = await newPage(browser, candour.base);
  const found = [];
  const look = async () => found.push(...(await violations(page)));
  await page.goto(`${candour.base}/s/${token}${query}`);
  assert.equal(await page.locator("html").getAttribute("lang"), language);
  await look();
  await page.locator("main a.nhsuk-button").first().click();
  let questions = 0;
  while (page.url().includes("/question/")) {
    assert.ok(++questions < 120, "the form does not end");
    await look();
    const choice = page.locator('input[type="radio"], input[type="checkbox"]').first();
    if (await choice.count()) await choice.check();
    else await page.locator("textarea").fill("Line one\nTŷ & <b>bold</b>");
    await page.locator("form[novalidate] button:not([name])").click();
    await page.waitForLoadState();
  }
  assert.match(page.url(), /\/check/);
  await look();
  await page.locator('form[action*="/submit"] button').click();
  const receipt = await page.locator(".candour-receipt").textContent();
  await look();
  await page.goto(`${candour.base}/s/${token}${query}`);
  await look();
  await page.context().close();
  return { found, questions, receipt };
}

test("in English", async () => {
  const { found, questions, receipt } = await answerAll(candour.tokens[0], "", "en");
  assert.ok(questions >= 30 && receipt.trim().length >= 20, `${questions} questions, receipt “${receipt}”`);
  assert.deepEqual(found, []);
});

test("in Welsh", async () => {
  const { found, questions, receipt } = await answerAll(candour.tokens[1], "?lang=cy", "cy");
  assert.ok(questions >= 30 && receipt.trim().length >= 20, `${questions} questions, receipt “${receipt}”`);
  assert.deepEqual(found, []);
});

test("a mistake is explained, on a small screen too", async () => {
  const page = await newPage(browser, candour.base, { viewport: SCREENS.phone });
  await page.goto(`${candour.base}/s/${candour.tokens[2]}`);
  await page.locator("main a.nhsuk-button").first().click();
  await page.locator("main form button").first().click();
  await isFine(page);
});

test("pages about the survey, and links that lead nowhere", async () => {
  const page = await newPage(browser, candour.base);
  for (const path of ["/about/anonymity", "/about/anonymity?lang=cy", "/about/accessibility", "/s/unknown"]) {
    await page.goto(candour.base + path);
    assert.deepEqual(await violations(page), []);
  }
});

test("the HTML of each page is valid", () => {
  assert.ok(served.size > 60, `${served.size}`);
  assert.deepEqual(invalid(served), []);
});
