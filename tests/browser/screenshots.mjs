// Writes the pictures of README.md and docs/ into docs/screens/, from the demo's fictional trust.
import { mkdirSync } from "node:fs";
import { startRelease } from "./release.mjs";
import { startBrowser } from "./support.mjs";

const FOLDER = new URL("../../docs/screens/", import.meta.url).pathname;
const SCREEN = { viewport: { width: 1000, height: 760 } };

mkdirSync(FOLDER, { recursive: true });
const release = await startRelease({ staff: Number(process.env.STAFF ?? 4000) });
const browser = await startBrowser();
try {
  const staff = await browser.newPage(SCREEN);
  const take = (page, name) => page.screenshot({ path: `${FOLDER}${name}.png` });
  await staff.goto(await release.staffLink());
  await staff.locator("main a.nhsuk-button").first().click();
  await take(staff, "staff-question");
  await staff.goto(staff.url().includes("?") ? `${staff.url()}&lang=cy` : `${staff.url()}?lang=cy`);
  await take(staff, "staff-question-welsh");

  const office = await release.page(browser, SCREEN);
  await office.goto(release.results);
  await take(office, "results");
  await office.goto(`${release.results}/belonging`);
  await take(office, "question");
  await office.goto(`${release.base}/office/representation`);
  await take(office, "representation");
} finally {
  await browser.close();
  release.stop();
}
