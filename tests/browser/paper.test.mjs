// Staff without work e-mail: letters to print, the code that is typed, and answers on paper that a named person enters.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SCREENS, invalid, newPage, served, signedIn, startBrowser, startCandour, violations } from "./support.mjs";

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

/** A page of the office, without JavaScript, signed in. */
async function office() {
  const page = await signedIn(browser, candour.base, candour.email);
  await page.goto(`${candour.base}/office/surveys/${candour.survey}/letters`);
  return page;
}

test("letters are printed one on each sheet, and code and picture lead to the survey, once", async () => {
  const page = await office();
  assert.deepEqual(await violations(page), []);
  await page.locator("#unit").selectOption("MAT-1");
  await page.locator("#count").fill("2");
  await page.locator('form[action$="/letters"] button').click();
  await page.locator(".candour-letter").first().waitFor();
  assert.deepEqual(await violations(page), []);
  const codes = await page.locator(".candour-code").allTextContents();
  assert.equal(new Set(codes).size, 2);
  for (const code of codes) assert.match(code, /^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  assert.equal(await page.locator(".candour-letter svg").count(), 2);
  for (const language of ["en", "cy"]) assert.ok(await page.locator(`.candour-letter [lang="${language}"], .candour-letter:not([lang]) p:not([lang])`).count());

  await page.emulateMedia({ media: "print" });
  const shown = await page.locator("h1, header, footer, .candour-letter").evaluateAll((parts) => parts.filter((part) => part.checkVisibility()).map((part) => part.className || part.tagName));
  assert.deepEqual(shown, ["candour-letter", "candour-letter"], "only letters are printed");
  const breaks = await page.locator(".candour-letter").evaluateAll((letters) => letters.map((letter) => [getComputedStyle(letter).breakAfter, getComputedStyle(letter).breakInside]));
  assert.deepEqual(breaks, [["page", "avoid"], ["auto", "avoid"]]);
  const pdf = await page.pdf({ format: "A4" });
  const sheets = pdf.toString("latin1").match(/\/Type\s*\/Page\b/g).length;
  assert.equal(sheets, 2, "one sheet each");

  const phone = await newPage(browser, candour.base, { viewport: SCREENS.phone });
  await phone.goto(`${candour.base}/code`);
  await phone.locator('input[name="code"]').fill(codes[0].toLowerCase());
  await phone.locator("main form button").click();
  await phone.waitForURL(/\/s\/[\w-]{22}$/);
  const link = phone.url();
  await phone.goto(`${link}/question/belonging`);
  await phone.locator('input[value="agree"]').check();
  await phone.locator("main form[novalidate] button:not([name])").click();
  await phone.goto(`${link}/check`);
  await phone.locator('form[action*="/submit"] button').click();
  await phone.locator(".candour-receipt").waitFor();
  await phone.goto(link);
  assert.match(await phone.locator("h1").innerText(), /This link has been used/);
  // Codes are nowhere but on paper.
  await page.goto(`${candour.base}/office/surveys/${candour.survey}/letters`);
  const later = await page.content();
  for (const code of codes) assert.ok(!later.includes(code));
});

test("answers on paper are entered by a named person, under the same rules", async () => {
  const page = await office();
  await page.locator("#paper-unit").selectOption("MED");
  await page.locator('form[action$="/paper"] button').click();
  await page.waitForURL(/\/s\/[\w-]{22}$/);
  const link = page.url();
  assert.deepEqual(await violations(page), []);
  await page.goto(`${link}/question/voice`);
  await page.locator('button[name="skip"]').click();
  await page.goto(`${link}/question/belonging`);
  await page.locator("main form[novalidate] button:not([name])").click();
  assert.equal(await page.locator(".nhsuk-error-summary").count(), 1, "an empty answer is asked for again");
  await page.locator('input[value="disagree"]').check();
  await page.locator("main form[novalidate] button:not([name])").click();
  await page.goto(`${link}/check`);
  await page.locator('form[action*="/submit"] button').click();
  await page.locator(".candour-receipt").waitFor();
  await page.goto(link);
  assert.match(await page.locator("h1").innerText(), /This link has been used/);
});

test("the HTML of each page is valid", () => {
  assert.ok(served.size > 8, `${served.size}`);
  assert.deepEqual(invalid(served), []);
});
