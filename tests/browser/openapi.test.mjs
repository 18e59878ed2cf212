// The OpenAPI document before a public linter, and its page before axe-core.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { BINARY, startBrowser, startCandour, violations } from "./support.mjs";

test("a public linter finds nothing in the OpenAPI document", () => {
  const folder = mkdtempSync(join(tmpdir(), "candour-openapi-"));
  try {
    const file = join(folder, "openapi.json");
    writeFileSync(file, execFileSync(BINARY, ["openapi"], { encoding: "utf8" }));
    const redocly = new URL("node_modules/.bin/redocly", import.meta.url).pathname;
    const config = new URL("redocly.yaml", import.meta.url).pathname;
    const env = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
    const lint = (name) => spawnSync(redocly, ["lint", name, "--config", config, "--format", "stylish"], { encoding: "utf8", env });
    const found = lint(file);
    assert.equal(found.status, 0, found.stdout + found.stderr);

    const broken = join(folder, "broken.json");
    const document = JSON.parse(execFileSync(BINARY, ["openapi"], { encoding: "utf8" }));
    delete document.paths["/api/v1/surveys"].get.responses["200"].description;
    writeFileSync(broken, JSON.stringify(document));
    assert.notEqual(lint(broken).status, 0, "the linter takes anything");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("the reference can be read by everybody, on a phone too", async () => {
  const candour = await startCandour({ people: 1 });
  const browser = await startBrowser();
  try {
    const context = await browser.newContext({ viewport: { width: 320, height: 640 }, javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${candour.base}/api/docs#create_survey`);
    await page.locator("#create_survey summary").click();
    assert.match(await page.locator("#create_survey").textContent(), /POST \/api\/v1\/organisations\/\{ods\}\/surveys/);
    assert.deepEqual(await violations(page), []);
    const [width, window_] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
    assert.ok(width <= window_, `the page is ${width} wide in a window of ${window_}`);
  } finally {
    await browser.close();
    candour.stop();
  }
});
