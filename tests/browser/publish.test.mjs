// After the release: the published page in both languages, and the action plan.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startRelease } from "./release.mjs";
import { SCREENS, invalid, isFine, newPage, served, startBrowser } from "./support.mjs";

let release;
let browser;
before(async () => {
  release = await startRelease({ staff: 250 });
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  release?.stop();
});

const PHONE = { viewport: SCREENS.phone };

test("a trust publishes what it heard and does, and takes it back", async () => {
  const office = await release.page(browser, PHONE);
  const address = `${release.base}/published/${release.summary.release.survey}`;
  const reader = await newPage(browser, release.base, PHONE);
  assert.equal((await reader.goto(address)).status(), 404);
  await isFine(reader);

  await office.goto(release.results.replace(/results$/, "published"));
  await isFine(office);
  await office.getByLabel("What we heard, in English").fill("Many of you were harassed.\n\n<b>Few</b> reported it.");
  await office.getByLabel("What we do, in English").fill("Every manager is trained by June.");
  await office.getByRole("button", { name: "Save", exact: true }).click();
  assert.equal((await reader.goto(address)).status(), 404, "saving does not publish");
  await office.getByRole("button", { name: "Save and publish" }).click();
  assert.match(await office.locator("main").textContent(), /The page is public/);
  await isFine(office);

  for (const [query, heading, language] of [["", /What we heard/, "en"], ["?lang=cy", /Yr hyn a glywsom/, "cy"]]) {
    assert.equal((await reader.goto(address + query)).status(), 200);
    assert.equal(await reader.locator("html").getAttribute("lang"), language);
    const text = await reader.locator("main").textContent();
    assert.match(text, heading);
    assert.match(text, /<b>Few<\/b> reported it/, "words are never markup");
    assert.ok((await reader.locator("main table").count()) >= 4);
    await isFine(reader);
  }
  await reader.goto(address);
  const shown = await reader.locator("main td").allTextContents();
  const results = await release.page(browser);
  await results.goto(release.results);
  const office_cells = new Set((await results.locator(".candour-headline td").allTextContents()).map((cell) => cell.trim()));
  for (const cell of shown.filter((cell) => /^\d+\.\d %$/.test(cell.trim()))) {
    assert.ok(office_cells.has(cell.trim()), `${cell} is not a figure of the release's own page`);
  }

  await office.getByRole("button", { name: "Take the page back" }).click();
  assert.equal((await reader.goto(address)).status(), 404);
});

test("an action is planned, changed, downloaded and taken out", async () => {
  const page = await release.page(browser, PHONE);
  await page.goto(`${release.base}/office/actions`);
  await isFine(page);
  await page.getByRole("button", { name: "New action" }).click();
  await isFine(page);
  await page.locator("main form button").click();
  assert.match(await page.locator(".nhsuk-error-summary").textContent(), /Say what is done/);
  await isFine(page);
  await page.getByLabel("What is done").fill("=Train every line manager");
  await page.getByLabel("Prong of the pledge").selectOption("support_staff");
  await page.getByLabel("Indicator that should move").selectOption("wres6");
  await page.getByLabel("Owner").fill("Director of Midwifery");
  await page.getByLabel("Due date").fill("2020-06-30");
  await page.locator("main form button").click();
  const text = await page.locator("main").textContent();
  assert.match(text, /Overdue/);
  assert.match(text, /Due\s*30 June 2020/);
  assert.match(text, /\d{4}: ([+−][\d.]+ points|\[c\])/, "the indicator's own figures stand beside it");
  await isFine(page);

  const file = await page.request.get(`${release.base}/office/actions.csv`);
  const lines = (await file.text()).trim().split("\r\n");
  assert.equal(lines.length, 2);
  assert.match(lines[1], /^'=Train every line manager,Support maternity and neonatal staff,wres6,Director of Midwifery,2020-06-30,Planned,/);

  await page.getByRole("link", { name: /Change/ }).click();
  await page.getByLabel("Status").selectOption("done");
  await page.getByLabel("Evidence").fill("94 of 97 trained");
  await page.getByRole("button", { name: "Save" }).click();
  assert.doesNotMatch(await page.locator("main").textContent(), /Overdue/);
  await page.getByRole("link", { name: /Change/ }).click();
  await page.getByRole("link", { name: "Take it out of the plan" }).click();
  await isFine(page);
  await page.getByRole("button", { name: "Yes: take it out" }).click();
  assert.match(await page.locator("main").textContent(), /There is no action yet/);
});

test("figures of the whole country are entered, each mistake at its own field, and stand beside the trust's own", async () => {
  const page = await release.page(browser, PHONE);
  await page.goto(`${release.base}/office/wres`);
  await page.getByRole("link", { name: /Enter national figures of \d{4}/ }).click();
  await isFine(page);
  await page.locator("#figure-1").fill("a quarter");
  await page.locator("#source-1").fill("NHS England");
  await page.locator("#figure-5").fill("28.6");
  await page.locator("#source-6").fill("NHS England");
  await page.locator("#figure-7").fill("286");
  await page.locator("#source-7").fill("NHS England");
  await page.getByRole("button", { name: "Save" }).click();
  await isFine(page);
  assert.match(await page.title(), /^Error: /);
  const links = await page.locator(".nhsuk-error-summary a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  assert.deepEqual(links, ["#figure-1", "#source-5", "#figure-6", "#figure-7"]);
  for (const link of links) assert.equal(await page.locator(`${link}-error`).count(), 1);
  assert.equal(await page.locator("#figure-1").inputValue(), "a quarter");

  await page.locator("#figure-1").fill("28.6 %");
  await page.locator("#source-5").fill("NHS Staff Survey 2025 <script>");
  await page.locator("#source-6").fill("");
  await page.locator("#figure-7").fill("");
  await page.locator("#source-7").fill("");
  await page.locator("#figure-9").fill("-11.5");
  await page.locator("#source-9").fill("NHS England, WRES 2025");
  await page.getByRole("button", { name: "Save" }).click();
  await isFine(page);
  const line = (number) => page.locator(`section[aria-labelledby=indicator-${number}] tr`, { hasText: "nationally" });
  assert.match(await line(1).textContent(), /All staff, nationally–28\.6 %–/);
  assert.match(await line(5).textContent(), /\d{4}, nationally–28\.6 %––/);
  assert.match(await line(9).textContent(), /\d{4}, nationallyall members−11\.5 points/);
  assert.equal(await line(6).count(), 0);
  assert.match(await page.locator("section[aria-labelledby=indicator-5]").textContent(), /National figure of \d{4}: NHS Staff Survey 2025 <script>/);

  await page.getByRole("link", { name: /Enter national figures/ }).click();
  assert.equal(await page.locator("#figure-9").inputValue(), "-11.5");
  for (const field of await page.locator("main input[type=text]").all()) await field.fill("");
  await page.getByRole("button", { name: "Save" }).click();
  assert.equal(await page.locator("main tr", { hasText: "nationally" }).count(), 0);
});

test("the HTML of each page is valid", () => {
  assert.ok(served.size > 20, `${served.size}`);
  assert.deepEqual(invalid(served), []);
});
