// What an organisation decides and enters: its threshold, its units, national figures, and which comments can be read.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SCREENS, invalid, isFine, served, signedIn, startBrowser, startCandour } from "./support.mjs";

const PEOPLE = 24;
let candour;
let browser;
before(async () => {
  candour = await startCandour({ people: PEOPLE });
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  candour?.stop();
});

test("one administrator raises the threshold, two lower it", async () => {
  for (const name of ["first", "second"]) {
    await candour.newAccount(`${name}@example.org`, "organisation_administrator", "--organisation", "ZZ9");
  }
  const first = await signedIn(browser, candour.base, "first@example.org", { viewport: SCREENS.phone });
  await first.goto(`${candour.base}/office/account`);
  await first.getByRole("link", { name: "Threshold" }).click();
  await isFine(first, /Threshold/);
  const set = async (page, number) => {
    await page.locator("#minimum_count").fill(number);
    await page.getByRole("button", { name: "Save" }).click();
    await isFine(page, /Threshold/);
  };
  for (const wrong of ["9", "ten"]) {
    await set(first, wrong);
    assert.match(await first.title(), /^Error: /);
    assert.equal(await first.locator(".nhsuk-error-summary a").getAttribute("href"), "#minimum_count");
    assert.match(await first.locator("#minimum_count-error").textContent(), /from 11 to 100/);
    assert.equal(await first.locator("#minimum_count").inputValue(), wrong);
  }
  await set(first, "15");
  assert.match(await first.locator("main").textContent(), /fewer than 15 people/);
  await set(first, "12");
  assert.match(await first.locator("main").textContent(), /Proposed: 12 instead of 15.*You proposed this/s);
  assert.equal(await first.getByRole("button", { name: /^Agree/ }).count(), 0);
  await first.goto(`${candour.base}/office`);
  await isFine(first, /Surveys/);
  assert.match(await first.locator("main").textContent(), /Needs doing.*another administrator has to agree/s);

  const second = await signedIn(browser, candour.base, "second@example.org", { viewport: SCREENS.desktop });
  assert.match(await second.locator("main").textContent(), /Needs doing.*It waits for you until/s);
  await second.getByRole("link", { name: "Look at the proposal" }).click();
  await isFine(second, /Threshold/);
  await set(second, "11");
  assert.match(await second.locator(".nhsuk-error-summary").textContent(), /proposed already/);
  await second.getByRole("button", { name: "Agree to the lower number" }).click();
  await isFine(second, /Threshold/);
  assert.match(await second.locator("main").textContent(), /fewer than 12 people/);

  await set(second, "11");
  await second.getByRole("button", { name: "Withdraw it" }).click();
  assert.doesNotMatch(await second.locator("main").textContent(), /Proposed/);
  await second.goto(`${candour.base}/office`);
  assert.doesNotMatch(await second.locator("main").textContent(), /Needs doing/);
});

test("the units stand as a tree, with how many are invited where that is many", async () => {
  const page = await signedIn(browser, candour.base, candour.email, { viewport: SCREENS.phone });
  await page.getByRole("link", { name: /^Units of/ }).click();
  await isFine(page, /Units/);
  assert.match(await page.locator("main").textContent(), /4 units/);
  assert.match(await page.locator("main ul ul").textContent(), /Birth centre MAT-1\s*Community midwifery MAT-2/);
  assert.doesNotMatch(await page.locator("main ul").first().textContent(), /invited/, "fewer than thirty are invited anywhere");
});

test("the form of national figures is whole, with mistakes and without", async () => {
  const page = await signedIn(browser, candour.base, candour.email, { viewport: SCREENS.phone });
  await page.goto(`${candour.base}/office/wres/national`);
  await isFine(page, /National figures/);
  await page.locator("#figure-1").fill("28.6");
  await page.getByRole("button", { name: "Save" }).click();
  await isFine(page, /National figures/);
  assert.equal(await page.locator(".nhsuk-error-summary a").getAttribute("href"), "#source-1");
});

test("comments are read by somebody first", async () => {
  const answered = candour.tokens.entries();
  for (const [person, token] of answered) {
    const answers = { belonging: ["agree"], comment: [`Ask <b>Sister Grey</b> on ward ${person}.`] };
    await candour.api(null, "POST", `/respond/${token}`, { answers });
  }
  for (const step of ["close", "publish"]) await candour.api(candour.hr, "POST", `/surveys/${candour.survey}/${step}`);
  const page = await signedIn(browser, candour.base, candour.email, { viewport: SCREENS.phone });
  await page.goto(`${candour.base}/office/surveys/${candour.survey}/results`);
  await page.getByRole("link", { name: "Comments", exact: true }).click();
  await isFine(page, /Comments/);
  assert.match(await page.locator("main").textContent(), /No comment can be read yet/);
  await page.getByRole("button", { name: "Review 24 comments" }).click();
  await isFine(page, /Review comments/);
  await page.getByRole("button", { name: "Save and go on" }).click();
  await isFine(page, /Review comments/);
  assert.match(await page.title(), /^Error: /);
  await page.getByLabel("Publish it without some words").check();
  await page.locator("#words").fill("Sister Black");
  await page.getByRole("button", { name: "Save and go on" }).click();
  await isFine(page, /Review comments/);
  assert.equal(await page.locator(".nhsuk-error-summary a").getAttribute("href"), "#words");
  assert.equal(await page.locator("#words").inputValue(), "Sister Black");
  await page.locator("#words").fill("sister grey");
  await page.getByRole("button", { name: "Save and go on" }).click();
  assert.match(await page.locator("h2").textContent(), /Comment 2 of 24/);
  await page.getByRole("link", { name: "Comment before" }).click();
  await isFine(page, /Review comments/);
  assert.match(await page.locator("main").textContent(), /published without some words:\s*Ask <b>\[…\]<\/b> on ward/);
  await page.getByRole("link", { name: "Next comment" }).click();
  for (let left = PEOPLE - 1; left > 0; left--) {
    await page.getByLabel("Withhold it").check();
    await page.getByRole("button", { name: "Save and go on" }).click();
  }
  await isFine(page, /Review comments/);
  assert.match(await page.locator("main").textContent(), /Every comment has been reviewed/);
  await page.getByRole("link", { name: "Read what is published" }).click();
  await isFine(page, /Comments/);
  const text = await page.locator("main").textContent();
  assert.match(text, /Read before it was shown by hr\.lead@example\.org/);
  assert.match(text, /Ask <b>\[…\]<\/b> on ward \d+\./);
  assert.equal(await page.locator("main li.candour-mail__text").count(), 1);
});

test("the HTML of all these pages is valid", () => {
  assert.ok(served.size > 20, `${served.size}`);
  assert.deepEqual(invalid(served), []);
});
