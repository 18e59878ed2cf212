// Writes the pictures of README.md and docs/ into docs/screens/, from the demo's fictional trust: each at the size of a
// desk, and the pages for people on their feet at the size of a phone too.
import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { startRelease } from "./release.mjs";
import { PASSWORD, startBrowser, until } from "./support.mjs";

const FOLDER = new URL("../../docs/screens/", import.meta.url).pathname;
const DESK = { viewport: { width: 1000, height: 760 } };
const PHONE = { viewport: { width: 390, height: 760 } };

mkdirSync(FOLDER, { recursive: true });
const release = await startRelease({ staff: Number(process.env.STAFF ?? 4000) });
const browser = await startBrowser();
const take = (page, name) => page.screenshot({ path: `${FOLDER}${name}.png` });
const beside = (name) => release.results.replace(/results$/, name);
const office = (name) => `${release.base}/office/${name}`;

/** What a trust writes: the words of its public page, and two actions. */
async function write(page) {
  await page.goto(beside("published"));
  await page.getByLabel("What we heard, in English").fill("One in five of you was harassed, bullied or abused by a colleague in the last year. Minority ethnic staff were more often, and reported it less.");
  await page.getByLabel("What we do, in English").fill("Every line manager is trained to act on reports of racism by June.\n\nReports can be made to a guardian outside your own unit from April.");
  await page.getByLabel("What we heard, in Welsh").fill("Cafodd un o bob pump ohonoch eich aflonyddu, eich bwlio neu eich cam-drin gan gydweithiwr y llynedd.");
  await page.getByRole("button", { name: "Save and publish" }).click();
  const actions = [
    ["Train every line manager to act on reports of racism", "wres6", "Director of Midwifery", "2027-06-30", "under_way", "58 of 97 managers trained"],
    ["Panels with at least one member from outside the unit for every post at band 7 and above", "wres2", "Head of recruitment", "2027-09-30", "planned", ""],
  ];
  for (const [action, indicator, owner, due, status, evidence] of actions) {
    await page.goto(office("actions/new"));
    await page.getByLabel("What is done").fill(action);
    await page.getByLabel("Prong of the pledge").selectOption("support_staff");
    await page.getByLabel("Indicator that should move").selectOption(indicator);
    await page.getByLabel("Owner").fill(owner);
    await page.getByLabel("Due date").fill(due);
    await page.getByLabel("Status").selectOption(status);
    await page.getByLabel("Evidence").fill(evidence);
    await page.getByRole("button", { name: "Save" }).click();
  }
  await page.goto(office("surveys/new"));
  await page.getByLabel("Title", { exact: true }).fill("Race equality at work 2028");
  await page.getByLabel("Closing date").fill("2028-03-17");
  await page.locator("main form button").click();
  return page.url();
}

/** A system of the demo's trust and a smaller one, rolled up. */
async function system() {
  const api = async (token, method, path, body) => {
    const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
    const answer = await fetch(`${release.base}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.status === 204 ? null : answer.json();
  };
  const account = async (email, role, ...organisation) => {
    await release.newAccount(email, role, ...organisation);
    return (await api(null, "POST", "/auth/token", { email, password: PASSWORD })).access_token;
  };
  const platform = await account("platform@wickering.example", "platform_administrator");
  await api(platform, "POST", "/organisations", { ods: "QZ9", name: "Wickering Local Maternity and Neonatal System (fictional)" });
  await api(platform, "POST", "/organisations", { ods: "ZZ8", name: "Fenbrook Community NHS Trust (fictional)" });
  await api(platform, "PUT", "/organisations/ZZ8/units", [{ code: "MED", name: "Medicine", parent: null }, { code: "MAT", name: "Maternity", parent: null }]);
  await api(platform, "PUT", "/systems/QZ9/members", { members: ["ZZ9", "ZZ8"] });
  const hr = await account("hr@fenbrook.example", "hr_lead", "--organisation", "ZZ8");
  const survey = (await api(hr, "POST", "/organisations/ZZ8/surveys", { title: "Race equality at Fenbrook 2027" })).id;
  const people = Array.from({ length: 240 }, (_, n) => ({ email: `fenbrook${n}@example.org`, unit: n % 2 ? "MED" : "MAT" }));
  await api(hr, "POST", `/surveys/${survey}/invitations`, people);
  await api(hr, "POST", `/surveys/${survey}/open`);
  const mails = () => readdirSync(release.mail).map((file) => readFileSync(`${release.mail}/${file}`, "utf8").replaceAll("=\r\n", "")).filter((text) => text.includes("fenbrook"));
  await until(() => mails().length >= people.length);
  const groups = ["white", "white", "white", "asian", "white", "black", "white", "white", "asian", "white", "mixed", "white"];
  const likert = ["agree", "strongly_agree", "agree", "neither", "disagree", "agree", "strongly_agree"];
  for (const [person, text] of mails().entries()) {
    const answers = { ethnicity_group: [groups[person % 12]], belonging: [likert[person % 7]], respected_by_colleagues: [likert[(person + 3) % 7]] };
    await api(null, "POST", `/respond/${text.match(/\/s\/([A-Za-z0-9_-]+)/)[1]}`, { answers });
  }
  await api(hr, "POST", `/surveys/${survey}/close`);
  await api(hr, "POST", `/surveys/${survey}/publish`);
  const lead = await account("lead@system.example", "hr_lead", "--organisation", "QZ9");
  await api(lead, "POST", "/systems/QZ9/release");
  await release.newAccount("administrator@wickering.example", "organisation_administrator", "--organisation", "ZZ9");
}

try {
  const staff = await browser.newPage(DESK);
  await staff.goto(await release.staffLink());
  await staff.locator("main a.nhsuk-button").first().click();
  await take(staff, "staff-question");
  await staff.goto(staff.url().includes("?") ? `${staff.url()}&lang=cy` : `${staff.url()}?lang=cy`);
  await take(staff, "staff-question-welsh");

  const desk = await release.page(browser, DESK);
  const draft = await write(desk);
  const pages = {
    home: office("").replace(/\/$/, ""),
    tasks: draft,
    breakdowns: `${draft}/breakdowns?response=55`,
    mails: `${draft}/e-mails`,
    people: `${draft}/people`,
    results: release.results,
    question: `${release.results}/belonging`,
    differences: beside("differences"),
    "heat-map": beside("heat-map"),
    trend: beside("trend"),
    respondents: beside("respondents"),
    downloads: beside("downloads"),
    representation: office("representation?parity_in=10&turnover=12"),
    wres: office("wres"),
    actions: office("actions"),
    published: `${release.base}/published/${release.summary.release.survey}`,
  };
  const phone = await release.page(browser, PHONE);
  for (const [name, address] of Object.entries(pages)) {
    await desk.goto(address);
    await take(desk, name);
    await phone.goto(address);
    await take(phone, `${name}-phone`);
  }

  await system();
  const others = {
    "lead@system.example": { system: office("system?question=belonging"), "system-together": office("system?question=belonging#together") },
    "administrator@wickering.example": { clients: office("clients"), webhooks: office("webhooks"), retention: office("retention"), "audit-log": office("audit-log") },
  };
  for (const [email, theirs] of Object.entries(others)) {
    const [large, small] = [await release.page(browser, DESK, email), await release.page(browser, PHONE, email)];
    for (const [name, address] of Object.entries(theirs)) {
      await large.goto(address);
      await take(large, name);
      await small.goto(address);
      await take(small, `${name}-phone`);
    }
  }
} finally {
  await browser.close();
  release.stop();
}
