// What an administrator runs beside accounts: API clients, webhooks, retention; and what a system sees of its members.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SCREENS, invalid, isFine, served, signedIn, startBrowser, startCandour } from "./support.mjs";

const PEOPLE = 90;
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

for (const [name, viewport] of Object.entries(SCREENS)) {
  test(`clients and webhooks are made, tried and taken away: ${name}`, async () => {
    const email = `administrator.${name}@example.org`;
    await candour.newAccount(email, "organisation_administrator", "--organisation", "ZZ9");
    const page = await signedIn(browser, candour.base, email, { viewport });
    await page.goto(`${candour.base}/office/account`);
    await page.getByRole("link", { name: "API clients" }).click();
    await isFine(page, /API clients/);
    await page.getByRole("button", { name: "Make the client" }).click();
    await isFine(page, /API clients/);
    assert.match(await page.title(), /^Error: /);
    await page.locator("#name").fill("Staff system");
    await page.getByLabel("Upload workforce counts").check();
    await page.getByRole("button", { name: "Make the client" }).click();
    await isFine(page, /Client made/);
    await page.getByRole("button", { name: "I have kept it" }).click();
    await isFine(page, /API clients/);
    await page.locator("details summary").first().click();
    await isFine(page, /API clients/);
    await page.getByRole("button", { name: "Revoke for good" }).first().click();
    await isFine(page, /API clients/);

    await page.goto(`${candour.base}/office/webhooks`);
    await isFine(page, /Webhooks/);
    await page.getByLabel("Address").fill("http://localhost/");
    await page.getByRole("button", { name: "Make the webhook" }).click();
    await isFine(page, /Webhooks/);
    await page.getByLabel("Address").fill("https://hooks.example.nhs.uk/candour");
    await page.getByLabel("A release was made").check();
    await page.getByRole("button", { name: "Make the webhook" }).click();
    await isFine(page, /Webhook made/);
    await page.getByRole("button", { name: "I have kept it" }).click();
    await page.getByRole("link", { name: "hooks.example.nhs.uk" }).click();
    await page.getByRole("button", { name: "Send a test message" }).click();
    await isFine(page, /hooks\.example/);
    assert.match(await page.locator("main table").textContent(), /webhook\.ping/);
    await page.getByRole("button", { name: "Make it silent" }).click();
    await isFine(page, /hooks\.example/);
    await page.locator("details summary").click();
    await page.getByRole("button", { name: "Delete for good" }).click();
    await isFine(page, /Webhooks/);
    for (const [path, heading] of [["retention", /Retention/], ["audit-log", /Audit log/]]) {
      await page.goto(`${candour.base}/office/${path}`);
      await isFine(page, heading);
    }
  });
}

/** Everybody answers, the survey is closed and released. */
async function release(hr, survey, tokens) {
  for (const [person, token] of tokens.entries()) {
    const ethnicity = person % 10 === 0 ? "black" : person % 3 === 0 ? "asian" : "white";
    const answers = { ethnicity_group: [ethnicity], belonging: [person % 4 === 0 ? "disagree" : "agree"] };
    await candour.api(null, "POST", `/respond/${token}`, { answers });
  }
  await candour.api(hr, "POST", `/surveys/${survey}/close`);
  await candour.api(hr, "POST", `/surveys/${survey}/publish`);
}

