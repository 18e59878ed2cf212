// Writes the archive of the demo's release to the file that is named: what tests/reference/workbooks.py opens.
import { writeFileSync } from "node:fs";
import { startRelease } from "./release.mjs";
import { startBrowser } from "./support.mjs";

const release = await startRelease({ staff: Number(process.env.STAFF ?? 4000) });
const browser = await startBrowser();
try {
  const page = await release.page(browser);
  const answer = await page.request.get(release.results.replace(/results$/, "release.zip"));
  if (!answer.ok()) throw new Error(`${answer.status()}`);
  writeFileSync(process.argv[2], await answer.body());
} finally {
  await browser.close();
  release.stop();
}
