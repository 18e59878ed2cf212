// The whole way of a survey in one story, as an HR lead, a member of staff and a reader see it: set up, open, answer, close,
// publish, download, publish the page, plan an action. Without JavaScript, on a phone; each page on the way is looked at.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { SCREENS, invalid, isFine, newPage, served, signedIn, startBrowser, startCandour } from "./support.mjs";

const INVITED = 60;
const OTHERS = 6; // people of the survey that every test begins with
let candour;
let browser;
before(async () => {
  candour = await startCandour({ people: OTHERS });
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  candour?.stop();
});

const PHONE = { viewport: SCREENS.phone };
const text = (page) => page.locator("main").textContent();
/** Follows a link or presses a button, and looks at where it leads. */
async function follow(page, role, name, heading) {
  await page.getByRole(role, { name }).first().click();
  await isFine(page, heading);
}

/** A member of staff answers in Chromium, one question a page, until the receipt. */
async function answerOn(page, link) {
  await page.goto(link);
  await isFine(page);
  await page.locator("main a.nhsuk-button").first().click();
  for (let questions = 0; page.url().includes("/question/"); questions += 1) {
    assert.ok(questions < 120, "the form does not end");
    if (questions < 3) await isFine(page);
    const choice = page.locator('input[type="radio"], input[type="checkbox"]').first();
    if (await choice.count()) await choice.check();
    else await page.locator("textarea").fill("The staff network has helped.");
    await page.locator("form[novalidate] button:not([name])").click();
  }
  await isFine(page);
  await page.locator('form[action*="/submit"] button').click();
  await page.locator(".candour-receipt").waitFor();
  await isFine(page);
}

test("from a new survey to an action, and what everybody sees of it", async () => {
  const lead = await signedIn(browser, candour.base, candour.email, PHONE);
  await isFine(lead, /Wickering/);

  // Set up.
  await follow(lead, "button", "New survey", /survey/i);
  await lead.getByLabel("Title", { exact: true }).fill("Race equality, the whole way");
  await lead.getByLabel("Closing date").fill("2099-03-19");
  await lead.locator("main form button").click();
  await isFine(lead, /the whole way/);
  const survey = lead.url();
  await lead.goto(`${survey}/people`);
  const list = Array.from({ length: INVITED }, (_, n) => `journey${n}@example.org,${n % 2 ? "MED" : "MAT-1"}`);
  await lead.locator('input[type="file"]').setInputFiles({ name: "staff.csv", mimeType: "text/csv", buffer: Buffer.from(`email,unit\n${list.join("\n")}\n`) });
  await lead.getByRole("button", { name: "Look" }).or(lead.locator("main form button")).first().click();
  await isFine(lead, /Check who is asked/);
  await follow(lead, "button", "Invite them", /the whole way/);

  // Open.
  await follow(lead, "button", "Open the survey", /the whole way/);
  await follow(lead, "button", "Yes: open the survey", /Survey, open/);
  const links = (await candour.links(OTHERS + INVITED)).filter((token) => !candour.tokens.includes(token));
  assert.equal(links.length, INVITED);
  await lead.goto(`${survey}/results`);
  assert.match(await lead.locator("h1").textContent(), /not found|not possible|open/i, "nothing is seen while it is open");

  // Answer: two in Chromium, one of them in Welsh, the others as programs do.
  const [english, welsh, ...others] = links;
  const staff = await newPage(browser, candour.base, PHONE);
  await answerOn(staff, `${candour.base}/s/${english}`);
  await answerOn(staff, `${candour.base}/s/${welsh}?lang=cy`);
  assert.equal(await staff.locator("html").getAttribute("lang"), "cy");
  for (const [person, token] of others.slice(0, 50).entries()) {
    const answers = { ethnicity_group: [person % 3 ? "white" : "asian"], belonging: [person % 4 ? "agree" : "disagree"], respected_by_colleagues: [person % 5 ? "agree" : "neither"] };
    await candour.api(null, "POST", `/respond/${token}`, { answers });
  }
  await lead.goto(survey);
  await isFine(lead, /Survey, open/);
  assert.match(await text(lead), /in steps of 11/);

  // Close and publish; each asks once.
  await follow(lead, "button", "Close the survey", /Survey, open/);
  await follow(lead, "button", "Yes: close the survey", /Survey, closed/);
  await lead.locator("main a.nhsuk-button").first().click();
  await isFine(lead, /Survey, closed/);
  await lead.getByRole("button", { name: /^Yes:/ }).click();
  await isFine(lead, /Results/);
  assert.match(await text(lead), /52/);

  // Download.
  await follow(lead, "link", /Download the results/, /Download/);
  const archive = await lead.request.get(`${survey}/release.zip`);
  assert.equal(archive.status(), 200);
  const folder = mkdtempSync(join(tmpdir(), "candour-journey-"));
  writeFileSync(join(folder, "release.zip"), await archive.body());
  const names = execFileSync("unzip", ["-Z1", join(folder, "release.zip")], { encoding: "utf8" });
  for (const name of ["results.xlsx", "results.ods", "audit.json"]) assert.ok(names.includes(name), names);
  rmSync(folder, { recursive: true });

  // Publish the page, in both languages.
  await lead.goto(`${survey}/published`);
  await lead.getByLabel("What we heard, in English").fill("Four of five of you belong here.");
  await lead.getByLabel("What we do, in English").fill("We ask the fifth what is missing.");
  await lead.getByLabel("What we heard, in Welsh").fill("Mae pedwar o bob pump yn perthyn yma.");
  await lead.getByRole("button", { name: "Save and publish" }).click();
  await isFine(lead);
  const address = `${candour.base}/published/${survey.split("/").pop()}`;
  for (const [query, heard, language] of [["", /Four of five/, "en"], ["?lang=cy", /pedwar o bob pump/, "cy"]]) {
    assert.equal((await staff.goto(address + query)).status(), 200);
    await isFine(staff);
    assert.match(await text(staff), heard);
    assert.equal(await staff.locator("html").getAttribute("lang"), language);
  }

  // An action.
  await lead.goto(`${candour.base}/office/actions`);
  await follow(lead, "button", "New action", /action/i);
  await lead.getByLabel("What is done").fill("Ask the fifth what is missing");
  await lead.getByLabel("Owner").fill("Director of Midwifery");
  await lead.getByRole("button", { name: "Save" }).click();
  await isFine(lead, /Action plan/);
  assert.match(await text(lead), /Ask the fifth what is missing/);
});

test("the HTML of each page is valid", () => {
  assert.ok(served.size > 60, `${served.size}`);
  assert.deepEqual(invalid(served), []);
});
