// An HR lead sets a survey up by its list of tasks, without JavaScript; every page on the way is accessible.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SCREENS, invalid, isFine, served, signedIn, startBrowser, startCandour } from "./support.mjs";

let candour;
let browser;
before(async () => {
  candour = await startCandour({ people: 6 });
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  candour?.stop();
});

const staffList = (text) => ({ name: "staff.csv", mimeType: "text/csv", buffer: Buffer.from(text) });

for (const [name, viewport] of Object.entries(SCREENS)) {
  test(`a survey is set up, looked at and opened: ${name}`, async () => {
    const page = await signedIn(browser, candour.base, candour.email, { viewport });
    await page.getByRole("button", { name: "New survey" }).click();
    await isFine(page);
    await page.getByLabel("Title", { exact: true }).fill("");
    await page.locator("main form button").click();
    assert.match(await page.locator(".nhsuk-error-summary").textContent(), /Write a title/);
    await isFine(page);

    await page.getByLabel("Title", { exact: true }).fill(`Race equality in ${name}`);
    await page.getByLabel("Closing date").fill("2099-03-19");
    await page.locator("main form button").click();
    assert.match(await page.locator("h1").textContent(), new RegExp(`Race equality in ${name}`));
    assert.match(await page.locator("main").textContent(), /Closes on 19 March 2099/);
    await isFine(page);
    const survey = page.url();

    await page.getByRole("link", { name: "Questionnaire" }).click();
    assert.match(await page.locator("main").textContent(), /questions, one a page/);
    await isFine(page);

    await page.goto(`${survey}/people`);
    await isFine(page);
    await page.locator('input[type="file"]').setInputFiles(staffList("email,unit\nnot-an-address,MED\nb@example.org,NOWHERE\n"));
    await page.locator("main form button").click();
    assert.match(await page.locator(".nhsuk-error-message").textContent(), /line 2, column “email”/);
    await isFine(page);

    const people = Array.from({ length: 40 }, (_, n) => `${name}${n}@example.org,${n < 36 ? "MED" : "MAT-1"},${n % 4 ? "en" : "cy"}`);
    await page.locator('input[type="file"]').setInputFiles(staffList(`email,unit,language\n${people.join("\n")}\n`));
    await page.locator("main form button").click();
    assert.match(await page.locator("main").textContent(), /New\s*40/);
    await isFine(page);
    const api = () => candour.api(candour.hr, "GET", `/surveys/${survey.split("/").pop()}/participation`);
    assert.equal((await api()).invited, 0, "looking invites nobody");
    await page.getByRole("button", { name: "Invite them" }).click();
    assert.match(await page.locator("main").textContent(), /40 people/);
    assert.equal((await api()).invited, 40);

    await page.goto(`${survey}/breakdowns`);
    assert.match(await page.locator("main").textContent(), /There is no forecast: there is no workforce snapshot yet/);
    await isFine(page);

    await page.goto(`${survey}/e-mails`);
    await page.getByLabel("Your e-mail address").fill("me@here");
    await page.locator("main form button").first().click();
    assert.ok(await page.locator(".nhsuk-error-summary").isVisible());
    await page.getByLabel("Your e-mail address").fill("me@example.org");
    await page.locator("main form button").first().click();
    assert.match(await page.locator('[role="status"]').textContent(), /The test has been sent/);
    await isFine(page);

    // Own words: looked at, kept, read as HTML, taken back. Each page is in the navigation of the survey's e-mails.
    const words = { opening: "Annwyl gydweithiwr,\n\nMae {organisation} yn gofyn i bawb.", closing: "Cofion, y rhwydwaith staff" };
    await page.getByRole("link", { name: "Change the words of the Invitation in Welsh" }).click();
    await isFine(page);
    await page.getByLabel("Subject").fill("{nobody}: eich llais");
    await page.getByLabel("Opening").fill(words.opening);
    await page.getByRole("button", { name: "Keep these words" }).click();
    assert.match(await page.locator(".nhsuk-error-summary").textContent(), /Subject: \{nobody\} stands for nothing/);
    assert.equal(await page.getByLabel("Opening").inputValue(), words.opening, "what was typed is still there");
    await isFine(page);
    await page.getByLabel("Subject").fill("{survey}: eich llais");
    await page.getByLabel("Closing").fill(words.closing);
    await page.getByRole("button", { name: "Preview" }).click();
    const preview = page.locator('section[role="status"]');
    assert.match(await preview.textContent(), new RegExp(`Race equality in ${name}: eich llais[\\s\\S]*Mae Wickering[\\s\\S]*Cofion`));
    await isFine(page);
    const kept = await candour.api(candour.hr, "GET", "/organisations/ZZ9/mail-templates");
    assert.deepEqual(kept, { invitation: {}, reminder: {} }, "looking keeps nothing");
    await page.getByRole("button", { name: "Keep these words" }).click();
    assert.match(await page.locator('[role="status"]').textContent(), /The words have been changed/);
    assert.match(await page.locator("main").textContent(), /In your own words\.[\s\S]*eich llais/);
    await isFine(page);
    await page.getByRole("link", { name: "Read the HTML of the Invitation in Welsh" }).click();
    assert.match(await page.locator("body").textContent(), /Annwyl gydweithiwr[\s\S]*\/s\/[\s\S]*Cofion/);
    await isFine(page);
    await page.goBack();
    await page.getByRole("link", { name: "Change the words of the Invitation in Welsh" }).click();
    await page.getByRole("button", { name: "Back to Candour’s words" }).click();
    assert.ok(!(await page.locator("main").textContent()).includes("eich llais"));

    await page.goto(`${survey}/details`);
    await page.getByLabel("Closing date").fill("2001-01-01");
    await page.locator("main form button").click();
    assert.ok(await page.locator(".nhsuk-error-summary").isVisible());
    await isFine(page);

    await page.goto(survey);
    await page.getByRole("button", { name: "Open the survey" }).click();
    assert.match(await page.locator("main").textContent(), /Everybody invited gets an e-mail/);
    await page.getByRole("button", { name: "Yes: open the survey" }).click();
    assert.match(await page.locator("h1").textContent(), /Survey, open/);
    await isFine(page);
    await page.getByRole("button", { name: "Send reminders" }).click();
    await isFine(page);
    await page.getByRole("button", { name: "Yes: send reminders" }).click();
    // Right after opening it is too early, which the page says; the survey is as it was.
    assert.match(await page.locator("main").textContent(), /remind/i);
    await isFine(page);
    await page.context().close();
  });
}

