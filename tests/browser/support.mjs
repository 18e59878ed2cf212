// Starts the real binary over a new SQLite file with one open survey, and Chromium beside it.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { chromium } from "playwright-core";

export const BINARY = resolve(process.env.CANDOUR_BINARY ?? new URL("../../target/debug/candour", import.meta.url).pathname);
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
export const PASSWORD = "a password of tests, quite long";

/** Serves `env` in `folder`. It ends with this process, however that ends: a server left behind would keep a test run waiting. */
export async function serve(env, folder) {
  const server = spawn(BINARY, ["serve"], { env, cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  server.unref();
  process.once("exit", () => server.kill("SIGKILL"));
  await until(async () => (await fetch(`${env.CANDOUR__SERVER__PUBLIC_URL}/readyz`)).ok);
  return server;
}
process.once("SIGTERM", () => process.exit(1)); // how the test runner ends a file that takes too long

/** How a Candour of a test is set. */
export function environment(folder, database, port) {
  return {
    PATH: process.env.PATH,
    CANDOUR__DATABASE__URL: `sqlite://${database}`,
    CANDOUR__SECURITY__SECRET: "a secret of tests, long enough for everybody",
    CANDOUR__SECURITY__SECOND_FACTOR: "optional", // accounts.test.mjs looks at the default
    CANDOUR__SERVER__PORT: String(port),
    CANDOUR__SERVER__PUBLIC_URL: `http://127.0.0.1:${port}`,
    CANDOUR__MAIL__DIRECTORY: join(folder, "mail"),
    CANDOUR__LOG__FILTER: "warn",
  };
}

/** A served Candour with an organisation, an HR lead and an open survey; `tokens` are personal links. */
export async function startCandour({ people = 6, settings = {} } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "candour-browser-"));
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const env = { ...environment(folder, join(folder, "candour.sqlite3"), port), ...settings };
  const candour = (...args) => execFileSync(BINARY, args, { env, cwd: folder, encoding: "utf8" }).trim();
  candour("migrate", "up");
  let server = await serve(env, folder);
  /** The same installation with another rule for second factors. */
  const restart = async ({ secondFactor }) => {
    const ended = new Promise((done) => server.once("exit", done));
    server.kill("SIGTERM");
    await ended;
    env.CANDOUR__SECURITY__SECOND_FACTOR = secondFactor;
    server = await serve(env, folder);
  };

  const api = async (token, method, path, body) => {
    const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
    const answer = await fetch(`${base}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.status === 204 ? null : answer.json();
  };
  const newAccount = async (email, role, ...organisation) => {
    const link = candour("account", "create", email, "--role", role, ...organisation);
    const answer = await fetch(link, { method: "POST", body: new URLSearchParams({ password: PASSWORD }), redirect: "manual" });
    if (answer.status >= 400) throw new Error(`${link}: ${answer.status}`);
  };
  const account = async (email, role, ...organisation) => {
    await newAccount(email, role, ...organisation);
    return (await api(null, "POST", "/auth/token", { email, password: PASSWORD })).access_token;
  };
  const platform = await account("platform@example.org", "platform_administrator");
  await api(platform, "POST", "/organisations", { ods: "ZZ9", name: "Wickering Hospitals NHS Trust (fictional)" });
  const units = [["MED", "Medicine", null], ["MAT", "Maternity", null], ["MAT-1", "Birth centre", "MAT"], ["MAT-2", "Community midwifery", "MAT"]];
  await api(platform, "PUT", "/organisations/ZZ9/units", units.map(([code, name, parent]) => ({ code, name, parent })));
  const hr = await account("hr.lead@example.org", "hr_lead", "--organisation", "ZZ9");
  const survey = await api(hr, "POST", "/organisations/ZZ9/surveys", { title: "Race equality at work" });
  const invited = Array.from({ length: people }, (_, n) => ({ email: `person${n}@example.org`, unit: n % 2 ? "MED" : "MAT-1" }));
  await api(hr, "POST", `/surveys/${survey.id}/invitations`, invited);
  await api(hr, "POST", `/surveys/${survey.id}/open`);
  const mail = join(folder, "mail");
  /** Personal links of all e-mails, once there are so many. */
  const links = async (wanted) => {
    await until(() => readdirSync(mail).filter((file) => file.endsWith(".eml")).length === wanted);
    return readdirSync(mail)
      .map((file) => readFileSync(join(mail, file), "utf8").replaceAll("=\r\n", ""))
      .map((text) => text.match(/\/s\/([A-Za-z0-9_-]+)/)[1]);
  };
  const tokens = await links(people);

  const stop = () => {
    server.kill("SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  };
  return { base, api, newAccount, account, platform, links, restart, hr, survey: survey.id, tokens, email: "hr.lead@example.org", password: PASSWORD, stop };
}

/** Chromium as Debian installs it. */
export function startBrowser() {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-component-update", "--disable-sync"];
  return chromium.launch({ executablePath, headless: true, args });
}

export const SCREENS = { desktop: { width: 1100, height: 900 }, phone: { width: 320, height: 640 } };

/** Every page of HTML that `newPage` has seen, as it was served, for `invalid`. */
export const served = new Map();

/** A page without JavaScript; all HTML of `base` that it loads is kept in `served`. */
export async function newPage(browser, base, options = {}) {
  const page = await browser.newPage({ javaScriptEnabled: false, ...options });
  page.on("response", async (response) => {
    if (!response.url().startsWith(base) || !response.headers()["content-type"]?.startsWith("text/html")) return;
    const html = await response.text().catch(() => "");
    const { pathname } = new URL(response.url());
    if (html) served.set(`${response.request().method()} ${pathname.replace(/^\/s\/[^/]+/, "/s/…")} ${response.status()} ${served.size}`, html);
  });
  return page;
}

/** Signs in to the office, with a password alone. */
export async function signIn(page, base, email) {
  await page.goto(`${base}/office/sign-in`);
  await page.locator('input[name="email"]').fill(email);
  await page.locator('input[name="password"]').fill(PASSWORD);
  await page.locator("main form button").first().click();
}

/** The code of an authenticator app for the key that a page shows, `steps` from now. */
export function code(key, steps = 0) {
  const bits = [...key.replaceAll(" ", "")].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const seed = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const digest = createHmac("sha1", seed).update(step).digest();
  return String((digest.readUInt32BE(digest[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** A page of the office, signed in. */
export async function signedIn(browser, base, email, options = {}) {
  const page = await newPage(browser, base, options);
  await signIn(page, base, email);
  await page.waitForURL(/\/office(\/system)?$/);
  return page;
}

/** The page is accessible and no wider than the window: what is wide scrolls inside its own box. It has the heading, if one is named. */
export async function isFine(page, heading) {
  if (heading) assert.match(await page.locator("h1").textContent(), heading);
  assert.deepEqual(await violations(page), []);
  const [width, window_] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  assert.ok(width <= window_, `${page.url()} is ${width} wide in a window of ${window_}`);
}

/** With CANDOUR_SCREENSHOTS set, every page that is looked at is kept in that folder as a picture, by its address. */
async function keepPicture(page) {
  const folder = process.env.CANDOUR_SCREENSHOTS;
  if (!folder) return;
  const { pathname, search } = new URL(page.url());
  const name = (pathname.replace(/\/s\/[\w-]{22}/, "/s/link").replace(/[0-9a-f]{32}/g, "id") + search).replace(/[^\w=-]+/g, "_");
  const { width } = page.viewportSize();
  for (let copy = 1; ; copy++) {
    const path = join(folder, `${name}.${width}${copy > 1 ? `.${copy}` : ""}.png`);
    if (existsSync(path)) continue;
    await page.screenshot({ path, fullPage: true });
    return;
  }
}

/** What axe-core finds on the page, as sentences; it is run by the browser, not by the page, so that CSP holds. */
export async function violations(page) {
  await keepPicture(page);
  const context = await page.context().browser().newContext({ bypassCSP: true, viewport: page.viewportSize() });
  try {
    const copy = await context.newPage();
    await copy.setContent(await page.content(), { waitUntil: "domcontentloaded" });
    const sheets = await page.locator('link[rel="stylesheet"]').evaluateAll((links) => links.map((link) => link.href));
    for (const url of sheets) await copy.addStyleTag({ content: await (await fetch(url)).text() });
    await copy.addScriptTag({ path: AXE });
    const result = await copy.evaluate((tags) => window.axe.run(document, { runOnly: tags }), RULES);
    return result.violations.map((found) => `${page.url().replace(/\/s\/[^/?]+/, "/s/…")}: ${found.id}: ${found.nodes[0].html}`);
  } finally {
    await context.close();
  }
}

/** What the Nu checker finds wrong in HTML as it was served, by a name for its state; a page that is wrong on purpose shows that it looks. */
export function invalid(served) {
  const checker = join(dirname(createRequire(import.meta.url).resolve("vnu-jar/package.json")), "build/dist/vnu.jar");
  const folder = mkdtempSync(join(tmpdir(), "candour-nu-"));
  const states = new Map([...served, ["wrong on purpose", "<!DOCTYPE html><html lang=en><title>x</title><p id=a><p id=a></html>"]]);
  const names = [...states.keys()];
  names.forEach((name, index) => writeFileSync(join(folder, `${index}.html`), states.get(name)));
  let report = "";
  try {
    execFileSync("java", ["-jar", checker, "--format", "json", "--errors-only", folder], { encoding: "utf8", stdio: ["ignore", "ignore", "pipe"] });
  } catch (failed) {
    report = failed.stderr;
  }
  rmSync(folder, { recursive: true });
  const said = (report ? JSON.parse(report).messages : []).map((message) => `${names[Number(message.url.match(/(\d+)\.html/)[1])]}: ${message.message}`);
  if (!said.some((line) => line.startsWith("wrong on purpose"))) throw new Error("the checker finds nothing wrong anywhere");
  return said.filter((line) => !line.startsWith("wrong on purpose"));
}

export async function until(condition) {
  for (const end = Date.now() + 30_000; Date.now() < end; await new Promise((done) => setTimeout(done, 50))) {
    if (await Promise.resolve().then(condition).catch(() => false)) return;
  }
  throw new Error("waited 30 s in vain");
}

export function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}
