// Writes the pictures of README.md and docs/ into docs/screens/, from the demo's fictional trust: every page at the size of
// a desk and at that of a phone. NAMES=policy,wres takes only those.
import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { startRelease } from "./release.mjs";
import { PASSWORD, code, newPage, signIn, startBrowser, until } from "./support.mjs";

const FOLDER = new URL("../../docs/screens/", import.meta.url).pathname;
const SIZES = { "": { width: 1000, height: 760 }, "-phone": { width: 390, height: 760 } };
const DESK = { viewport: SIZES[""] };
const NAMES = process.env.NAMES?.split(",");
/** The year to 31 March in which today lies. */
const YEAR = new Date().getFullYear() + (new Date().getMonth() > 2 ? 1 : 0);

mkdirSync(FOLDER, { recursive: true });
const release = await startRelease({ staff: Number(process.env.STAFF ?? 4000) });
const browser = await startBrowser();
/** Takes the page as it stands, at both sizes: what is seen at first, or the whole of it. */
async function take(page, name, fullPage = Boolean(process.env.WHOLE)) {
  if (NAMES && !NAMES.includes(name)) return;
  await page.waitForLoadState();
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    await page.screenshot({ path: `${FOLDER}${name}${size}.png`, fullPage });
  }
  await page.setViewportSize(SIZES[""]);
}
const press = (page, name) => page.getByRole("button", { name }).first().click();
const csv = (name, ...lines) => ({ name, mimeType: "text/csv", buffer: Buffer.from(`${lines.join("\n")}\n`) });
const beside = (name) => release.results.replace(/results$/, name);
const office = (name) => `${release.base}/office/${name}`;
const survey = release.summary.release.survey;
/** The demo's survey that is not closed yet. */
const OPEN = "Race equality at work: try the form";

async function api(token, method, path, body) {
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  const answer = await fetch(`${release.base}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.status === 204 ? null : answer.json();
}

async function account(email, role, ...organisation) {
  await release.newAccount(email, role, ...organisation);
  return (await api(null, "POST", "/auth/token", { email, password: PASSWORD })).access_token;
}

/** What a trust writes: the words of its public page, two actions, national figures, a survey to set up. */
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
  await page.goto(office(`wres/national?year=${YEAR}`));
  for (const [indicator, figure] of [[1, "28.6"], [2, "1.62"], [3, "1.09"], [5, "27.8"], [6, "24.9"], [7, "49.3"], [8, "15.5"], [9, "-11.5"]]) {
    await page.locator(`#figure-${indicator}`).fill(figure);
    await page.locator(`#source-${indicator}`).fill("Made up for the demo");
  }
  await page.getByRole("button", { name: "Save" }).click();
  await page.goto(beside("comments/review"));
  await page.getByLabel(/^Publish it as it is/).or(page.locator('input[type="radio"]')).first().check();
  await page.getByRole("button", { name: "Save and go on" }).click();
  await page.goto(office("surveys/new"));
  await page.getByLabel("Title", { exact: true }).fill("Race equality at work 2028");
  await page.getByLabel("Closing date").fill("2028-03-17");
  await page.locator("main form button").click();
  return page.url();
}

const CHAIN = [["white_british", 61], ["asian_indian", 21], ["black_african", 14], ["mixed_other", 4]];
/** Staff of a trust on 31 March, by decile of deprivation; round numbers. */
function staffByDecile(people) {
  const bands = [["2", 30], ["5", 45], ["7", 20], ["8a", 5]];
  const deciles = [14, 13, 12, 11, 10, 10, 9, 8, 7, 6];
  return bands.flatMap(([pay_band, band]) =>
    CHAIN.flatMap(([ethnic_category, group]) =>
      deciles.map((share, place) => ({
        pay_band, staff_group: "nursing_and_midwifery", ethnic_category, deprivation_decile: String(place + 1),
        headcount: Math.round((people * band * group * share) / 1e6),
      })),
    ),
  ).filter((cell) => cell.headcount > 0);
}

/** A system of the demo's trust and a smaller one, rolled up, with both workforces published. */
async function system() {
  const platform = await account("platform@wickering.example", "platform_administrator");
  await api(platform, "POST", "/organisations", { ods: "QZ9", name: "Wickering Local Maternity and Neonatal System (fictional)" });
  await api(platform, "POST", "/organisations", { ods: "ZZ8", name: "Fenbrook Community NHS Trust (fictional)" });
  await api(platform, "PUT", "/organisations/ZZ8/units", [{ code: "MED", name: "Medicine", parent: null }, { code: "MAT", name: "Maternity", parent: null }]);
  await api(platform, "PUT", "/systems/QZ9/members", { members: ["ZZ9", "ZZ8"] });
  const hr = await account("hr@fenbrook.example", "hr_lead", "--organisation", "ZZ8");
  const own = await account("workforce@wickering.example", "hr_lead", "--organisation", "ZZ9");
  for (const [token, ods, people] of [[own, "ZZ9", 4000], [hr, "ZZ8", 1500]]) {
    await api(token, "PUT", `/organisations/${ods}/workforce/${YEAR}-03-31`, staffByDecile(people));
    await api(token, "POST", `/organisations/${ods}/published-representation/${YEAR}`);
  }
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
}

