// Writes the pictures of the README into docs/screens/, from the survey of the demo.
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { startBrowser } from "./support.mjs";

const BINARY = process.env.CANDOUR ?? new URL("../../target/release/candour", import.meta.url).pathname;
const SCREENS = new URL("../../docs/screens/", import.meta.url).pathname;
const PASSWORD = "a password of pictures, quite long";

const demo = spawn(BINARY, ["demo", "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
const browser = await startBrowser();
try {
  const said = await linesUntil(demo.stdout, /^API/);
  const link = (pattern) => said.match(pattern)?.[1] ?? fail(`the demo does not say ${pattern}`);
  mkdirSync(SCREENS, { recursive: true });
  const page = await browser.newPage({ viewport: { width: 960, height: 900 } });
  const picture = async (name) => page.screenshot({ path: `${SCREENS}${name}.png` });

  await page.goto(link(/a link not yet used:\s+(\S+)/));
  await page.locator("main a.nhsuk-button").first().click();
  await picture("staff");

  await page.goto(link(/choose a password:\s+(\S+)/));
  await page.locator('input[type="password"]').first().fill(PASSWORD);
  await page.locator("main form button").first().click();
  await page.waitForLoadState();
  await page.goto(new URL("/office/sign-in", page.url()).href);
  await page.locator('input[name="email"]').fill(link(/sign in as\s+(\S+)/));
  await page.locator('input[name="password"]').fill(PASSWORD);
  await page.locator("main form button").first().click();
  await page.waitForURL(/\/office$/);
  await page.goto(link(/^\s+results\s+(\S+)/m));
  await picture("results");
  await page.locator("main table a").first().click();
  await page.waitForLoadState();
  await picture("question");
  await page.goto(link(/^\s+representation\s+(\S+)/m));
  await picture("representation");
} finally {
  await browser.close();
  demo.kill("SIGINT");
}

async function linesUntil(stream, last) {
  let said = "";
  for await (const line of createInterface({ input: stream })) {
    said += `${line}\n`;
    if (last.test(line)) return said;
  }
  return fail("the demo ended before it served");
}

function fail(message) {
  throw new Error(message);
}
