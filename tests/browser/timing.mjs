// How long every office page takes on the demo's release: time to the whole answer over loopback, in milliseconds.
//   CANDOUR_BINARY=target/release/candour STAFF=4000 node timing.mjs
// The median of 20 requests and the slowest; exit code 1 when a median is 50 ms or more.
import { startRelease } from "./release.mjs";
import { startBrowser } from "./support.mjs";

const TIMES = 20;
const MOST = 50;
const release = await startRelease({ staff: Number(process.env.STAFF ?? 4000) });
const browser = await startBrowser();
let slow = 0;
try {
  const page = await release.page(browser);
  const cookies = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  await browser.close();
  const survey = release.results.replace(/\/results$/, "");
  const pages = [
    `${release.base}/office`,
    survey,
    release.results,
    `${release.results}/belonging`,
    `${release.results}/harassed_by_staff?by=unit`,
    `${survey}/differences`,
    `${survey}/heat-map`,
    `${survey}/trend`,
    `${survey}/respondents`,
    `${survey}/downloads`,
    `${survey}/published`,
    `${survey}/comments`,
    `${survey}/comments/review`,
    `${release.base}/office/representation`,
    `${release.base}/office/representation/published`,
    `${release.base}/office/workforce`,
    `${release.base}/office/wres`,
    `${release.base}/office/wres/national`,
    `${release.base}/office/organisation`,
    `${release.base}/office/actions`,
    `${release.base}/office/account`,
  ];
  console.log(`${release.summary.responses} responses\n  median  slowest  page`);
  for (const address of pages) {
    const times = [];
    for (let time = 0; time < TIMES; time += 1) {
      const start = performance.now();
      const answer = await fetch(address, { headers: { cookie: cookies } });
      const body = await answer.text();
      times.push(performance.now() - start);
      if (!answer.ok || !body.includes("<h1")) throw new Error(`${address}: ${answer.status}`);
    }
    times.sort((one, other) => one - other);
    const median = times[TIMES / 2];
    if (median >= MOST) slow += 1;
    const name = address.replace(release.base, "").replace(/surveys\/\w+/, "surveys/…");
    console.log(`${median.toFixed(1).padStart(8)} ${times.at(-1).toFixed(1).padStart(8)}  ${name}`);
  }
} finally {
  await browser.close();
  release.stop();
}
process.exitCode = slow ? 1 : 0;