/** What an administrator has set up: a client, a webhook, a colleague who proposes a lower threshold. */
async function administer(page) {
  await page.goto(office("clients"));
  await page.locator("#name").fill("Staff system");
  await page.getByLabel("Upload workforce counts").check();
  await press(page, "Make the client");
  await take(page, "secret");
  await page.goto(office("webhooks"));
  await page.locator("#url").fill("https://board.wickering.example/hooks/candour");
  await page.getByLabel("A release was made").check();
  await press(page, "Make the webhook");
  await press(page, "I have kept it");
  await page.getByRole("link", { name: "board.wickering.example" }).click();
  await press(page, "Send a test message");
  await take(page, "webhook");
  await release.newAccount("second@wickering.example", "organisation_administrator", "--organisation", "ZZ9");
  await page.goto(office("policy"));
  await page.locator("#minimum_count").fill("12");
  await page.getByRole("button", { name: "Save" }).click();
  const second = await release.page(browser, DESK, "second@wickering.example");
  await second.goto(office("policy"));
  await second.locator("#minimum_count").fill("11");
  await second.getByRole("button", { name: "Save" }).click();
}

/** Takes pages by name. */
async function takeAll(page, pages) {
  for (const [name, address] of Object.entries(pages).filter(([name]) => !NAMES || NAMES.includes(name))) {
    const answer = await page.goto(address);
    if (answer && !answer.ok()) throw new Error(`${address}: ${answer.status()}`);
    await take(page, name);
  }
}

/** What staff see: the form from a link to its receipt, the ends of links, what anybody may read. */
async function staff(page) {
  const link = await release.staffLink();
  await takeAll(page, {
    "staff-start": link,
    "staff-question": `${link}/question/belonging`,
    "staff-question-welsh": `${link}/question/belonging?lang=cy`,
    "staff-opt-out": `${link}/no-more-e-mail`,
    "staff-code": `${release.base}/code`,
    "staff-kiosk": `${release.base}/kiosk`,
    "staff-receipt": `${release.base}/receipt`,
    "about-anonymity": `${release.base}/about/anonymity`,
    "about-accessibility": `${release.base}/about/accessibility`,
    "api-reference": `${release.base}/api/docs`,
    "sign-in": office("sign-in"),
    "forgotten-password": office("forgotten-password"),
    "trust-sign-in": office("sign-in/trust"),
  });
  await page.goto(`${link}/question/belonging`);
  await page.locator("main form[novalidate] button:not([name])").click();
  await take(page, "staff-question-error");
  await page.locator('input[value="agree"]').check();
  await page.locator("main form[novalidate] button:not([name])").click();
  await takeAll(page, { "staff-check": `${link}/check` });
  await page.goto(`${link}/check`);
  await page.locator('form[action*="/submit"] button').click();
  await take(page, "staff-done");
  const receipt = await page.locator(".candour-receipt").textContent();
  await page.goto(`${release.base}/receipt`);
  await page.locator('input[name="receipt"]').fill(receipt);
  await page.locator("main form button").click();
  await take(page, "staff-receipt-told");
  for (const [name, address] of [["staff-link-used", link], ["staff-link-unknown", `${release.base}/s/unknown`], ["published-missing", `${release.base}/published/${"0".repeat(32)}`]]) {
    await page.goto(address);
    await take(page, name);
  }
  await page.goto(office("forgotten-password"));
  await page.locator('input[name="email"]').fill("nobody@example.org");
  await page.locator("main form button").click();
  await take(page, "forgotten-password-sent");
}

/** A new account from its one-time link to its recovery codes, and signing in with both factors. */
async function newcomer(page) {
  const email = "newcomer@wickering.example";
  await page.goto(release.invite(email, "hr_lead", "--organisation", "ZZ9"));
  await take(page, "account-set-up");
  await page.locator('input[type="password"]').fill(PASSWORD);
  await page.locator("main form button").click();
  const own = await release.page(browser, DESK, email);
  await takeAll(own, { "account-password": office("account/password") });
  await own.goto(office("account/second-factor"));
  await take(own, "account-second-factor");
  const key = await own.locator(".candour-key").textContent();
  await own.locator('input[type="password"]').fill(PASSWORD);
  await own.locator('input[name="code"]').fill(code(key));
  await press(own, "Continue");
  await take(own, "recovery-codes");
  await takeAll(own, { "account-recovery-codes": office("account/recovery-codes") });
  await own.context().clearCookies();
  await signIn(own, release.base, email);
  await take(own, "second-factor");
}