test("a system sees what members have released, and rolls it up", async () => {
  const { api, account, platform } = candour;
  await api(platform, "POST", "/organisations", { ods: "QZ9", name: "Wickering Local Maternity and Neonatal System (fictional)" });
  await api(platform, "POST", "/organisations", { ods: "ZZ8", name: "Fenbrook Community NHS Trust (fictional)" });
  await api(platform, "PUT", "/organisations/ZZ8/units", [{ code: "MED", name: "Medicine", parent: null }, { code: "MAT-1", name: "Birth centre", parent: null }]);
  await api(platform, "PUT", "/systems/QZ9/members", { members: ["ZZ9", "ZZ8"] });
  await candour.newAccount("lead@system.example", "hr_lead", "--organisation", "QZ9");
  await candour.newAccount("viewer@system.example", "system_viewer", "--organisation", "QZ9");
  const desktop = await signedIn(browser, candour.base, "lead@system.example", { viewport: SCREENS.desktop });
  await desktop.getByRole("link", { name: /What the members/ }).click();
  await isFine(desktop, /Wickering Local Maternity/);
  await desktop.getByRole("button", { name: "Roll up" }).click();
  await isFine(desktop, /Wickering Local Maternity/);
  assert.match(await desktop.locator(".nhsuk-error-summary").textContent(), /has no release yet/);

  const before = candour.tokens;
  await release(candour.hr, candour.survey, before);
  const hr = await account("hr@fenbrook.example", "hr_lead", "--organisation", "ZZ8");
  const survey = (await api(hr, "POST", "/organisations/ZZ8/surveys", { title: "Race equality at Fenbrook" })).id;
  const people = Array.from({ length: PEOPLE }, (_, n) => ({ email: `fenbrook${n}@example.org`, unit: n % 2 ? "MED" : "MAT-1" }));
  await api(hr, "POST", `/surveys/${survey}/invitations`, people);
  await api(hr, "POST", `/surveys/${survey}/open`);
  const all = await candour.links(2 * PEOPLE);
  await release(hr, survey, all.filter((token) => !before.includes(token)));
  await desktop.goto(`${candour.base}/office/system`);
  await isFine(desktop, /Wickering Local Maternity/);
  await desktop.getByRole("button", { name: "Roll up" }).click();
  await isFine(desktop, /Wickering Local Maternity/);
  assert.match(await desktop.locator("main").textContent(), /found no answer of any of them/);

  const phone = await signedIn(browser, candour.base, "viewer@system.example", { viewport: SCREENS.phone });
  await isFine(phone, /Wickering Local Maternity/);
  assert.equal(await phone.getByRole("button", { name: /Roll up/ }).count(), 0);
  await phone.getByLabel("All members together by").selectOption("pay_band");
  await phone.getByRole("button", { name: "Show" }).click();
  await isFine(phone, /Wickering Local Maternity/);
  for (const page of [desktop, phone]) {
    await page.goto(`${candour.base}/office/system/representation`);
    await isFine(page, /Workforces against the population/);
  }

  // Members publish their workforces, one of them in the office; the population has deciles of deprivation.
  const post = async (query, body) => {
    const answer = await fetch(`${candour.base}/api/v1/populations?${query}`, { method: "POST", headers: { authorization: `Bearer ${candour.hr}`, "content-type": "text/csv" }, body });
    assert.equal(answer.status, 201, await answer.text());
  };
  await post("id=wickering&name=Wickering", "ethnic_category,people\nwhite,700\nasian,200\nblack,100\n");
  await post("id=wickering&version=IMD+2019", "deprivation_decile,people\n1,300\n2,300\n10,400\n");
  const year = new Date().getFullYear() + (new Date().getMonth() > 2 ? 1 : 0);
  const staff = (ethnic_category, deprivation_decile, headcount) => ({ pay_band: "5", staff_group: "nursing_and_midwifery", ethnic_category, deprivation_decile, headcount });
  const counts = [staff("A", "1", 60), staff("H", "1", 40), staff("A", "2", 9), staff("A", "3", 8), staff("A", "10", 120), staff("H", "10", 30)];
  for (const [token, ods] of [[candour.hr, "ZZ9"], [hr, "ZZ8"]]) await api(token, "PUT", `/organisations/${ods}/workforce/${year}-03-31`, counts);
  await api(hr, "POST", `/organisations/ZZ8/published-representation/${year}`);
  const lead = await signedIn(browser, candour.base, candour.email, { viewport: SCREENS.phone });
  await lead.goto(`${candour.base}/office/representation`);
  await isFine(lead, /Representation/);
  await lead.getByRole("link", { name: /^Published workforce/ }).click();
  await isFine(lead, /Published workforce/);
  assert.match(await lead.locator("main").textContent(), /Nothing of the workforce of 31 March \d+ is published/);
  await lead.getByRole("button", { name: "Look at what would be published" }).click();
  await isFine(lead, /Published workforce/);
  assert.match(await lead.locator("main").textContent(), /nothing is published yet/);
  await lead.getByRole("button", { name: /^Yes: publish/ }).click();
  await isFine(lead, /Published workforce/);
  assert.match(await lead.locator("main").textContent(), /From the counts that are published/);
  for (const page of [desktop, phone]) {
    await page.goto(`${candour.base}/office/system/representation?year=${year}&population=wickering`);
    await isFine(page, /Workforces against the population/);
    const decile = (table, name) => page.locator("table", { hasText: table }).locator("tr", { hasText: name }).locator("td").allTextContents();
    assert.deepEqual(await decile("All members together, by decile of deprivation", "most deprived"), ["200", "37.5 %", "30.0 %", "1.25", "+7.5 points", "−39"]);
    assert.deepEqual((await decile("All members together, by decile of deprivation", "Decile 2"))[0], "[c]");
    assert.deepEqual(await decile("Share of staff by decile of deprivation, members side by side", "Decile 10"), ["56.2 %", "56.2 %", "56.2 %", "40.0 %"]);
    assert.match(await page.locator("main").textContent(), /The population by decile: IMD 2019/);
  }
});

test("the HTML of all these pages is valid", () => {
  assert.ok(served.size > 30, `${served.size}`);
  assert.deepEqual(invalid(served), []);
});
