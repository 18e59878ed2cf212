// Writes the archive of the demo's release to the first file that is named, and what the API says of the same release to the
// second: what tests/reference/workbooks.py holds against each other.
import { writeFileSync } from "node:fs";
import { startRelease } from "./release.mjs";
import { PASSWORD, startBrowser } from "./support.mjs";

const [archive, answers] = process.argv.slice(2);
const release = await startRelease({ staff: Number(process.env.STAFF ?? 4000), settings: { CANDOUR__API__REQUESTS_PER_MINUTE: "0" } });
const browser = await startBrowser();
try {
  const page = await release.page(browser);
  const answer = await page.request.get(release.results.replace(/results$/, "release.zip"));
  if (!answer.ok()) throw new Error(`${answer.status()}`);
  writeFileSync(archive, await answer.body());

  const api = `${release.base}/api/v1`;
  const headers = { "content-type": "application/json" };
  const signIn = await fetch(`${api}/auth/token`, { method: "POST", headers, body: JSON.stringify({ email: "reader@wickering.example", password: PASSWORD }) });
  const authorization = `Bearer ${(await signIn.json()).access_token}`;
  const get = async (path) => {
    const answer = await fetch(`${api}/surveys/${release.summary.release.survey}/${path}`, { headers: { authorization } });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.json();
  };
  const { questions, breakdowns } = await get("release");
  const sets = new Set(["", ...breakdowns.flatMap((names) => [names.join(","), ...names])]);
  const found = {};
  for (const by of sets) {
    found[by] = {};
    for (const question of questions) found[by][question] = await get(`results?question=${question}&by=${by}`);
  }
  writeFileSync(answers, JSON.stringify(found));
} finally {
  await browser.close();
  release.stop();
}