/** The steps of a survey's list of tasks that answer what somebody sends, and files that are looked at before they are kept. */
async function steps(page, draft) {
  await page.goto(`${draft}/people`);
  await page.locator('input[type="file"]').setInputFiles(csv("staff.csv", "email,unit", "not-an-address,MAT", "b@example.org,NOWHERE"));
  await page.locator("main form button").click();
  await take(page, "people-errors");
  const people = Array.from({ length: 320 }, (_, n) => `person${n}@example.org,${["MAT", "MED", "SUR"][n % 3]},${n % 7 ? "en" : "cy"}`);
  await page.locator('input[type="file"]').setInputFiles(csv("staff.csv", "email,unit,language", ...people));
  await page.locator("main form button").click();
  await take(page, "people-check");
  await press(page, "Invite them");
  await page.goto(`${draft}/e-mails`);
  await page.getByRole("link", { name: "Change the words of the Invitation in English" }).click();
  await page.getByLabel("Subject").fill("{survey}: your voice");
  await page.getByLabel("Opening").fill("Dear colleague,\n\n{organisation} asks everybody how it is to work here.");
  await press(page, "Preview");
  await take(page, "mail-words", true);
  await page.goto(draft);
  await press(page, "Open the survey");
  await take(page, "confirm", true);
  await page.goto(`${draft}/letters`);
  await page.locator("#count").fill("2");
  await page.locator('form[action$="/letters"] button').click();
  await take(page, "letters-print");
  await page.goto(office("workforce"));
  await page.getByLabel("Day of the snapshot").fill(`${YEAR}-03-31`);
  const heading = "organisation,pay_band,staff_group,ethnic_category,headcount,unit";
  await page.locator('input[type="file"]').setInputFiles(csv("workforce.csv", heading, "ZZ9,5,nursing_and_midwifery,A,412,MAT", "ZZ9,6,nursing_and_midwifery,N,57,MAT"));
  await press(page, "Look at the file");
  await take(page, "workforce-check");
}

try {
  const anybody = await newPage(browser, release.base, DESK);
  await staff(anybody);
  await newcomer(anybody);

  const desk = await release.page(browser, DESK);
  await desk.goto(office("surveys/new"));
  await take(desk, "new-survey");
  const draft = await write(desk);
  await desk.goto(office("").replace(/\/$/, ""));
  const open = await desk.getByRole("link", { name: OPEN }).first().getAttribute("href");
  await takeAll(desk, {
    home: office("").replace(/\/$/, ""),
    tasks: draft,
    details: `${draft}/details`,
    questionnaire: `${draft}/questionnaire`,
    breakdowns: `${draft}/breakdowns?response=55`,
    mails: `${draft}/e-mails`,
    people: `${draft}/people`,
    letters: `${draft}/letters`,
    "survey-open": `${release.base}${open}`,
    survey: office(`surveys/${survey}`),
    results: release.results,
    question: `${release.results}/belonging`,
    differences: beside("differences"),
    "heat-map": beside("heat-map"),
    trend: beside("trend"),
    respondents: beside("respondents"),
    comments: beside("comments"),
    "comments-review": beside("comments/review"),
    downloads: beside("downloads"),
    words: beside("published"),
    published: `${release.base}/published/${survey}`,
    "published-welsh": `${release.base}/published/${survey}?lang=cy`,
    representation: office("representation?parity_in=10&turnover=12&population=wickering"),
    wres: office("wres"),
    "national-figures": office(`wres/national?year=${YEAR}`),
    workforce: office("workforce"),
    actions: office("actions"),
    action: office("actions/new"),
    account: office("account"),
  });
  await steps(desk, draft);
  await desk.goto(office("no-such-page"));
  await take(desk, "not-found");

  await system();
  await takeAll(desk, { "published-workforce": office(`representation/published?year=${YEAR}&population=wickering`) });
  await takeAll(await release.page(browser, DESK, "lead@system.example"), {
    system: office("system?question=belonging"),
    "system-together": office("system?question=belonging#together"),
    "system-representation": office(`system/representation?year=${YEAR}&population=wickering`),
  });

  const ADMINISTRATOR = "administrator@wickering.example";
  await release.newAccount(ADMINISTRATOR, "organisation_administrator", "--organisation", "ZZ9");
  const administrator = await release.page(browser, DESK, ADMINISTRATOR);
  await administer(administrator);
  await takeAll(administrator, {
    accounts: office("accounts"),
    organisation: office("organisation"),
    units: office("units"),
    policy: office("policy"),
    clients: office("clients"),
    webhooks: office("webhooks"),
    "single-sign-on": office("identity-provider"),
    retention: office("retention"),
    "audit-log": office("audit-log"),
  });
} finally {
  await browser.close();
  release.stop();
}