test("the forecast says what units will show, and which merged would show more", async () => {
  const staff = (unit, ethnic_category, headcount) => ({ unit, pay_band: "5", staff_group: "nursing_and_midwifery", ethnic_category, headcount });
  const workforce = [staff("MED", "A", 100), staff("MED", "H", 60), staff("MAT-1", "A", 20), staff("MAT-1", "N", 12), staff("MAT-2", "A", 18), staff("MAT-2", "N", 14)];
  await candour.api(candour.hr, "PUT", "/organisations/ZZ9/workforce/2026-03-31", workforce);
  for (const viewport of Object.values(SCREENS)) {
    const page = await signedIn(browser, candour.base, candour.email, { viewport });
    await page.goto(`${candour.base}/office/surveys/${candour.survey}/breakdowns?response=50`);
    const text = await page.locator("main").textContent();
    assert.match(text, /At 50 % response, 1 of 3 units will show results by ethnicity/);
    assert.match(text, /Merging small units with their neighbours gives 2 by ethnicity/);
    assert.match(text, /Birth centre, Community midwifery \(in Maternity\)/);
    await isFine(page);
    await page.getByLabel("Response, in percent").fill("95");
    await page.locator("main form button").click();
    assert.match(await page.locator("main").textContent(), /At 95 % response, 3 of 3 units/);
    await page.context().close();
  }
});

test("workforce and units are looked at before they are kept", async () => {
  const viewport = SCREENS.phone;
  await candour.newAccount("administrator@example.org", "organisation_administrator", "--organisation", "ZZ9");
  const file = (name, text) => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
  const page = await signedIn(browser, candour.base, candour.email, { viewport });
  await page.goto(`${candour.base}/office/workforce`);
  await isFine(page);
  await page.getByLabel("Day of the snapshot").fill("2027-03-31");
  const upload = async (text, button) => {
    await page.locator('input[type="file"]').setInputFiles(file("workforce.csv", text));
    await page.getByRole("button", { name: button }).click();
  };
  const heading = "organisation,pay_band,staff_group,ethnic_category,headcount,unit\n";
  await upload(`${heading}ZZ9,5,nursing_and_midwifery,nonsense,12,MED\n`, "Look at the file");
  assert.match(await page.locator(".nhsuk-error-message").textContent(), /line 2, column “ethnic_category”/);
  await isFine(page);
  await upload(`${heading}RYY,5,nursing_and_midwifery,A,12,MED\n`, "Look at the file");
  assert.match(await page.locator(".nhsuk-error-message").textContent(), /The file holds staff of RYY/);
  await upload(`${heading}ZZ9,5,nursing_and_midwifery,A,12,MED\nZZ9,6,nursing_and_midwifery,N,7,MED\n`, "Look at the file");
  assert.match(await page.locator("main").textContent(), /Staff\s*19[\s\S]*Minority ethnic\s*7/);
  await isFine(page);
  await assert.rejects(candour.api(candour.hr, "GET", "/organisations/ZZ9/workforce/2027-03-31"), /404/);
  await page.getByRole("button", { name: "Keep it" }).click();
  assert.equal((await candour.api(candour.hr, "GET", "/organisations/ZZ9/workforce/2027-03-31")).people, 19);
  await page.goto(`${candour.base}/office/units`);
  assert.match(await page.locator("h1").textContent(), /Page not found/, "units are the administrator's");
  await page.context().close();

  const administrator = await signedIn(browser, candour.base, "administrator@example.org", { viewport });
  await administrator.goto(`${candour.base}/office/units`);
  await isFine(administrator);
  await administrator.locator('input[type="file"]').setInputFiles(file("units.csv", "code,name,parent\nMED,Medical division,\nNEW,New ward,MED\n"));
  await administrator.getByRole("button", { name: "Look at the file" }).click();
  assert.match(await administrator.locator("main").textContent(), /New\s*1\s*Renamed or moved\s*1\s*No longer there\s*3/);
  await isFine(administrator);
  await administrator.getByRole("button", { name: "Keep it" }).click();
  const units = (await candour.api(candour.hr, "GET", "/organisations/ZZ9")).units;
  assert.deepEqual(units.map((unit) => unit.name), ["Medical division", "New ward"]);
  await administrator.context().close();
});

test("the HTML of each page is valid", () => {
  assert.ok(served.size > 30, `${served.size}`);
  assert.deepEqual(invalid(served), []);
});
