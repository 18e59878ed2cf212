// Times what docs/tour.md describes, as somebody new does it: the demo begins, a password is chosen, and the report for the
// board lies in the folder of downloads. Typing takes its time, and so does looking at each page.
//   make tour
// The seconds of each step, and of all; exit code 1 when it is a minute or more.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BINARY, freePort, startBrowser } from "./support.mjs";

const STAFF = process.env.STAFF ?? "4000";
/** A key every 150 ms, and four seconds for a page that is new. */
const TYPING = { delay: 150 };
const LOOKING = 4_000;
const MOST = 60;

const folder = mkdtempSync(join(tmpdir(), "candour-tour-"));
const port = await freePort();
const began = performance.now();
let last = began;
function step(name) {
  const now = performance.now();
  console.log(`${((now - last) / 1000).toFixed(1).padStart(6)} s  ${name}`);
  last = now;
}

const demo = spawn(BINARY, ["demo", "--port", String(port), "--staff", STAFF, "--data-dir", join(folder, "data")], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
process.once("exit", () => demo.kill("SIGKILL"));
const said = await new Promise((done, failed) => {
  let said = "";
  demo.stdout.on("data", (part) => {
    said += part;
    if (/Ctrl-C/.test(said)) done(said);
  });
  demo.once("exit", (code) => failed(new Error(`the demo ended with ${code}: ${said}`)));
});
step(`the demo prints its addresses (${STAFF} staff)`);
const [setup] = said.match(/http\S+\/office\/setup\/\S+/);
const [email] = said.match(/\S+@wickering\.example/);

const browser = await startBrowser();
try {
  const page = await browser.newPage();
  const look = () => page.waitForTimeout(LOOKING);
  const type = (field, text) => page.locator(`input[name="${field}"]`).pressSequentially(text, TYPING);
  const password = "a tour of Candour";
  await page.goto(setup);
  await look();
  await type("password", password);
  await page.locator("main form button").first().click();
  step("a password is chosen");
  await page.waitForURL(/sign-in$/);
  await type("email", email);
  await type("password", password);
  await page.locator("main form button").first().click();
  await page.waitForURL(/\/office$/);
  step("signed in");
  await look();
  await page.getByRole("link", { name: "Race equality at work 2027" }).first().click();
  await look();
  await page.getByRole("button", { name: "Read the results" }).click();
  await page.locator("h1", { hasText: "Results" }).waitFor();
  step("the results are read");
  await look();
  await page.getByRole("link", { name: /Download the results/ }).click();
  await look();
  const [download] = await Promise.all([page.waitForEvent("download", { timeout: 120_000 }), page.getByRole("button", { name: "Download everything (ZIP)" }).click()]);
  const file = join(folder, download.suggestedFilename());
  await download.saveAs(file);
  assert.ok(statSync(file).size > 10_000);
  step(`${download.suggestedFilename()} is downloaded, ${Math.round(statSync(file).size / 1000)} kB`);
} finally {
  await browser.close();
  demo.kill("SIGTERM");
  rmSync(folder, { recursive: true, force: true });
}
const seconds = (last - began) / 1000;
console.log(`${seconds.toFixed(1).padStart(6)} s  in all`);
process.exit(seconds < MOST ? 0 : 1);
