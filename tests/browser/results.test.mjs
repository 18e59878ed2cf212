// The office after a release: results, questions, representation and the files to download.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startRelease } from "./release.mjs";
import { SCREENS, invalid, isFine, served, startBrowser } from "./support.mjs";

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

for (const [name, viewport] of Object.entries(SCREENS)) {
  test(`every page of the report is accessible: ${name}`, async () => {
    const page = await release.page(browser, { viewport });
    const pages = [
      release.results.replace(/\/results$/, ""),
      release.results,
      `${release.results}/harassed_by_staff`,
      `${release.results}/discrimination_grounds?by=unit`,
      `${release.results.replace(/results$/, "differences")}`,
      `${release.results.replace(/results$/, "heat-map")}`,
      `${release.results.replace(/results$/, "heat-map")}?section=2`,
      `${release.results.replace(/results$/, "trend")}`,
      `${release.results.replace(/results$/, "respondents")}`,
      `${release.results.replace(/results$/, "downloads")}`,
      `${release.base}/office/representation`,
      `${release.base}/office/representation?parity_in=10&turnover=12`,
      `${release.base}/office/representation/published`,
      `${release.base}/office/representation/published?preview=true`,
      `${release.base}/office/wres`,
      `${release.base}/office/wres?variant=medical`,
      `${release.base}/office`,
      `${release.base}/office/surveys/0000`,
    ];
    for (const address of pages) {
      await page.goto(address);
      await isFine(page);
    }
  });
}

test("participation day by day is drawn, and stands in a table", async () => {
  const page = await release.page(browser);
  await page.goto(release.results.replace(/\/results$/, ""));
  const line = await page.locator(".candour-chart__line").getAttribute("d");
  const rows = page.locator("details tbody tr");
  assert.equal(await rows.first().isVisible(), false);
  await page.getByText("Participation by day").first().click();
  assert.equal(await rows.first().isVisible(), true);
  const answered = (await rows.locator("td:nth-child(2)").allTextContents()).map((text) => Number(text.match(/^at least (\d+)$/)[1]));
  assert.equal(line.match(/V/g).length, answered.length - 1, "a step for each day but the first");
  assert.deepEqual(answered, answered.toSorted((one, other) => other - one));
  assert.deepEqual(answered.filter((people) => people % 11 > 0), [], "only steps");
});

test("the results say how many took part, and what is withheld", async () => {
  const page = await release.page(browser);
  await page.goto(release.results);
  const text = await page.locator("main").textContent();
  assert.match(text, new RegExp(`Took part\\s*${release.summary.responses}|${release.summary.responses}\\s*Took part`));
  assert.match(text, /\[c\] stands for a figure that is withheld/);
  assert.ok((await page.locator("td", { hasText: "[c]" }).count()) > 0);
  for (const picture of await page.locator("svg[role=img]").all()) {
    assert.doesNotMatch(await picture.getAttribute("aria-label"), /\[c\]|\d+ %/);
  }
});

test("a question offers the groups that the release holds, and says so where it holds none", async () => {
  const page = await release.page(browser);
  await page.goto(`${release.results}/belonging`);
  await page.locator("#by").selectOption("pay_band");
  await page.locator("main form button").click();
  assert.match(await page.locator("h2").first().textContent(), /By pay band/);
  assert.ok((await page.locator('#within optgroup[label="Ethnicity"]').count()) === 1);
  assert.equal(await page.locator('#within optgroup[label="Staff group"]').count(), 0);

  await page.goto(`${release.results}/belonging?by=ethnicity`);
  const inside = await page.locator('#within optgroup[label="Staff group"] option').first().getAttribute("value");
  await page.goto(`${release.results}/belonging?by=pay_band&within=${inside}`);
  assert.match(await page.locator("main").textContent(), /This release holds no results by pay band inside/);
  await page.goto(`${release.results}/belonging?by=pay_band&within=nonsense`);
  assert.match(await page.locator("main").textContent(), /There is no such group/i);
});

test("the file for spreadsheets has no number where a figure is withheld", async () => {
  const page = await release.page(browser);
  const answer = await page.request.get(`${release.results}.csv?by=ethnicity`);
  assert.equal(answer.status(), 200);
  assert.match(answer.headers()["content-type"], /text\/csv/);
  const [head, ...rows] = (await answer.text()).trim().split("\r\n");
  assert.match(head, /^question,question_text,ethnicity,ethnicity_name,respondents,answer,/);
  assert.ok(rows.length > 1000, `${rows.length} rows`);
  for (const row of rows.filter((row) => /,\[c\],\[c\],/.test(row))) {
    assert.match(row, /,\[c\],\[c\],\[c\],(\[z\],\[z\]|\[c\],\[c\])$/);
  }
});

test("every report is whole on paper, and has nothing on it that can only be clicked", async () => {
  const page = await release.page(browser);
  const beside = (name) => release.results.replace(/results$/, name);
  const office = (name) => `${release.base}/office/${name}`;
  const reports = [release.results, `${release.results}/belonging`, beside("differences"), beside("heat-map"), beside("trend"), beside("respondents"), office("representation"), office("wres"), office("actions")];
  await page.emulateMedia({ media: "print" });
  for (const address of reports) {
    // A4 without margins of 1 cm, at 96 dots an inch; the heat map lies on its side.
    const wide = address.endsWith("heat-map");
    await page.setViewportSize(wide ? { width: 1047, height: 718 } : { width: 718, height: 1047 });
    await page.goto(address);
    const clickable = await page.locator("main button, main select, nav a, .nhsuk-skip-link").evaluateAll((parts) => parts.filter((part) => part.checkVisibility()).length);
    assert.equal(clickable, 0, `${address} has ${clickable} things to click on paper`);
    const cut = await page.locator("main table, main svg").evaluateAll((parts) => parts.filter((part) => part.getBoundingClientRect().right > window.innerWidth + 1).map((part) => part.getBoundingClientRect().right));
    assert.deepEqual(cut, [], `${address} is cut off on paper`);
    const pdf = (await page.pdf({ format: "A4", preferCSSPageSize: true, margin: { top: "1cm", bottom: "1cm", left: "1cm", right: "1cm" } })).toString("latin1");
    const [, width, height] = pdf.match(/\/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]/);
    assert.equal(Number(width) > Number(height), wide, `${address} is ${width} by ${height}`);
  }
});

test("the HTML of each page is valid", () => {
  assert.ok(served.size > 30, `${served.size}`);
  assert.deepEqual(invalid(served), []);
});
